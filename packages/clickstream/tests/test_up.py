"""`clickstream up` as a whole: what it starts, and that nothing of it is left."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from free_ports import free_ports

from clickstream.home import Home, open_home
from clickstream.ports import is_free
from clickstream.postgres_data import server_pid
from clickstream.programs import SERVICES

pytestmark = pytest.mark.stack


class Up:
    """A running `clickstream up`, with what it wrote so far."""

    def __init__(self, home: Home, *arguments: str) -> None:
        self.home = home
        self._file = home.path / "up.out"
        command = [sys.executable, "-c", "from clickstream.cli import app; app()", "up", "--home", str(home.path)]
        with self._file.open("wb") as stream:
            self.process = subprocess.Popen(
                [*command, "--no-dashboard", "--tick-seconds", "1", *arguments],
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._file.read_text()

    def wait_for(self, text: str, seconds: float = 60) -> float:
        """Wait until it writes a text; how long that took."""
        begin = time.monotonic()
        while text not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() - begin < seconds, self.output
            time.sleep(0.05)
        return time.monotonic() - begin

    def end(self, with_signal: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(20)


@pytest.fixture
def home() -> Iterator[Home]:
    # Not pytest's tmp_path: its folders are closed to the user that the server runs as when the tests run as root.
    with TemporaryDirectory(prefix="clickstream-test-") as folder:
        yield open_home(Path(folder), port_base=free_ports(10))


def used_ports(home: Home) -> list[str]:
    return [name for name in (*SERVICES, "warehouse") if not is_free(home.ports[name])]


def until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def send_event(home: Home, client_id: str) -> None:
    body = json.dumps({"eventName": "page_view", "clientId": client_id}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{home.collector_url}/clickstream", body, headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        assert json.load(answer)["accepted"] == 1


def loaded(home: Home) -> set[str]:
    connection = psycopg2.connect(home.warehouse_url("clickstream_dashboard"))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT client_id FROM clickstream_events")
            return {client for (client,) in cursor.fetchall()}
    finally:
        connection.close()


def test_an_event_sent_to_the_collector_is_in_the_warehouse_after_a_tick_and_after_a_restart(home: Home) -> None:
    first = Up(home, "--no-demo")
    first.wait_for("clickstream is up")
    send_event(home, "before")
    until(lambda: loaded(home) == {"before"})
    assert first.end(signal.SIGINT) == 0
    assert used_ports(home) == []
    assert server_pid(home) is None

    second = Up(home)
    second.wait_for("clickstream is up", seconds=30)
    assert "simulated" not in second.output  # the lake is not empty: no demo
    send_event(home, "after")
    until(lambda: loaded(home) == {"before", "after"})
    assert second.end(signal.SIGTERM) == 0
    assert used_ports(home) == []


def test_nothing_is_left_of_a_killed_up_and_the_next_one_starts(home: Home) -> None:
    killed = Up(home, "--no-demo")
    killed.wait_for("clickstream is up")
    killed.end(signal.SIGKILL)
    until(lambda: not used_ports(home) and server_pid(home) is None, seconds=15)
    again = Up(home, "--no-demo")
    again.wait_for("clickstream is up")
    assert again.end(signal.SIGTERM) == 0


def test_a_killed_warehouse_comes_back_and_the_services_with_it(home: Home) -> None:
    up = Up(home, "--no-demo")
    up.wait_for("clickstream is up")
    pid = server_pid(home)
    assert pid is not None
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0), "it gives way to the collector"
    os.kill(pid, signal.SIGKILL)
    up.wait_for("warehouse is back")
    send_event(home, "survivor")
    until(lambda: loaded(home) == {"survivor"})
    assert up.end(signal.SIGTERM) == 0


def test_ctrl_c_while_it_starts_ends_it_too(home: Home) -> None:
    up = Up(home, "--no-demo")
    until(lambda: server_pid(home) is not None)
    assert up.end(signal.SIGINT) == 0
    assert used_ports(home) == []
