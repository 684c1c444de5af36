"""Writing one transformed batch. The caller owns the transaction."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pyarrow as pa

from etl.errors import BooksError
from etl.transform.stage import Staged
from warehouse import books, load
from warehouse.binary import BinaryRows
from warehouse.books import Counts
from warehouse.connect import Cursor
from warehouse.derive import Touched
from warehouse.derive.touched import HIT_COLUMNS, ITEM_COLUMNS


def write(cursor: Cursor, batch: Staged, touched: Touched, run_id: UUID, duplicate_range: timedelta) -> Counts:
    """Write the batch's rows, take out what the warehouse has already, and enter the objects into the ledger.

    ``warehouse.load.begin`` comes before; deriving from what was touched comes after, once for all batches of the
    transaction.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    write_events(cursor, batch, touched, duplicate_range)
    load.copy_rows(cursor, "rejects", BinaryRows(batch.rows("rejects")))
    books.record_objects(cursor, run_id, batch.books.values())
    total = Counts()
    for entry in batch.books.values():
        total.add(entry.counts)
    return total


def write_events(cursor: Cursor, batch: Staged, touched: Touched, duplicate_range: timedelta) -> None:
    """Write the batch's events and what hangs on them, but those that the warehouse has already: the batch's books say.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    known = load.known_events(cursor, BinaryRows(batch.rows("staged_ids")), duplicate_range)
    batch.leave_out(known)
    load.make_partitions(cursor, batch.months())
    hits, added = _copy(cursor, batch, "clickstream_events", HIT_COLUMNS)
    expected = sum(entry.counts.loaded for entry in batch.books.values())
    if added != expected:
        raise BooksError(f"{added} events were written, the books say {expected}: nothing of the batch was kept")
    items, _ = _copy(cursor, batch, "event_items", ITEM_COLUMNS)
    load.copy_rows(cursor, "order_events", BinaryRows(batch.rows("order_events")))
    touched.newest += batch.newest()
    touched.add_hits(hits)
    touched.add_items(items)


def _copy(cursor: Cursor, batch: Staged, table: str, kept: Sequence[str]) -> tuple[pa.RecordBatchReader, int]:
    """COPY a table's rows.

    Args:
        cursor: of the transaction.
        batch: has the rows.
        table: of ``warehouse.load.COLUMNS``.
        kept: columns that are asked for again: to make them anew would cost more than to hold them.

    Returns:
        The kept columns of all rows, and how many were written.
    """
    rows = batch.rows(table)
    held: list[pa.RecordBatch] = []

    def passing() -> Iterator[pa.RecordBatch]:
        for some in rows:
            held.append(some.select(list(kept)))
            yield some

    written = load.copy_rows(cursor, table, BinaryRows(pa.RecordBatchReader.from_batches(rows.schema, passing())))
    schema = pa.schema([rows.schema.field(name) for name in kept])
    return pa.RecordBatchReader.from_batches(schema, held), written
