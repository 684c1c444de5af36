"""Months of events: partitions made ahead of time, and dropped by retention. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime

from warehouse.connect import Cursor
from warehouse.load import WRITER_LOCK


@dataclass(frozen=True, slots=True)
class DroppedEvents:
    """Events of a month that were dropped: rows of `clickstream_events` and `event_items`."""

    month: datetime
    events: int
    items: int


def make_partitions(cursor: Cursor, start: datetime, end: datetime) -> int:
    """Make the monthly partitions of [start, end] that are missing; returns how many were made.

    None while somebody is loading: both might make the same month, and a load makes what it needs itself.
    """
    cursor.execute(
        "SELECT CASE WHEN pg_try_advisory_xact_lock(%s) THEN etl.ensure_partitions(%s, %s) ELSE 0 END",
        (WRITER_LOCK, start, end),
    )
    made: int = cursor.fetchone()[0]
    return made


def summarize_new_pages(cursor: Cursor, *, patient: bool = False) -> int:
    """Enter the pages that were written last into the BRIN indexes by time and day; returns how many ranges of them.

    Autovacuum does it too, a minute later or more. Until then every question by time reads all pages that are new.

    Args:
        cursor: of a transaction of its own.
        patient: whether autovacuum, where it is at the table just now, is to give way: that takes a second, and
            autovacuum begins anew.
    """
    cursor.execute("SELECT etl.summarize_new_pages(%s)", (patient,))
    made: int = cursor.fetchone()[0]
    return made


def drop_events_before(cursor: Cursor, cutoff: datetime) -> list[DroppedEvents]:
    """Drop the events of the months that end at or before ``cutoff``; none while somebody is loading.

    What was made of them stays: rollups, sessions, clients, orders, products and books.

    Raises:
        psycopg2.errors.LockNotAvailable: somebody has been reading them for more than two seconds.
    """
    cursor.execute("SELECT month, events, items FROM etl.drop_events_before(%s)", (cutoff,))
    return [DroppedEvents(*row) for row in cursor.fetchall()]


def events_kept_from(cursor: Cursor) -> datetime | None:
    """Since when events are kept; None where retention has dropped none. Nothing before it can be loaded."""
    cursor.execute("SELECT nullif(etl.events_kept_from(), '-infinity')")
    found: datetime | None = cursor.fetchone()[0]
    return found
