"""All of a lake into a warehouse, as the schedule does in the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fault_server import FaultDatabase
from process_nursery import Nursery


def drained(nursery: Nursery, database: FaultDatabase, lake_url: str, **order: Any) -> list[Any]:
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
