"""``make bench-etl``: what loading takes beside a bare COPY of the same rows, in one run on one machine.

The lakes are made once and kept in `.clickstream/bench-etl` (2 GB with all cases). Every load has a fresh warehouse on
a PostgreSQL as `clickstream up` starts it, with durable commits, and its books are checked.
"""

import argparse
import os
import platform
import sys
import time
from pathlib import Path
from statistics import median

from bench.etl.cases import against_copy, check_books, load, mart_p95_ms, rerun, small_objects
from bench.etl.data import Shape, lake_of
from bench.etl.warehouses import Warehouses, warehouses
from bench.results import Results

RESULTS = Results("etl")
COPY_RATIO = 1.8
PER_EVENT_RATIO = 1.25
RSS_MIB = 1024
SMALL_PER_SECOND = 2000
RERUN_RATIO = 1.5
MART_P95_MS = 150
MART_RATIO = 2.0
_CASES = ("copy", "large", "small", "rerun", "mart")
_ONE = Shape("day-1m", 1_000_000)
_TENTH = Shape("day-100k", 100_000, objects=10)
_TEN = Shape("day-10m", 1_000_000, copies=10)
_SINGLE = Shape("single-20k", 20_000, objects=None)
_MONTH = Shape("month-1m", 1_000_000, objects=300, days=30)
_LARGE_MONTH = Shape("month-10m", 1_000_000, copies=10, objects=300, days=30)

Row = tuple[str, str, str, bool | None]


def main() -> int:
    """Measure, print, write; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="make bench-etl", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 events instead of a million, one round")
    parser.add_argument("--case", action="append", choices=_CASES, help="only this case; may be repeated")
    options = parser.parse_args()
    one, rounds = (_TENTH, 1) if options.quick else (_ONE, 3)
    cases = options.case or (("copy", "small", "rerun") if options.quick else _CASES)
    rows: list[Row] = []
    with warehouses() as server:
        _say("warming up")
        against_copy(server, _TENTH, 1, lambda _text: None)
        per_event = None
        if "copy" in cases or "large" in cases:
            per_event = _copy_case(server, one, rounds, rows)
        if "large" in cases and per_event is not None:
            _large_case(server, per_event, rows)
        if "small" in cases:
            _small_case(server, rows)
        if "rerun" in cases:
            _rerun_case(server, one, rows)
        if "mart" in cases:
            _mart_case(server, rows)
    return _report(rows, one)


def _copy_case(server: Warehouses, shape: Shape, rounds: int, rows: list[Row]) -> float:
    _say(f"{shape.lines:,} events in {shape.objects} objects")
    loads, copies = against_copy(server, shape, rounds, _say)
    ratio = median(each.seconds / copy for each, copy in zip(loads, copies, strict=True))
    seconds = median(each.seconds for each in loads)
    if shape is _ONE:
        RESULTS.write(copy_ratio_1m=ratio)
    what = f"{shape.lines:,} events: {seconds:.1f} s, bare COPY {median(copies):.1f} s"
    rows.append((what, f"{ratio:.2f} x", f"<= {COPY_RATIO}", ratio <= COPY_RATIO))
    return seconds / shape.lines


def _large_case(server: Warehouses, per_event: float, rows: list[Row]) -> None:
    _say("10 M events over 24 windows")
    (done,), _ = against_copy(server, _TEN, 1, _say)
    ratio = done.seconds / (_TEN.lines * _TEN.copies) / per_event
    RESULTS.write(per_event_ratio_10m=ratio, rss_mib_10m=done.rss_mib)
    rows.append(
        (f"10 M events: {done.seconds:.0f} s; time per event", f"{ratio:.2f} x", "<= 1.25", ratio <= PER_EVENT_RATIO)
    )
    rows.append(("its peak memory", f"{done.rss_mib:.0f} MiB", f"<= {RSS_MIB}", done.rss_mib <= RSS_MIB))


def _small_case(server: Warehouses, rows: list[Row]) -> None:
    _say("20,000 one-event objects from rclone serve s3")
    rate = small_objects(server, _SINGLE, _say)
    RESULTS.write(small_objects_per_second=rate)
    rows.append(("one-event objects from S3", f"{rate:,.0f} /s", f">= {SMALL_PER_SECOND:,}", rate >= SMALL_PER_SECOND))


def _rerun_case(server: Warehouses, shape: Shape, rows: list[Row]) -> None:
    _say("re-run of one loaded hour among 24")
    first, again = rerun(server, shape, _say)
    if shape is _ONE:
        RESULTS.write(rerun_ratio=again / first)
    what = f"re-run of an hour: {again:.2f} s, first {first:.2f} s"
    rows.append((what, f"{again / first:.2f} x", f"<= {RERUN_RATIO}", again / first <= RERUN_RATIO))


def _mart_case(server: Warehouses, rows: list[Row]) -> None:
    answers = []
    for shape in (_MONTH, _LARGE_MONTH):
        _say(f"questions of the mart over 30 days of {shape.lines * shape.copies:,} events")
        with server.fresh() as database:
            load(f"file://{lake_of(shape)}/lake", database)
            check_books(database, shape.lines * shape.copies)
            with database.cursor() as cursor:
                cursor.execute("ANALYZE")
            answers.append(mart_p95_ms(database, _say))
    small, large = answers
    slowest = max(large, key=lambda name: large[name])
    worst = max(large, key=lambda name: large[name] / small[name])
    growth = large[worst] / small[worst]
    RESULTS.write(mart_p95_ms=large[slowest])
    rows.append(
        (
            f"slowest question at 10 M: mart.{slowest}, p95",
            f"{large[slowest]:.0f} ms",
            "<= 150",
            large[slowest] <= MART_P95_MS,
        )
    )
    rows.append((f"largest growth from 1 M: mart.{worst}", f"{growth:.1f} x", f"<= {MART_RATIO}", growth <= MART_RATIO))


def _report(rows: list[Row], one: Shape) -> int:
    names = [line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    machine = f"{os.cpu_count()} cores of {names[0] if names else platform.machine()}"
    print(f"\nETL on {machine}, Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f}")
    for what, value, limit, kept in rows:
        print(f"  {what:<62} {value:>12}   {limit:<9} {'ok' if kept else 'MISSED'}")
    print(f"written: {RESULTS.path}" if one is _ONE else "a quick run: bench/results/etl.json is left as it was")
    return 0 if all(kept for *_, kept in rows) else 1


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
