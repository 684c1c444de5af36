"""Load on a server, from the other core: wrk for as much as it takes, h2load for a given rate."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.collector.bodies import write_lua
from bench.collector.servers import LOAD_CORE

CONNECTIONS = 32
_PINNED = ["taskset", "-c", str(LOAD_CORE)]


class LoadError(Exception):
    """The server did not answer every request with 200: what was measured means nothing."""


@dataclass(frozen=True)
class Latency:
    """What a given rate gave. ``p99_ms`` is of all answers after the first second."""

    asked_per_second: float
    requests_per_second: float
    p99_ms: float


def peak(url: str, sent: list[bytes], seconds: int) -> float:
    """Requests/s at 32 connections, each sending its next as soon as it is answered."""
    with tempfile.NamedTemporaryFile(suffix=".lua") as script:
        write_lua(Path(script.name), sent)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", script.name, url]
        output = _run(command, seconds)
    if wrong := re.search(r"(Non-2xx.*|Socket errors.*)", output):
        raise LoadError(f"{url}: {wrong[1]}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if not found:
        raise LoadError(f"{url}: {output}")
    return float(found[1])


def latency(url: str, body: bytes, per_second: float, seconds: int) -> Latency:
    """Latencies at a steady rate over 32 connections, whether or not the server keeps up with it."""
    with tempfile.TemporaryDirectory() as folder:
        sent, log = Path(folder, "body"), Path(folder, "log")
        sent.write_bytes(body)
        each = max(1, round(per_second / CONNECTIONS))
        command = ["h2load", "--h1", "-t1", f"-c{CONNECTIONS}", f"-D{seconds}", f"--rps={each}", f"--log-file={log}"]
        _run([*command, f"--data={sent}", "-Hcontent-type: application/json", url], seconds)
        rows = [line.split("\t") for line in log.read_text().splitlines()]
    if any(status != "200" for _, status, _ in rows):
        raise LoadError(f"{url}: an answer other than 200 at {per_second:.0f} requests/s")
    first = min(int(start) for start, _, _ in rows)
    took = sorted(int(micros) for start, _, micros in rows if int(start) >= first + 1_000_000)
    return Latency(each * CONNECTIONS, len(rows) / seconds, took[int(len(took) * 0.99)] / 1000)


def _run(command: list[str], seconds: int) -> str:
    done = subprocess.run([*_PINNED, *command], capture_output=True, text=True, timeout=seconds + 60, check=True)
    return done.stdout
