"""`clickstream up` as a person uses it: first start, Ctrl-C, second start."""

import time
from pathlib import Path

import httpx
import psutil
import psycopg2
import pytest
from free_ports import free_ports

from clickstream.home import open_home

from .conftest import start, stop

pytestmark = pytest.mark.stack


def test_a_first_start_has_something_to_show_and_a_second_continues_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    began = time.monotonic()
    process = start(folder, "--port-base", str(free_ports(10)), "--no-dashboard")
    first_seconds = time.monotonic() - began
    home = open_home(folder)
    children = psutil.Process(process.pid).children(recursive=True)

    def counted(what: str) -> int:
        connection = psycopg2.connect(home.warehouse_url("clickstream_dashboard"))
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count({what}) FROM clickstream_events")
                return int(cursor.fetchone()[0])
        finally:
            connection.close()

    first, objects = counted("*"), sorted(home.lake.rglob("events-*.gz"))
    assert first > 10_000
    assert len(objects) > 300  # two weeks
    assert counted("DISTINCT client_id") > 3_000
    assert stop(process) == 0
    assert [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []

    began = time.monotonic()
    process = start(folder, "--no-dashboard")
    second_seconds = time.monotonic() - began
    try:
        assert counted("*") == first
        assert sorted(home.lake.rglob("events-*.gz")) == objects
        headers = {"Authorization": f"Bearer {home.admin_token}"}
        status = httpx.get(f"{home.admin_api_url}/v1/etl/status", headers=headers, timeout=30).json()
        assert status["balanced"]
        assert status["totals"]["rejected"] > 0
    finally:
        assert stop(process) == 0
    assert second_seconds < first_seconds, "a second start makes no events and migrates nothing"
