"""A real server, stopped under load: what was acknowledged is in the lake."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from free_ports import free_ports

from lake import open_lake


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_ports()
    command = [sys.executable, "-m", "uvicorn", "--http", "collector.http_protocol:CollectorProtocol"]
    process = subprocess.Popen(
        [*command, "--factory", "collector.app:create_app", "--host", "127.0.0.1", "--port", str(port)],
        env=os.environ | {"CLICKSTREAM_LAKE_URL": f"file://{tmp_path}/lake"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{url}/health/ready")
                break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()[0]
                time.sleep(0.05)
        yield process, url
    finally:
        process.kill()
        process.communicate()


def load(url: str) -> tuple[set[str], int]:
    """Send until the server is gone; the ids that it acknowledged, and how many requests it refused."""
    acknowledged: set[str] = set()
    refused = 0
    with httpx.Client(base_url=url) as client:
        for _ in range(20_000):
            ids = [str(uuid4()) for _ in range(3)]
            events = [{"eventName": "page_view", "eventId": event_id} for event_id in ids]
            try:
                answer = client.post("/clickstream", json=events)
            except httpx.TransportError:
                break
            if answer.status_code == 200:
                acknowledged.update(ids)
            else:
                refused += 1
    return acknowledged, refused


def test_a_stop_under_load_loses_nothing_that_was_acknowledged(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, url = server
    with ThreadPoolExecutor(8) as threads:
        clients = [threads.submit(load, url) for _ in range(8)]
        deadline = time.monotonic() + 20
        while sum(1 for _ in tmp_path.glob("lake/events/**/*.gz")) < 50 and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        results = [client.result() for client in clients]
    acknowledged = set().union(*(ids for ids, _ in results))
    assert len(acknowledged) > 100
    assert sum(refused for _, refused in results) == 0

    lake = open_lake(f"file://{tmp_path}/lake")
    objects = lake.list_all("events")
    stored = {
        json.loads(line)["eventId"] for item in objects for line in gzip.decompress(lake.get(item.key)).splitlines()
    }
    assert acknowledged <= stored
    assert sum(item.count for item in objects) == len(stored)
    assert process.returncode in (0, -signal.SIGTERM)
    assert list(tmp_path.glob("lake/.journal/*")) == []

    lines = [json.loads(line) for line in output.splitlines()]  # every line is JSON, uvicorn's own too
    answered = [line for line in lines if line["message"] == "collector.request.answered"]
    assert sum(line["accepted"] for line in answered) == len(stored)
    assert not [line for line in lines if line["level"] != "INFO"]
    assert any(line["requests"] > 1 for line in lines if line["message"] == "collector.object.stored")
    counted = [line for line in lines if line["message"] == "collector.metrics"]
    assert sum(line.get("EventsAccepted", 0) for line in counted) == len(stored)
    assert sum(len(line.get("ObjectBytes", [])) for line in counted) == len(objects)
