"""Browsers, collectors, ETL, admin API and PostgreSQL all at work, and killed one after the other."""

import http.client
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from acknowledged_stream import Stream
from fault_server import FaultDatabase
from kept_alive import KeptAlive
from postgres_proxy import PostgresProxy, Strike
from process_nursery import Ending, Nursery

_TOKEN = "a-token-of-the-campaign"
# How often each is the next to be killed, of 100.
_SHARES = {
    "collector, at a random moment": 26,
    "ETL, at a random moment": 14,
    "ETL, between two messages": 26,
    "ETL's connection cut, between two messages": 8,
    "ETL's PostgreSQL process, between two messages": 8,
    "PostgreSQL, immediate": 5,
    "PostgreSQL, SIGKILL": 5,
    "admin API, at a random moment": 8,
}
_PAUSE_SECONDS = (0.0, 0.5)
_MESSAGES = 150  # of a tick that has something to load, or a little more
_STRIKE_SECONDS = 60
_ASKED_EVERY_SECONDS = 3.0
_SHARE_OF_REPLACES = 0.2


@dataclass
class Asked:
    """What operators asked the admin API for, each as often as it took: run ids by idempotency key."""

    runs: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)


class Campaign:
    """Everything at once on one database and one lake. ``tell`` is given a line a kill."""

    def __init__(
        self, seed: int, database: FaultDatabase, lake_url: str, nurseries: list[Nursery], tell: Callable[[str], None]
    ) -> None:
        self.kills: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()
        self.endings: list[Ending] = []
        self.asked = Asked()
        self._roll = Random(seed)  # noqa: S311 -- faults are no secrets
        self._database = database
        self._lake_url = lake_url
        self._tell = tell
        self._etl = nurseries[1]
        self._proxy = PostgresProxy(database.server.home.ports["warehouse"])
        self.collectors = KeptAlive(nurseries[0], "collect", lake_url=lake_url)
        admin_url = database.role_url("clickstream_admin")
        self.admins = KeptAlive(nurseries[2], "administer", warehouse_url=admin_url, token=_TOKEN)
        self.stream = Stream(self.collectors.port, seed, browsers=3, rest_seconds=0.1)
        self._ended = threading.Event()
        self._working = [
            threading.Thread(target=work, daemon=True, name=work.__name__) for work in (self._tick, self._ask)
        ]

    def run(self, kills: int) -> None:
        """Kill so often; return when all that was begun is acknowledged and everything is still."""
        self.collectors.start()
        self.admins.start()
        self.stream.start()
        for thread in self._working:
            thread.start()
        try:
            for number in range(1, kills + 1):
                time.sleep(self._roll.uniform(*_PAUSE_SECONDS))
                (target,) = self._roll.choices(list(_SHARES), list(_SHARES.values()))
                where = self._kill(target)
                self.kills[target] += 1
                self._tell(f"{number}/{kills} {target}{where}, {len(self.stream.acknowledged)} events acknowledged")
            self.collectors.wait()
            self.stream.end()
        finally:
            self._ended.set()
            for thread in self._working:
                thread.join(180)
            self.collectors.end()
            self.admins.end()
            self._proxy.close()
        assert not any(thread.is_alive() for thread in self._working), "a tick or a question does not end"

    def _kill(self, target: str) -> str:
        """Kill it; where that was, where it is known."""
        server = self._database.server
        if target.startswith("collector"):
            self.collectors.kill()
        elif target.startswith("admin API"):
            self.admins.kill()
        elif target.startswith("PostgreSQL"):
            server.kill(signal.SIGQUIT if "immediate" in target else signal.SIGKILL)
            server.start()
        elif target == "ETL, at a random moment":
            self._etl.kill_child()
        else:
            return self._strike(target)
        return ""

    def _strike(self, target: str) -> str:
        """Strike at one of the next messages of the ETL to PostgreSQL."""
        acts: dict[str, Callable[[int], None]] = {
            "ETL, between two messages": self._etl.kill_child,
            "ETL's connection cut, between two messages": lambda _: None,
            "ETL's PostgreSQL process, between two messages": self._database.server.crash,
        }
        at, when = self._roll.randrange(1, _MESSAGES), self._roll.choice(("before", "after"))
        self._proxy.arm(Strike(at, when, acts[target]))  # type: ignore[arg-type]
        give_up = time.monotonic() + _STRIKE_SECONDS
        while self._proxy.struck is None:
            assert time.monotonic() < give_up, f"no message of the ETL in {_STRIKE_SECONDS} s: {self.endings[-2:]}"
            time.sleep(0.01)
        where = self._proxy.struck
        self.struck[" ".join(where.split()[:2])] += 1
        self._database.server.wait()
        return f" ({where})"

    def _tick(self) -> None:
        """The schedule: a tick after the other."""
        while not self._ended.wait(0.05):
            self.endings.append(
                self._etl.run(
                    "tick", lake_url=self._lake_url, now=datetime.now(UTC).isoformat(), commit_mib=0.05,
                    warehouse_url=self._proxy.url(self._database.role_url("clickstream_etl")),
                )
            )  # fmt: skip

    def _ask(self) -> None:
        """Operators who ask for runs, each again until it is answered."""
        roll = Random(self._roll.random())  # noqa: S311 -- faults are no secrets
        while not self._ended.wait(_ASKED_EVERY_SECONDS):
            hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
            body = {"from": hour.isoformat(), "to": (hour + timedelta(hours=1)).isoformat(),
                    "replace": roll.random() < _SHARE_OF_REPLACES}  # fmt: skip
            key = str(UUID(int=roll.getrandbits(128), version=4))
            while key not in self.asked.runs:
                answer = self._post(key, body)
                if answer is not None:
                    self.asked.runs[key] = answer["runId"]
                elif self._ended.wait(0.1):
                    return

    def _post(self, key: str, body: dict[str, Any]) -> dict[str, Any] | None:
        link = http.client.HTTPConnection("127.0.0.1", self.admins.port, timeout=15)
        headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json", "Idempotency-Key": key}
        outcome, found = "no answer", None
        try:
            with suppress(OSError, http.client.HTTPException):
                link.request("POST", "/v1/etl/runs", json.dumps(body), headers)
                answer = link.getresponse()
                content = answer.read()
                outcome = str(answer.status)
                if answer.status == 202:
                    found = json.loads(content)
        finally:
            link.close()
            self.asked.answers[outcome] += 1
        return found
