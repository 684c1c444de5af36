"""Servers under test: one process each, pinned to one core, on a port of its own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from tests.support.free_ports import free_ports

SERVER_CORE = 0
LOAD_CORE = 1
_ROOT = Path(__file__).parents[2]
_UVICORN = ("-m", "uvicorn", "--host", "127.0.0.1", "--loop", "uvloop", "--no-access-log")
_START_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A server that answers at ``url``; ``process`` tells its memory."""

    url: str
    process: psutil.Process

    @property
    def rss_mib(self) -> float:
        """Resident memory, in MiB."""
        return float(self.process.memory_info().rss) / (1 << 20)

    @property
    def cpu_seconds(self) -> float:
        """CPU time that it has taken, with the kernel's on its behalf."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def bare() -> Iterator[Server]:
    """The bare-ASGI echo."""
    arguments = ["--http", "httptools", "--lifespan", "off", "bench.collector.bare:app"]
    with _uvicorn(arguments, {}, "/", os.devnull) as server:
        yield server


@contextmanager
def collector(lake_url: str, log: Path, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """The collector with its defaults, writing to this lake; its JSON log goes to a file."""
    settings = {"CLICKSTREAM_LAKE_URL": lake_url} | (environment or {})
    arguments = ["--http", "collector.http_protocol:CollectorProtocol", "--factory", "collector.app:create_app"]
    with _uvicorn(arguments, settings, "/health/ready", log) as server:
        yield Server(f"{server.url}/clickstream", server.process)


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """``rclone serve s3`` with an empty bucket ``lake``; the environment that leads a collector to it."""
    port = free_ports()
    (folder / "lake").mkdir(parents=True)
    key, secret = "bench", "bench-secret"
    command = [str(Path(sys.executable).with_name("rclone")), "serve", "s3"]
    command += ["--addr", f"127.0.0.1:{port}", "--auth-key", f"{key},{secret}", "--config", "", str(folder)]
    with _running(command, os.environ, folder.parent / "rclone.log", LOAD_CORE):
        _wait(f"http://127.0.0.1:{port}/", accept=(400, 403))  # it answers; unsigned requests it refuses
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }


@contextmanager
def _uvicorn(arguments: list[str], settings: dict[str, str], ready: str, log: Path | str) -> Iterator[Server]:
    port = free_ports()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLICKSTREAM_")}
    command = [sys.executable, *_UVICORN, "--port", str(port), *arguments]
    url = f"http://127.0.0.1:{port}"
    with _running(command, environment | settings, log, SERVER_CORE) as process:
        _wait(url + ready, accept=(200,))
        yield Server(url, psutil.Process(process.pid))


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], log: Path | str, core: int
) -> Iterator[subprocess.Popen[bytes]]:
    with Path(log).open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],  # noqa: S607 # of util-linux, wherever it lies
            cwd=_ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, accept: tuple[int, ...]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 # of a server that was just started
            return
        except urllib.error.HTTPError as error:
            if error.code in accept:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"no answer at {url} within {_START_SECONDS} s")
