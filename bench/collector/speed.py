"""``make bench-collector``: what the collector takes beside what bare ASGI takes, in one run on one machine.

The server has one core, the load generator the other. Bare and collector are measured in turn, several rounds, and
each number is the median of its rounds: a machine that does other work at the time disturbs both alike.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Event, Thread

from bench.collector import servers
from bench.collector.bodies import bodies
from bench.collector.load import Latency, latency, peak
from bench.collector.servers import Server
from bench.results import Results

RESULTS = Results("collector")
SINGLE_RATIO = 0.45
BATCH_EVENTS_PER_SECOND = 200_000
P99_RATIO = 5.0
RSS_MIB = 250
RSS_GROWTH = 1.1  # of the second half's peak over the first's: more is not flat
_BATCH = 50
_SINGLES = bodies(1, 2000)
_BATCHES = bodies(_BATCH, 200)


@dataclass
class Rounds:
    """What the rounds of one lake gave."""

    bare: list[float] = field(default_factory=list)
    single: list[float] = field(default_factory=list)
    batch: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    cpu_ratio: list[float] = field(default_factory=list)
    batch_cpu: list[float] = field(default_factory=list)
    bare_p99: list[Latency] = field(default_factory=list)
    p99: list[Latency] = field(default_factory=list)


def main() -> int:
    """Measure, print, write; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="make bench-collector", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute instead of seven; the numbers vary more")
    parser.add_argument("--no-s3", action="store_true", help="leave out the run against rclone's S3 server")
    parser.add_argument("--soak", type=int, help="seconds at peak load while memory is watched (120; quick: 15)")
    options = parser.parse_args()
    if missing := [tool for tool in ("wrk", "h2load", "taskset") if shutil.which(tool) is None]:
        sys.exit(f"missing: {', '.join(missing)} (apt-get install wrk nghttp2-client util-linux)")
    rounds, seconds, soak = (2, 3, 15) if options.quick else (5, 6, 120)
    soak = options.soak or soak

    with tempfile.TemporaryDirectory(prefix="clickstream-bench-") as folder:
        files, rss = _file_lake(Path(folder), rounds, seconds, soak)
        s3 = None if options.no_s3 else _s3_lake(Path(folder), rounds, seconds)
        return _report(files, rss, s3)  # before the folder is taken away, which takes a while


def _file_lake(folder: Path, rounds: int, seconds: int, soak: int) -> tuple[Rounds, list[float]]:
    with servers.bare() as bare, servers.collector(f"file://{folder}/lake", folder / "collector.log") as collector:
        _say("warming up")
        peak(bare.url, _SINGLES, 1)
        peak(collector.url, _SINGLES, 1)
        found = _rounds("file lake", bare, collector, rounds, seconds)
        rate = median(found.single) / 2
        for number in range(rounds):
            _say(f"p99 at {rate:.0f} requests/s, round {number + 1} of {rounds}")
            found.bare_p99.append(latency(bare.url, _SINGLES[0], rate, seconds))
            found.p99.append(latency(collector.url, _SINGLES[0], rate, seconds))
        with _watching(lambda: collector.rss_mib) as seen:
            for part in range(soak // 15):
                _say(f"memory at peak load: {part * 15} of {soak} s, {collector.rss_mib:.0f} MiB")
                peak(collector.url, _SINGLES if part % 2 else _BATCHES, 15)
    return found, seen


def _s3_lake(folder: Path, rounds: int, seconds: int) -> Rounds:
    with (
        servers.bare() as bare,
        servers.s3_server(folder / "s3") as environment,
        servers.collector("s3://lake", folder / "collector-s3.log", environment) as collector,
    ):
        return _rounds("S3 (rclone)", bare, collector, rounds, seconds)


def _rounds(name: str, bare: Server, collector: Server, rounds: int, seconds: int) -> Rounds:
    found = Rounds()
    for number in range(rounds):
        _say(f"{name}, round {number + 1} of {rounds}")
        bare_rate, bare_cpu = _peak(bare, _SINGLES, seconds)
        single_rate, single_cpu = _peak(collector, _SINGLES, seconds)
        batch_rate, batch_cpu = _peak(collector, _BATCHES, seconds)
        found.bare.append(bare_rate)
        found.single.append(single_rate)
        found.batch.append(batch_rate * _BATCH)
        found.ratio.append(single_rate / bare_rate)
        found.cpu_ratio.append(bare_cpu / single_cpu)
        found.batch_cpu.append(_BATCH / batch_cpu)
        _say(
            f"  bare {bare_rate:,.0f} requests/s ({bare_cpu * 1e6:.0f} us of CPU each), collector {single_rate:,.0f} "
            f"({single_cpu * 1e6:.0f} us): {found.ratio[-1]:.2f}; in batches {found.batch[-1]:,.0f} events/s"
        )
    return found


def _peak(server: Server, sent: list[bytes], seconds: int) -> tuple[float, float]:
    """Requests/s, and the server's CPU seconds for each: what other work on the machine disturbs least."""
    before = server.cpu_seconds
    rate = peak(server.url, sent, seconds)
    return rate, (server.cpu_seconds - before) / (rate * seconds)


def _report(files: Rounds, rss: list[float], s3: Rounds | None) -> int:
    single_ratio = median(files.ratio)
    batch = median(files.batch)
    bare_p99, p99 = (median(item.p99_ms for item in side) for side in (files.bare_p99, files.p99))
    rate = files.p99[0].asked_per_second
    half = len(rss) // 2
    growth = max(rss[half:]) / max(rss[:half])
    RESULTS.write(single_ratio=single_ratio, batch_events_per_second=batch, p99_ratio=p99 / bare_p99, rss_mib=max(rss))
    rows = [
        (
            f"one event a request: {median(files.single):,.0f} of {median(files.bare):,.0f} requests/s",
            f"{single_ratio:.2f} x bare",
            f">= {SINGLE_RATIO}",
            single_ratio >= SINGLE_RATIO,
        ),
        ("50 events a request", f"{batch:,.0f} events/s", f">= {BATCH_EVENTS_PER_SECOND:,}", batch >= 200_000),
        (
            f"p99 at {rate:,.0f} requests/s: {p99:.2f} ms, bare {bare_p99:.2f} ms",
            f"{p99 / bare_p99:.1f} x bare",
            f"<= {P99_RATIO}",
            p99 / bare_p99 <= P99_RATIO,
        ),
        ("largest memory at peak load", f"{max(rss):.0f} MiB", f"< {RSS_MIB}", max(rss) < RSS_MIB),
        ("its second half over its first", f"{growth:.2f}", f"<= {RSS_GROWTH}", growth <= RSS_GROWTH),
    ]
    print(f"\nCollector on {_machine()}, Python {platform.python_version()}, file lake")
    for what, value, limit, kept in rows:
        print(f"  {what:<62} {value:>18}   {limit:<11} {'ok' if kept else 'MISSED'}")
    print("  by the servers' CPU time, which other work on the machine disturbs less:")
    print(
        f"  one event a request: {median(files.cpu_ratio):.2f} x bare; "
        f"50 a request: {median(files.batch_cpu):,.0f} events for a second of CPU"
    )
    if s3 is not None:
        print("S3 (rclone, on the load generator's core)")
        print(f"  one event a request: {median(s3.single):,.0f} requests/s, {median(s3.ratio):.2f} x bare")
        print(f"  50 events a request: {median(s3.batch):,.0f} events/s")
    print(f"written: {RESULTS.path}")
    return 0 if all(kept for *_, kept in rows) else 1


def _machine() -> str:
    names = [line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return f"{os.cpu_count()} cores of {names[0] if names else platform.machine()}"


@contextmanager
def _watching(read: Callable[[], float]) -> Iterator[list[float]]:
    """Values read four times a second while the block runs."""
    seen: list[float] = [read()]
    stop = Event()

    def watch() -> None:
        while not stop.wait(0.25):
            seen.append(read())

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
