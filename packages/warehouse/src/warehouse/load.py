"""Writing a batch of events: what is known already is found first, then the rest goes straight into the tables.

The caller owns the transaction. Rows come in PostgreSQL's binary COPY format, which it takes in three quarters of the
time that it needs for text.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from warehouse.binary import PIECE_BYTES
from warehouse.connect import Cursor
from warehouse.tables import ClickstreamEvent, EventItem, OrderEvent, Reject

# One load at a time: what is a duplicate can only be known when nobody else is adding events.
WRITER_LOCK = 0x6C6F6164  # "load"

EVENT_COLUMNS = tuple(ClickstreamEvent.model_fields)
ITEM_COLUMNS = tuple(EventItem.model_fields)
ORDER_COLUMNS = tuple(OrderEvent.model_fields)
_OF_THE_DATABASE = ("reject_id", "source", "created_at", "replayed_at")
REJECT_COLUMNS = tuple(name for name in Reject.model_fields if name not in _OF_THE_DATABASE)

ID_COLUMNS = ("event_id", "event_timestamp", "received_at")
COLUMNS = {
    "clickstream_events": EVENT_COLUMNS,
    "event_items": ITEM_COLUMNS,
    "order_events": ORDER_COLUMNS,
    "rejects": REJECT_COLUMNS,
    "staged_ids": ID_COLUMNS,
}


class Rows(Protocol):
    """A file of rows in PostgreSQL's binary COPY format."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def wait_for_turn(cursor: Cursor) -> None:
    """Wait until nobody else writes; the turn ends with the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))


def begin(cursor: Cursor) -> int:
    """Wait for the turn to write, and make the batch's temporary tables (gone at the end of the transaction).

    Returns:
        The turn's number. Turns in which events are added are numbered one after the other.
    """
    wait_for_turn(cursor)
    cursor.execute("SELECT nextval('etl.turns')")
    turn: int = cursor.fetchone()[0]
    cursor.execute(
        "CREATE TEMP TABLE staged_ids (event_id uuid, event_timestamp timestamptz, received_at timestamptz)"
        " ON COMMIT DROP"
    )
    cursor.execute("CREATE TEMP TABLE forgotten_products (product_id text PRIMARY KEY) ON COMMIT DROP")
    return turn


def copy_rows(cursor: Cursor, table: str, rows: Rows) -> int:
    """COPY rows into a table.

    Args:
        cursor: of the load's transaction.
        table: one of ``COLUMNS``. Partitions must be there (``make_partitions``); known events must be left out.
        rows: in PostgreSQL's binary format, columns in the order of ``COLUMNS``.

    Returns:
        How many rows were written.
    """
    name = "etl.rejects" if table == "rejects" else table
    cursor.copy_expert(f"COPY {name} ({', '.join(COLUMNS[table])}) FROM STDIN (FORMAT binary)", rows, PIECE_BYTES)
    written: int = cursor.rowcount
    return written


def time_range(first: datetime, last: datetime, look_back: timedelta) -> tuple[datetime, datetime]:
    """When the events can be of that are known, of a batch that was received from ``first`` to ``last``.

    An event's time is at most seven days before and five minutes after its receipt.
    """
    return first - look_back - timedelta(days=8), last + look_back + timedelta(days=1)


def known_events(cursor: Cursor, ids: Rows, look_back: timedelta) -> list[bytes]:
    """Which of a batch's events the warehouse has already.

    Args:
        cursor: of the load's transaction.
        ids: ``ID_COLUMNS`` of the events in PostgreSQL's binary format, in order of event_id.
        look_back: how far apart two receipts of one event id may be and still be one event.

    Returns:
        The 16 bytes of each one's id. An event of the same id and moment is known whenever it was received: it is
        the table's key.
    """
    if not copy_rows(cursor, "staged_ids", ids):
        return []
    cursor.execute("SELECT min(received_at), max(received_at) FROM staged_ids")
    first, last = cursor.fetchone()
    earliest, latest = time_range(first, last, look_back)
    # The bounds let the planner leave out the partitions of other months. Each id is looked up by itself (LIMIT keeps
    # it from becoming a join) and through the primary key: in order, that takes 2 µs an id however large the table is.
    # Of a partition that was never analyzed the planner knows nothing, and would read all of it for every id.
    cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")
    cursor.execute(
        """
        SELECT uuid_send(s.event_id)
        FROM staged_ids s CROSS JOIN LATERAL (
            SELECT FROM clickstream_events e
            WHERE e.event_id = s.event_id
              AND (e.received_at BETWEEN s.received_at - %(look_back)s AND s.received_at + %(look_back)s
                   OR e.event_timestamp = s.event_timestamp)
              AND e.event_timestamp BETWEEN %(earliest)s AND %(latest)s
            LIMIT 1
        ) known
        """,
        {
            "look_back": look_back,
            "earliest": earliest,
            "latest": latest,
        },
    )
    found = [bytes(event_id) for (event_id,) in cursor.fetchall()]
    cursor.execute("SET LOCAL enable_bitmapscan = DEFAULT; SET LOCAL enable_seqscan = DEFAULT")
    cursor.execute("TRUNCATE staged_ids")
    return found


def make_partitions(cursor: Cursor, months: Sequence[datetime]) -> None:
    """Make the partitions that are missing; ``months``: a moment of each month."""
    cursor.execute("SELECT etl.ensure_partitions(month, month) FROM unnest(%s::timestamptz[]) month", (list(months),))
