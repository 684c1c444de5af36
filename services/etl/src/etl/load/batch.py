"""Writing one transformed batch. The caller owns the transaction."""

from datetime import timedelta
from uuid import UUID

from etl.errors import BooksError
from etl.load.rejects import Rejects
from etl.transform.stage import Staged
from warehouse import books, load
from warehouse.binary import BinaryRows
from warehouse.books import Counts
from warehouse.connect import Cursor
from warehouse.derive import Touched
from warehouse.derive.touched import HIT_COLUMNS
from warehouse.seen import SeenIds


def write(
    cursor: Cursor,
    batch: Staged,
    touched: Touched,
    rejects: Rejects,
    *,
    run_id: UUID,
    duplicate_range: timedelta,
    seen: SeenIds | None,
) -> Counts:
    """Write the batch's rows, take out what the warehouse has already, and enter the objects into the ledger.

    ``warehouse.load.begin`` comes before; writing the rejects and deriving from what was touched, which writes the
    items too, come after, once for all batches of the transaction.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    write_events(cursor, batch, touched, duplicate_range, seen)
    rejects.add(batch.bad_lines)
    books.record_objects(cursor, run_id, batch.books.values())
    total = Counts()
    for entry in batch.books.values():
        total.add(entry.counts)
    return total


def write_events(
    cursor: Cursor, batch: Staged, touched: Touched, duplicate_range: timedelta, seen: SeenIds | None = None
) -> None:
    """Write the batch's events and what hangs on them, but those that the warehouse has already: the batch's books say.

    Args:
        cursor: of the transaction.
        batch: what to write.
        touched: is told what was added.
        duplicate_range: how far apart two receipts of one event id may be and still be one event.
        seen: ids that the load keeps; None: all are looked up.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    maybe_known = seen.among(batch.event_ids()) if seen else None
    known = load.known_events(cursor, BinaryRows(batch.id_rows(maybe_known)), duplicate_range)
    batch.leave_out(known)
    if seen:
        seen.add(batch.event_ids())
    load.make_partitions(cursor, batch.months())
    added = load.copy_rows(cursor, "clickstream_events", BinaryRows(batch.rows("clickstream_events")))
    expected = sum(entry.counts.loaded for entry in batch.books.values())
    if added != expected:
        raise BooksError(f"{added} events were written, the books say {expected}: nothing of the batch was kept")
    load.copy_rows(cursor, "order_events", BinaryRows(batch.rows("order_events")))
    touched.newest += batch.newest()
    touched.add_hits(batch.rows("clickstream_events", HIT_COLUMNS))
    touched.add_items(batch.rows("event_items"))
