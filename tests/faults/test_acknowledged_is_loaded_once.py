"""From the browser to the warehouse while collectors are killed, the store has a bad day, and the ETL is interrupted.

Every event that a collector acknowledged is in the warehouse, once; whatever was not acknowledged is there once or not.
"""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from acknowledged_stream import Stream
from fault_server import FaultDatabase, FaultServer
from process_nursery import Ending, Nursery
from s3_proxy import S3Faults, faulty_s3
from whole_tables import contents, differences, imbalances

_SHARE_OF_FAULTS = 0.25
_READY_SECONDS = 30


class Collectors:
    """A collector that is started again whenever it has died."""

    def __init__(self, nursery: Nursery, **order: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._nursery = nursery
        self._order = order
        self._ended = False
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self.endings: list[Ending] = []

    def _keep(self) -> None:
        while not self._ended:
            self.endings.append(self._nursery.run("collect", port=self.port, **self._order))

    def start(self) -> None:
        self._thread.start()
        self.wait()

    def wait(self) -> None:
        """Wait until one listens."""
        give_up = time.monotonic() + _READY_SECONDS
        while time.monotonic() < give_up:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.005)
        raise AssertionError(f"no collector listens: {self.endings[-3:]}")

    def kill(self) -> None:
        """SIGKILL the one that runs; wait for the next."""
        before = len(self.endings)
        self._nursery.kill_child()
        give_up = time.monotonic() + _READY_SECONDS
        while len(self.endings) == before:
            assert time.monotonic() < give_up
            time.sleep(0.001)
        self.wait()

    def end(self) -> None:
        """SIGKILL the last one."""
        self._ended = True
        self._nursery.kill_child()
        self._thread.join(_READY_SECONDS)


@contextmanager
def streaming(nursery: Nursery, seed: int, **order: Any) -> Iterator[tuple[Collectors, Stream]]:
    """Browsers that send to collectors; at the end all is acknowledged, and the last one killed."""
    collectors = Collectors(nursery, **order)
    stream = Stream(collectors.port, seed)
    collectors.start()
    try:
        stream.start()
        yield collectors, stream
        collectors.wait()
        stream.end()
    finally:
        collectors.end()


@pytest.fixture
def second_nursery() -> Iterator[Nursery]:
    """Another one: a nursery has one child at a time."""
    made = Nursery()
    yield made
    made.close()


def ticks(nursery: Nursery, database: FaultDatabase, lake_url: str, **order: Any) -> list[Any]:
    """Tick as the schedule does, until one succeeds that leaves nothing."""
    now = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    seen = []
    for _ in range(10):
        ending = nursery.run(
            "tick",
            lake_url=lake_url,
            warehouse_url=database.role_url("clickstream_etl"),
            now=now,
            commit_mib=1,
            **order,
        )
        seen.append(ending)
        if ending.result and all(run["state"] == "succeeded" and not run["left"] for run in ending.result):
            return seen
    raise AssertionError(f"no tick succeeds: {seen[-2:]}")


def check(database: FaultDatabase, stream: Stream, told: str) -> None:
    """Every acknowledged event is there, once; the books balance."""
    rows = database.rows("SELECT event_id::text FROM clickstream_events")
    loaded = {row for (row,) in rows}
    assert len(rows) == len(loaded), f"{told}: events are there twice"
    lost = stream.acknowledged - loaded
    assert not lost, (
        f"{told}: {len(lost)} of {len(stream.acknowledged)} acknowledged events are lost: {sorted(lost)[:5]}"
    )
    assert loaded <= stream.sent, f"{told}: events that nobody sent"
    assert imbalances(database) == [], told


def test_killed_collectors_lose_nothing_that_they_acknowledged(
    nursery: Nursery, fault_server: FaultServer, tmp_path: Path, thorough: Any
) -> None:
    seed, lake_url = thorough.seed, f"file://{tmp_path}/lake"
    roll = Random(seed)  # noqa: S311 -- faults are no secrets
    with streaming(nursery, seed, lake_url=lake_url) as (collectors, stream):
        for _ in range(thorough.kills):
            time.sleep(roll.uniform(0, 0.25))
            collectors.kill()
    assert all(ending.signal == signal.SIGKILL for ending in collectors.endings), collectors.endings
    assert len(stream.acknowledged) > thorough.kills
    told = f"seed {seed}, {len(collectors.endings)} kills, answers {dict(stream.answers)}"
    with fault_server.database() as database, fault_server.database() as clean:
        ticks(nursery, database, lake_url)
        check(database, stream, told)
        ticks(nursery, clean, lake_url)
        assert differences(contents(clean), contents(database)) == []
    thorough.notes.append(f"collector: {told}, {len(stream.acknowledged)} events acknowledged")


def test_on_a_bad_day_of_the_store_nothing_is_lost_or_doubled_and_the_failures_are_counted(
    nursery: Nursery, second_nursery: Nursery, fault_server: FaultServer, s3: Any, thorough: Any
) -> None:
    seed = thorough.seed
    faults = S3Faults(seed, _SHARE_OF_FAULTS)
    roll = Random(seed)  # noqa: S311 -- faults are no secrets
    with faulty_s3(s3.endpoint, faults) as endpoint, fault_server.database() as database:
        order = {"lake_url": s3.lake_url, "environment": {**s3.environment, "AWS_ENDPOINT_URL": endpoint}}
        stop = threading.Event()
        endings: list[Ending] = []

        def tick_meanwhile() -> None:
            while not stop.wait(0.2):
                endings.append(
                    second_nursery.run(
                        "tick", warehouse_url=database.role_url("clickstream_etl"), commit_mib=1,
                        now=datetime.now(UTC).isoformat(), **order,
                    )
                )  # fmt: skip

        ticking = threading.Thread(target=tick_meanwhile, daemon=True)
        with streaming(nursery, seed, **order) as (collectors, stream):
            ticking.start()
            for _ in range(thorough.kills):
                time.sleep(roll.uniform(0, 0.8))
                collectors.kill()
                if roll.random() < 0.3:
                    second_nursery.kill_child()
        stop.set()
        ticking.join(120)
        assert not ticking.is_alive()
        retries = database.value("SELECT coalesce(sum(retries), 0) FROM etl.runs")
        told = (
            f"seed {seed}, {len(collectors.endings)} kills, faults {dict(faults.done)}, answers {dict(stream.answers)}"
        )
        unexpected = [
            each for each in endings if each.error and "Unavailable" not in each.error and "LoadError" not in each.error
        ]
        assert not unexpected, f"{told}: {unexpected[:3]}"
        faults.share = 0.0  # the bad day is over
        ticks(nursery, database, **order)
        check(database, stream, told)
    assert sum(faults.done.values()) - faults.done["none"] > 5, told
    assert len(stream.acknowledged) > thorough.kills, told
    thorough.notes.append(f"S3: {told}, {len(stream.acknowledged)} events acknowledged, {retries} retries of the ETL")
