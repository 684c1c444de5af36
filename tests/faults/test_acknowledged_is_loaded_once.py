"""From the browser to the warehouse while collectors are killed, the store has a bad day, and the ETL is interrupted.

Every event that a collector acknowledged is in the warehouse, once; whatever was not acknowledged is there once or not.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from acknowledged_stream import Stream
from drained_lake import drained
from fault_server import FaultDatabase, FaultServer
from kept_alive import KeptAlive
from process_nursery import Ending, Nursery
from s3_proxy import S3Faults, faulty_s3
from whole_tables import contents, differences, imbalances

_SHARE_OF_FAULTS = 0.25


@contextmanager
def streaming(nursery: Nursery, seed: int, **order: Any) -> Iterator[tuple[KeptAlive, Stream]]:
    """Browsers that send to collectors; at the end all is acknowledged, and the last one killed."""
    collectors = KeptAlive(nursery, "collect", **order)
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
        drained(nursery, database, lake_url)
        check(database, stream, told)
        drained(nursery, clean, lake_url)
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
        drained(nursery, database, **order)
        check(database, stream, told)
    assert sum(faults.done.values()) - faults.done["none"] > 5, told
    assert len(stream.acknowledged) > thorough.kills, told
    thorough.notes.append(f"S3: {told}, {len(stream.acknowledged)} events acknowledged, {retries} retries of the ETL")
