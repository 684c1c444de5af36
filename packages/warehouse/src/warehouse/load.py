"""Writing a batch of events: COPY into temporary tables, then set-based SQL. The caller owns the transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

from warehouse.connect import Cursor
from warehouse.tables import ClickstreamEvent, EventItem, OrderEvent, Reject

# One load at a time: what is a duplicate can only be known when nobody else is adding events.
_WRITER_LOCK = 0x6C6F6164  # "load"

EVENT_COLUMNS = tuple(ClickstreamEvent.model_fields)
ITEM_COLUMNS = tuple(EventItem.model_fields)
ORDER_COLUMNS = tuple(OrderEvent.model_fields)
_OF_THE_DATABASE = ("reject_id", "source", "created_at", "replayed_at")
REJECT_COLUMNS = tuple(name for name in Reject.model_fields if name not in _OF_THE_DATABASE)

_STAGED = {"clickstream_events": EVENT_COLUMNS, "event_items": ITEM_COLUMNS, "order_events": ORDER_COLUMNS}


def wait_for_turn(cursor: Cursor) -> None:
    """Wait until nobody else writes; the turn ends with the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITER_LOCK,))


def begin(cursor: Cursor) -> None:
    """Wait for the turn to write, and make the batch's temporary tables (gone at the end of the transaction)."""
    wait_for_turn(cursor)
    for table in _STAGED:
        cursor.execute(f"CREATE TEMP TABLE staged_{table} (LIKE {table}) ON COMMIT DROP")
    cursor.execute(
        "CREATE TEMP TABLE touched_events (event_id uuid, event_timestamp timestamptz, event_name text,"
        " session_id text, client_id text, order_id text) ON COMMIT DROP"
    )
    cursor.execute("CREATE TEMP TABLE forgotten_products (product_id text PRIMARY KEY) ON COMMIT DROP")


def delete_windows(cursor: Cursor, windows: Sequence[datetime]) -> None:
    """Take everything out that was loaded from the windows, their ledger too. What was deleted is touched."""
    cursor.execute(
        """
        WITH gone AS (
            DELETE FROM clickstream_events WHERE ingest_window = ANY(%s)
            RETURNING event_id, event_timestamp, event_name, session_id, client_id, order_id
        )
        INSERT INTO touched_events SELECT * FROM gone
        """,
        (list(windows),),
    )
    cursor.execute(
        """
        WITH gone AS (DELETE FROM event_items WHERE ingest_window = ANY(%s) RETURNING product_id)
        INSERT INTO forgotten_products SELECT DISTINCT product_id FROM gone WHERE product_id IS NOT NULL
        """,
        (list(windows),),
    )
    for table in ("order_events", "etl.rejects", "etl.objects"):
        cursor.execute(f"DELETE FROM {table} WHERE ingest_window = ANY(%s)", (list(windows),))  # noqa: S608 -- names above


def copy_staged(cursor: Cursor, table: str, rows: BinaryIO) -> None:
    """COPY rows (CSV, UTF-8, no header, unquoted empty is NULL) into a staged table.

    Args:
        cursor: of the load's transaction.
        table: clickstream_events, event_items or order_events.
        rows: the CSV, columns in the order of the model.
    """
    cursor.copy_expert(f"COPY staged_{table} ({', '.join(_STAGED[table])}) FROM STDIN (FORMAT csv)", rows)


def copy_rejects(cursor: Cursor, rows: BinaryIO) -> None:
    """COPY rows (CSV as for ``copy_staged``) into `etl.rejects`."""
    cursor.copy_expert(f"COPY etl.rejects ({', '.join(REJECT_COLUMNS)}) FROM STDIN (FORMAT csv)", rows)


def take_out_known(cursor: Cursor, look_back: timedelta) -> dict[int, int]:
    """Delete the staged events that the warehouse has already, and what hangs on them.

    Args:
        cursor: of the load's transaction.
        look_back: how far apart two receipts of one event id may be and still be one event.

    Returns:
        Number of duplicates by object id. An event of the same id and moment is a duplicate whenever it was received:
        it is the table's key.
    """
    cursor.execute("ANALYZE staged_clickstream_events")
    cursor.execute("SELECT min(received_at), max(received_at) FROM staged_clickstream_events")
    first, last = cursor.fetchone()
    if first is None:
        return {}
    # An event's time is at most seven days before and five minutes after its receipt: the bounds let the planner
    # leave out the partitions of other months.
    cursor.execute(
        """
        DELETE FROM staged_clickstream_events s
        USING clickstream_events e
        WHERE e.event_id = s.event_id
          AND (e.received_at BETWEEN s.received_at - %(look_back)s AND s.received_at + %(look_back)s
               OR e.event_timestamp = s.event_timestamp)
          AND e.event_timestamp BETWEEN %(earliest)s AND %(latest)s
        RETURNING s.object_id
        """,
        {
            "look_back": look_back,
            "earliest": first - look_back - timedelta(days=8),
            "latest": last + look_back + timedelta(days=1),
        },
    )
    counts: dict[int, int] = {}
    for (object_id,) in cursor.fetchall():
        counts[object_id] = counts.get(object_id, 0) + 1
    for table in ("event_items", "order_events"):
        if counts:
            cursor.execute(
                f"DELETE FROM staged_{table} s WHERE NOT EXISTS"  # noqa: S608 -- names above
                " (SELECT FROM staged_clickstream_events e WHERE e.event_id = s.event_id)"
            )
    return counts


def insert_staged(cursor: Cursor) -> int:
    """Move what is staged into the tables; what was added is touched. Makes the partitions that are missing.

    Returns:
        Number of events that were added.
    """
    cursor.execute(
        "SELECT etl.ensure_partitions(month, month) FROM"
        " (SELECT DISTINCT date_trunc('month', event_timestamp) AS month FROM staged_clickstream_events) months"
    )
    for table, columns in _STAGED.items():
        listed = ", ".join(columns)
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM staged_{table}")  # noqa: S608 -- names above
    cursor.execute(
        "INSERT INTO touched_events"
        " SELECT event_id, event_timestamp, event_name, session_id, client_id, order_id FROM staged_clickstream_events"
    )
    added: int = cursor.rowcount
    cursor.execute("ANALYZE touched_events")
    cursor.execute(f"TRUNCATE {', '.join(f'staged_{table}' for table in _STAGED)}")
    return added


def anything_touched(cursor: Cursor) -> bool:
    """Whether the batch added or deleted any event."""
    cursor.execute("SELECT EXISTS (SELECT FROM touched_events)")
    return bool(cursor.fetchone()[0])
