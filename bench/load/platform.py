"""The platform under load: ``clickstream up`` in a folder of its own, and what its processes hold."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg2
from tests.support.free_ports import free_ports

from clickstream.home import Home, open_home

_SERVICES = {"collector.app": "collector", "etl.app": "etl", "admin_api.app": "admin-api"}
_START_SECONDS = 120


@dataclass(frozen=True)
class Held:
    """What a process holds; ``files`` are those that are no sockets."""

    rss_mib: float
    files: int
    connections: int


def _held(process: psutil.Process) -> Held:
    # Told apart one by one: two counts of a process that opens thousands a second do not belong together.
    opened = [_opened(entry) for entry in Path(f"/proc/{process.pid}/fd").iterdir()]
    connections = sum(what.startswith("socket:") for what in opened)
    return Held(process.memory_info().rss / (1 << 20), len(opened) - connections - opened.count(""), connections)


def _opened(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except FileNotFoundError:  # closed meanwhile
        return ""


@dataclass(frozen=True)
class Platform:
    """A running platform; ``processes`` by service."""

    home: Home
    processes: dict[str, psutil.Process]

    def held(self) -> dict[str, Held]:
        """What each service holds now."""
        return {name: _held(process) for name, process in self.processes.items()}

    def status(self) -> dict[str, object]:
        """The ETL's status, as the admin API tells it."""
        with self.client() as client:
            answer = client.get("/v1/etl/status")
        answer.raise_for_status()
        status: dict[str, object] = answer.json()
        return status

    def events_loaded(self) -> int:
        """Events in the warehouse, by the books."""
        totals = self.status()["totals"]
        assert isinstance(totals, dict)
        return int(totals["loaded"])

    def client(self) -> httpx.Client:
        """A client of the admin API."""
        headers = {"Authorization": f"Bearer {self.home.admin_token}"}
        return httpx.Client(base_url=self.home.admin_api_url, headers=headers, timeout=60)

    def database_connections(self) -> int:
        """How many PostgreSQL has."""
        with self._owner() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
            return int(cursor.fetchone()[0])

    def times_loaded(self, run: int, count: int) -> bytes:
        """For each event's number of a run: how often it is in the warehouse (255 means 255 or more)."""
        seen = _Seen(count)
        first, last = (f"{run:08x}-0000-4000-8000-{digit * 12}" for digit in "0f")
        query = f"SELECT event_id FROM public.clickstream_events WHERE event_id BETWEEN '{first}' AND '{last}'"  # noqa: S608 -- ids that it made
        with self._owner() as connection, connection.cursor() as cursor:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT", seen)
        return bytes(seen.times)

    @contextmanager
    def _owner(self) -> Iterator[psycopg2.extensions.connection]:
        connection = psycopg2.connect(self.home.warehouse_url())
        try:
            yield connection
        finally:
            connection.close()


class _Seen:
    """Takes the lines of a COPY of event ids."""

    def __init__(self, count: int) -> None:
        self.times = bytearray(count)
        self._rest = b""

    def write(self, data: bytes) -> int:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            number = int(line[24:36], 16)
            self.times[number] = min(self.times[number] + 1, 255)
        return len(data)


@contextmanager
def running(folder: Path, tick_seconds: int) -> Iterator[Platform]:
    """Start it, with an empty lake and without the dashboard's process; stop it at the end."""
    folder.chmod(0o755)  # PostgreSQL runs as somebody else
    arguments = ["up", "--home", str(folder), "--port-base", str(free_ports(10)), "--no-demo", "--no-dashboard"]
    command = [str(Path(sys.executable).with_name("clickstream")), *arguments, "--tick-seconds", str(tick_seconds)]
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield _ready(folder, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def _ready(folder: Path, up: subprocess.Popen[bytes]) -> Platform:
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up and up.poll() is None:
        time.sleep(0.5)
        processes = _services(psutil.Process(up.pid))
        if len(processes) == len(_SERVICES):
            platform = Platform(open_home(folder), processes)
            try:
                platform.status()
                httpx.get(f"{platform.home.collector_url}/health/ready").raise_for_status()
            except httpx.HTTPError:
                continue
            return platform
    sys.exit(f"the platform did not start: {(folder / 'up.log').read_text()[-2000:]}")


def _services(up: psutil.Process) -> dict[str, psutil.Process]:
    found = {}
    for child in up.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a program of a moment, such as initdb
            for word, name in _SERVICES.items():
                if any(part.startswith(f"{word}:") for part in child.cmdline()):
                    found[name] = child
    return found
