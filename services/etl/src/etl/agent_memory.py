"""User agents, each parsed once: by this process, or by any that wrote into the same warehouse."""

import hashlib
from collections.abc import Iterable
from threading import Lock
from typing import Any
from uuid import UUID

from etl.transform.agents import PARSERS, agent_rows
from warehouse import user_agents as memory
from warehouse.connect import Connection

_MAX_KEPT = 100_000


class AgentMemory:
    """Looks user agents up in the warehouse, and parses and remembers those that are new. Batches that are transformed
    side by side ask one after the other: what one learns the other need not.
    """

    def __init__(self, control: Connection) -> None:
        self._control = control
        self._kept: dict[str, dict[str, Any]] = {}
        self._asked = Lock()

    def rows(self, user_agents: Iterable[str]) -> list[dict[str, Any]]:
        """A row for each user agent, as ``transform.agents.agent_rows`` makes them."""
        wanted = list(user_agents)
        with self._asked:
            unknown = {text: _digest(text) for text in wanted if text not in self._kept}
            if len(self._kept) + len(unknown) > _MAX_KEPT:
                self._kept.clear()
                unknown = {text: _digest(text) for text in wanted}
            if unknown:
                self._learn(unknown)
            return [self._kept[text] for text in wanted]

    def _learn(self, digests: dict[str, UUID]) -> None:
        with self._control.cursor() as cursor:
            found = memory.remembered(cursor, PARSERS, list(digests.values()))
            for text, digest in digests.items():
                if digest in found:
                    self._kept[text] = {"user_agent": text, **dict(zip(memory.COLUMNS, found[digest], strict=True))}
            parsed = agent_rows(text for text, digest in digests.items() if digest not in found)
            if parsed:
                memory.remember(cursor, PARSERS, [(digests[row["user_agent"]], row) for row in parsed])
        self._kept |= {row["user_agent"]: row for row in parsed}


def _digest(user_agent: str) -> UUID:
    return UUID(bytes=hashlib.md5(user_agent.encode(), usedforsecurity=False).digest())
