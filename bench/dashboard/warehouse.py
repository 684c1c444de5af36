"""A warehouse of some million events over 90 days, made in SQL and derived by the ETL's own steps."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import psycopg2

from clickstream.home import OWNER, Home, open_home
from clickstream.postgres import running
from warehouse import load
from warehouse.connect import connected
from warehouse.derive import product_facets, remake, touched
from warehouse.migrate import migrate

LAST = date(2026, 10, 31)
DAYS = 90
EVENTS_PER_SESSION = 9.16  # as shop_days.sql makes them
_SQL = Path(__file__).with_name("shop_days.sql").read_text("utf-8")
_CHUNK_DAYS = 3


@contextmanager
def warehouse(folder: Path, events: int, port_base: int) -> Iterator[Home]:
    """The warehouse, running; it is made where the folder has none yet."""
    home = open_home(folder, port_base=port_base)
    with running(home):
        _settings(home)
        migrate(home.warehouse_url(OWNER), home.role_passwords)
        _fill(home, events)
        yield home


def _settings(home: Home) -> None:
    """As an instance of 8 GB would have it; what is lost when the machine fails can be made again."""
    with connected(home.warehouse_url(OWNER), "bench") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for setting, value in (("fsync", "off"), ("synchronous_commit", "off"), ("max_wal_size", "'4GB'")):
                cursor.execute(f"ALTER SYSTEM SET {setting} = {value}")
            cursor.execute("SELECT pg_reload_conf()")


def _fill(home: Home, events: int) -> None:
    sessions = round(events / DAYS / EVENTS_PER_SESSION)
    with connected(home.warehouse_url(OWNER), "bench") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(day) FROM audience_days")
        (done,) = cursor.fetchone()
        first = LAST - timedelta(days=DAYS - 1) if done is None else done + timedelta(days=1)
        connection.rollback()
        while first <= LAST:
            started = time.monotonic()
            load.begin(cursor)
            cursor.execute("SET LOCAL work_mem = '256MB'")
            cursor.execute(_SQL, {"first": first, "days": _CHUNK_DAYS, "sessions": sessions})
            made = time.monotonic()
            with touched() as found:
                found.add_loaded(cursor, "event_id IN (SELECT event_id FROM shop_events)")
                remake(cursor, found)
            connection.commit()
            taken = time.monotonic()
            sys.stderr.write(f"  {first}: made in {made - started:.1f} s, derived in {taken - made:.1f} s\n")
            first += timedelta(days=_CHUNK_DAYS)
        if done is None or done < LAST:
            _note_books(cursor)
            connection.commit()
        for day in product_facets.due(cursor):
            product_facets.make(cursor, day)
            connection.commit()
        if done is None or done < LAST:
            connection.autocommit = True
            cursor.execute("VACUUM ANALYZE")


def _note_books(cursor: "psycopg2.extensions.cursor") -> None:
    """The windows' books, without which nobody could say how new the warehouse is."""
    cursor.execute(
        "INSERT INTO etl.windows"
        " (ingest_window, state, objects, collected, loaded, newest_event_at, newest_received_at)"
        " SELECT ingest_window, 'loaded', 1, count(*), count(*), max(event_timestamp), max(received_at)"
        " FROM clickstream_events GROUP BY ingest_window ON CONFLICT DO NOTHING"
    )
