"""The cases of the benchmark: each loads a lake into a fresh warehouse and says what it took."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree
from statistics import median, quantiles
from tempfile import TemporaryDirectory, TemporaryFile

import psycopg2
from bench.collector.servers import s3_server
from bench.etl.data import DAY, FOLDER, Shape, lake_of
from bench.etl.warehouses import Database, Warehouses

from etl import memory

_ROOT = Path(__file__).parents[2]
_TABLES = ("clickstream_events", "event_items", "order_events", "orders", "sessions", "clients", "etl.objects")
_QUESTIONS = 101  # times that each question of the mart is asked; of a few, p95 would be the slowest
Say = Callable[[str], None]


@dataclass
class Load:
    """What one run of the ETL took. ``stages``: seconds by stage, as the ETL measures them."""

    seconds: float
    cpu_seconds: float
    rss_mib: float
    objects: int
    collected: int
    loaded: int
    stages: Mapping[str, float] = field(default_factory=dict)


def load(lake_url: str, database: Database, span: tuple[str, str] | None = None, **environment: str) -> Load:
    """Run the ETL in a process of its own, with the environment of the service.

    Args:
        lake_url: what to load.
        database: where to.
        span: range of windows to replace; None loads everything.
        environment: added to this process's.

    Raises:
        RuntimeError: the ETL did not load everything.
    """
    command = [sys.executable, "-m", "bench.etl.load_once", lake_url, database.url("clickstream_etl"), *(span or ())]
    done = subprocess.run(
        command,
        cwd=_ROOT,
        env=os.environ | memory.ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the ETL failed:\n{done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    if told.pop("errors"):
        raise RuntimeError(f"the ETL did not load everything: {done.stdout}")
    return Load(**told)


def bare_copy(server: Warehouses, loaded: Database) -> float:
    """Seconds of a COPY of the loaded events into an empty copy of the same partitioned, indexed table.

    The rows are those of the table, in the order in which they lie there, in COPY's default format.
    """
    with TemporaryFile() as rows:
        with loaded.cursor() as cursor:
            cursor.copy_expert("COPY (SELECT * FROM clickstream_events) TO STDOUT", rows)
            cursor.execute("SELECT min(event_timestamp), max(event_timestamp) FROM clickstream_events")
            first, last = cursor.fetchone()
        with server.fresh() as empty:
            with empty.cursor() as cursor:
                cursor.execute("SELECT etl.ensure_partitions(%s, %s)", (first, last))
            rows.seek(0)
            started = time.perf_counter()
            with empty.cursor() as cursor:
                cursor.copy_expert("COPY clickstream_events FROM STDIN", rows, 1 << 20)
            return time.perf_counter() - started


def check_books(database: Database, wanted: int) -> None:
    """Every line is in the books, and the tables hold what the books say.

    Raises:
        RuntimeError: they do not.
    """
    ((collected, loaded),) = database.rows("SELECT sum(collected)::bigint, sum(loaded)::bigint FROM etl.objects")
    ((events,),) = database.rows("SELECT count(*) FROM clickstream_events")
    if collected != wanted or loaded != events:
        raise RuntimeError(
            f"{wanted} lines: the books collected {collected}, loaded {loaded}; there are {events} events"
        )


def against_copy(server: Warehouses, shape: Shape, rounds: int, say: Say) -> tuple[list[Load], list[float]]:
    """Loads of one lake and bare COPYs of what they loaded, in turn."""
    lake = f"file://{lake_of(shape)}/lake"
    loads, copies = [], []
    for number in range(rounds):
        with server.fresh() as database:
            loads.append(load(lake, database))
            check_books(database, shape.lines * shape.copies)
            copies.append(bare_copy(server, database))
            if number == 0:
                sizes = [f"{table} {database.rows(f'SELECT count(*) FROM {table}')[0][0]:,}" for table in _TABLES]  # noqa: S608 -- names above
                say("  rows: " + ", ".join(sizes))
                ((size, events),) = database.rows(
                    "SELECT pg_database_size(current_database()), count(*) FROM clickstream_events"
                )
                say(f"  the warehouse takes {size / events:,.0f} bytes an event")
        took = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in loads[-1].stages.items())
        say(
            f"  {shape.name}, round {number + 1} of {rounds}: {loads[-1].seconds:.1f} s ({took} s;"
            f" {loads[-1].cpu_seconds:.1f} s of the ETL's CPU), {loads[-1].rss_mib:.0f} MiB;"
            f" bare COPY {copies[-1]:.1f} s"
        )
    return loads, copies


def rerun(server: Warehouses, shape: Shape, say: Say) -> tuple[float, float]:
    """Seconds of the first load of the busiest hour beside 23 others, and of its replacement."""
    folder = lake_of(shape)
    lake = f"file://{folder}/lake"
    hours = sorted((path for path in (folder / "lake" / "events").glob("*/*/*/*")), key=_bytes_in)
    busiest = "-".join(hours[-1].parts[-4:-1]) + f"T{hours[-1].name}:00:00+00:00"
    with server.fresh() as database:
        load(lake, database)
        start = datetime.fromisoformat(busiest)
        span = (start.isoformat(), (start + timedelta(hours=1)).isoformat())
        with database.cursor() as cursor:
            cursor.execute("ANALYZE")
        again = load(lake, database, span).seconds
    with server.fresh() as database, _hour_apart(folder / "lake", hours[-1]) as (others, add_hour):
        load(f"file://{others}", database)
        with database.cursor() as cursor:
            cursor.execute("ANALYZE")
        add_hour()
        first = load(f"file://{others}", database).seconds
    say(f"  the hour of {busiest}: first {first:.2f} s, again {again:.2f} s")
    return first, again


def small_objects(server: Warehouses, shape: Shape, say: Say) -> float:
    """Objects/s of one-event objects from an S3 server (rclone) on one of the cores."""
    folder = lake_of(shape)
    with TemporaryDirectory(dir=FOLDER) as temporary, s3_server(Path(temporary) / "s3") as environment:
        _linked(folder / "lake", Path(temporary) / "s3" / "lake")
        with server.fresh() as database:
            took = load("s3://lake", database, **environment)
            check_books(database, shape.lines)
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in took.stages.items())
    say(f"  {took.objects:,} objects in {took.seconds:.1f} s ({stages} s; {took.cpu_seconds:.1f} s of the ETL's CPU)")
    return took.objects / took.seconds


def mart_p95_ms(database: Database, say: Say) -> dict[str, float]:
    """p95 in ms of each question of the mart that needs no more than a range, over 30 days, asked of the server."""
    with database.cursor() as cursor:
        cursor.execute("""
            SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
            WHERE nspname = 'mart' AND pronargs - pronargdefaults = 2
              AND pg_get_function_identity_arguments(pg_proc.oid) LIKE 'from_day date, to_day date%'
              AND proname NOT IN ('range_of', 'main_currency') ORDER BY 1
        """)
        questions = [name for (name,) in cursor.fetchall()]
    found = {}
    first, last = DAY - timedelta(days=29), DAY
    with closing(psycopg2.connect(database.url("clickstream_dashboard"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name in questions:
                times = []
                for _ in range(_QUESTIONS + 1):
                    started = time.perf_counter()
                    cursor.execute(f"SELECT * FROM mart.{name}(%s, %s)", (first, last))  # noqa: S608 -- names of the server
                    cursor.fetchall()
                    times.append((time.perf_counter() - started) * 1000)
                found[name] = quantiles(times[1:], n=20)[-1]
                say(f"  mart.{name}: median {median(times[1:]):.0f} ms, p95 {found[name]:.0f} ms")
    return found


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _linked(source: Path, target: Path) -> None:
    """The same files under another name, without a copy."""
    copytree(source, target, copy_function=os.link, dirs_exist_ok=True)


@contextmanager
def _hour_apart(lake: Path, hour: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A lake like another but for one hour, and what adds that hour."""
    with TemporaryDirectory(dir=FOLDER) as temporary:
        copy = Path(temporary) / "lake"
        _linked(lake, copy)
        apart = copy / hour.relative_to(lake)
        rmtree(apart)
        yield copy, lambda: _linked(hour, apart)
