"""The whole platform, as `clickstream up` starts it, for all tests of this folder."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
from free_ports import free_ports
from playwright.sync_api import Browser, sync_playwright

from clickstream.home import Home, open_home

REPOSITORY = Path(__file__).parents[2]
CLICKSTREAM = Path(sys.executable).with_name("clickstream")
_DATA_FOLDER = REPOSITORY.parent / "shared" / "data"
DATA = [_DATA_FOLDER / "shop-events-2022.ndjson.gz", _DATA_FOLDER / "web-access-2015.ndjson.gz"]
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# What a test waits for comes by itself: only a hang is to end it. How long things take is for benchmarks.
PATIENCE_SECONDS = 90
# `clickstream up` itself gives each program three minutes, and says which one took longer.
_START_SECONDS = 300


@dataclass(frozen=True)
class Platform:
    """A running platform."""

    home: Home
    process: subprocess.Popen[str]

    def ask(self, path: str, **parameters: Any) -> Any:
        """The admin API's answer to a GET."""
        return self._admin("GET", path, params=parameters).json()

    def tell(self, path: str, body: dict[str, Any]) -> Any:
        """The admin API's answer to a POST."""
        return self._admin("POST", path, json=body).json()

    def _admin(self, method: str, path: str, **rest: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.home.admin_token}"}
        answer = httpx.request(method, f"{self.home.admin_api_url}{path}", headers=headers, timeout=30, **rest)
        assert answer.is_success, answer.text
        return answer

    def sql(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Rows of a query, as the dashboard's read-only role."""
        connection = psycopg2.connect(self.home.warehouse_url("clickstream_dashboard"))
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, arguments)
                return list(cursor.fetchall())
        finally:
            connection.close()


def run_clickstream(*arguments: str | Path) -> str:
    """Run a command of `clickstream` to its end; returns what it printed."""
    done = subprocess.run(
        [CLICKSTREAM, *map(str, arguments)], cwd=REPOSITORY, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def eventually(check: Any, seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true answer of ``check`` within the time; fails with the last one."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"after {seconds} s: {found!r}"
        time.sleep(0.2)
    return found


def start(home: Path, *options: str) -> subprocess.Popen[str]:
    """Start `clickstream up` and wait until it says that it is up."""
    process = subprocess.Popen(
        [CLICKSTREAM, "up", "--home", str(home), *options],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    seen = []
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        seen.append(line)
        if "Ctrl-C stops it" in line:
            return process
        if not line and process.poll() is not None:
            break
    process.kill()
    process.communicate()
    raise AssertionError("clickstream up did not start:\n" + "".join(seen))


def stop(process: subprocess.Popen[str]) -> int:
    """Press Ctrl-C; returns the exit code."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    return process.returncode


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with the real events, or an empty one where they are not at hand; ticks every second."""
    folder = tmp_path_factory.mktemp("platform") / "home"
    base = free_ports(10)
    process = start(folder, "--port-base", str(base), "--no-demo", "--tick-seconds", "1")
    home = open_home(folder)
    try:
        present = [path for path in DATA if path.exists()]
        if present:
            run_clickstream("import", *present, "--home", folder)
            run_clickstream("etl", "run", "--all", "--home", folder)
        yield Platform(home, process)
    finally:
        assert stop(process) == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def real_data() -> list[Path]:
    """The real events' files."""
    missing = [path for path in DATA if not path.exists()]
    if missing:
        pytest.skip(f"real events are not at hand: {missing[0]}")
    return DATA
