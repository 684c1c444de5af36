"""The real collector on a port of its own, with faults that a test orders per visit (`?visit=…` in the address)."""

import asyncio
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.app import create_app
from collector.settings import Settings

# What may be done to a request. `lost` is stored, and its answer never arrives; `dropped` never reaches the collector.
FAULTS = ("unavailable", "failed", "lost", "dropped", "slow", "foreign")
_ANSWERS: Mapping[str, tuple[int, list[tuple[bytes, bytes]], bytes]] = {
    "unavailable": (503, [(b"retry-after", b"1")], b'{"type": "urn:clickstream:problem:unavailable"}'),
    "failed": (500, [], b"{}"),
    "foreign": (200, [(b"content-type", b"text/html")], b"<!doctype html><title>Some proxy</title>"),
}
_CORS = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"retry-after")]
_SLOW_SECONDS = 0.4


@dataclass
class Faults:
    """The faults of each visit: a share of requests that fail, or a list of what happens to the next ones."""

    seed: int = 0
    shares: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    orders: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    done: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    stored: defaultdict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 -- which request fails is no secret

    def next(self, visit: str) -> str:
        """What happens to the next request of a visit: a fault, or `none`."""
        self.requests[visit] += 1
        if self.orders[visit]:
            fault = self.orders[visit].pop(0)
        else:
            fault = self._random.choice(FAULTS) if self._random.random() < self.shares[visit] else "none"
        self.done[fault] += 1
        return fault

    def has(self, visit: str, text: str) -> bool:
        """Whether the collector has answered that it stored a body with this text."""
        return text.encode() in self.stored[visit]


class _Faulty:
    """The collector behind its faults."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        visit = parse_qs(scope["query_string"].decode()).get("visit", [""])[0]
        fault = self._faults.next(visit)
        # uvicorn's own connection, so that it can be cut without an answer.
        transport = receive.__self__.transport  # type: ignore[attr-defined]
        if fault == "dropped":
            transport.abort()
        elif fault in _ANSWERS:
            status, headers, body = _ANSWERS[fault]
            await send({"type": "http.response.start", "status": status, "headers": headers + _CORS})
            await send({"type": "http.response.body", "body": body})
        else:
            await self._store(scope, receive, send, visit, fault)

    async def _store(self, scope: Scope, receive: Receive, send: Send, visit: str, fault: str) -> None:
        taken = bytearray()
        answer: list[Message] = []

        async def receiving() -> Message:
            message = await receive()
            taken.extend(message.get("body", b""))
            return message

        async def answering(message: Message) -> None:
            answer.append(message)

        if fault == "slow":
            await asyncio.sleep(_SLOW_SECONDS)
        await self._app(scope, receiving, answering)
        if answer and answer[0]["status"] == 200:
            self._faults.stored[visit] += taken
        if fault == "lost":
            receive.__self__.transport.abort()  # type: ignore[attr-defined]
            return
        for message in answer:
            await send(message)


@contextmanager
def running_collector(lake: Any, faults: Faults, **settings: Any) -> Iterator[str]:
    """Run it on this lake; yields the address of `POST /clickstream`."""
    made = Settings(lake_url="memory://", allowed_origins=("*",), log_level="ERROR", metrics=False, **settings)
    config = uvicorn.Config(
        _Faulty(create_app(made, lake=lake), faults), port=0, log_config=None, access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the collector did not start"
        assert time.monotonic() < deadline, "the collector did not start in time"
        time.sleep(0.02)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/clickstream"
    finally:
        server.should_exit = True
        thread.join(20)
