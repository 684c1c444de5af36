"""Writing one transformed batch. The caller owns the transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from etl.errors import BooksError
from etl.transform.stage import Staged
from warehouse import books, load
from warehouse.books import Counts
from warehouse.connect import Cursor


def write(cursor: Cursor, batch: Staged, run_id: UUID, duplicate_range: timedelta) -> Counts:
    """Write the batch's rows, take out what the warehouse has already, and enter the objects into the ledger.

    ``warehouse.load.begin`` comes before; re-making what was touched comes after, once for all batches of the
    transaction.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    write_events(cursor, batch, duplicate_range)
    with batch.csv("rejects") as rows:
        load.copy_rejects(cursor, rows)
    books.record_objects(cursor, run_id, batch.books.values())
    total = Counts()
    for entry in batch.books.values():
        total.add(entry.counts)
    return total


def write_events(cursor: Cursor, batch: Staged, duplicate_range: timedelta) -> None:
    """Write the batch's events and what hangs on them, but those that the warehouse has already: the batch's books say.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    for table in ("clickstream_events", "event_items", "order_events"):
        with batch.csv(table) as rows:
            load.copy_staged(cursor, table, rows)
    for object_id, known in load.take_out_known(cursor, duplicate_range).items():
        counts = batch.books[object_id].counts
        counts.loaded -= known
        counts.duplicates += known
    added = load.insert_staged(cursor)
    expected = sum(entry.counts.loaded for entry in batch.books.values())
    if added != expected:
        raise BooksError(f"{added} events were written, the books say {expected}: nothing of the batch was kept")


def empty_windows(cursor: Cursor, windows: Sequence[datetime]) -> None:
    """Take everything out that was loaded from the windows, as the first half of a replace."""
    load.delete_windows(cursor, windows)
