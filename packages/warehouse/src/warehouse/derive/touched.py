"""What a load adds and deletes, kept beside its transaction until everything is derived from it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pyarrow as pa

from warehouse import load
from warehouse.books import Newest
from warehouse.connect import Cursor
from warehouse.derive.workbench import TableRows, Workbench, workbench

HIT_COLUMNS = (
    *("event_id", "event_timestamp", "event_name", "user_id", "session_id", "client_id", "page_path", "channel"),
    *("utm_source", "utm_medium", "utm_campaign", "device_type", "country", "is_bot", "sequence", "order_id"),
    *("user_login_state", "search_query"),
)
ITEM_COLUMNS = (
    *("event_id", "event_timestamp", "event_name", "product_id", "product_name", "product_category", "product_brand"),
    *("product_url_path", "price", "discount_price", "quantity", "currency"),
)
GONE_COLUMNS = ("event_id", "event_timestamp", "event_name", "session_id", "client_id", "order_id", "is_bot")


class Touched:
    """Events that one transaction adds or deletes. Only what is told here is derived from."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.newest: list[Newest] = []
        self._hits: list[pa.Table] = []
        self._items: list[pa.Table] = []
        bench.run("tables")

    def add_hits(self, hits: pa.Table) -> None:
        """Events that were added: rows of `clickstream_events`, ``HIT_COLUMNS``, ids as 16 bytes."""
        if hits.num_rows:
            self._hits.append(hits)

    def add_items(self, items: pa.Table) -> None:
        """Lines of the events: whole rows of `event_items`, ids as 16 bytes. They are written when all is derived."""
        if items.num_rows:
            self._items.append(items)

    def items(self) -> list[TableRows]:
        """The lines, to be written. Nothing that is derived in PostgreSQL needs those of the events that were added."""
        return [TableRows("event_items", load.ITEM_COLUMNS, rows) for rows in self._items]

    def settle(self) -> None:
        """Nothing is added any more: the workbench has what was added as `added` and `added_items`."""
        for name, rows, columns in (("added", self._hits, HIT_COLUMNS), ("added_items", self._items, ITEM_COLUMNS)):
            given = f"SELECT rowid AS source, * FROM read_{name}"
            if rows:
                self.bench.show(f"given_{name}", rows)
                casted = ", ".join("event_id::UUID AS event_id" if each == "event_id" else each for each in columns)
                given += f" UNION ALL SELECT (SELECT count(*) FROM read_{name}) + source, {casted} FROM given_{name}"
            self.bench.execute(f"CREATE TEMP VIEW {name} AS {given}")

    def add_loaded(self, cursor: Cursor, condition: str, parameters: object = None) -> None:
        """Both for events that are in the tables: those for which the condition holds.

        Args:
            cursor: of the transaction.
            condition: SQL over the columns of `clickstream_events`.
            parameters: of the condition.
        """
        hits, items = ", ".join(HIT_COLUMNS), ", ".join(f"i.{name}" for name in ITEM_COLUMNS)
        self.bench.fetch(cursor, f"SELECT {hits} FROM clickstream_events WHERE {condition}", "read_added", parameters)
        self.bench.fetch(
            cursor,
            f"SELECT {items} FROM (SELECT event_id, event_timestamp FROM clickstream_events WHERE {condition}) e"
            " JOIN event_items i USING (event_id, event_timestamp)",
            "read_added_items",
            parameters,
        )

    def delete_windows(self, cursor: Cursor, windows: Sequence[datetime]) -> None:
        """Take everything out of the warehouse that was loaded from the windows, their ledger too."""
        self.bench.fetch(
            cursor,
            f"DELETE FROM clickstream_events WHERE ingest_window = ANY(%s) RETURNING {', '.join(GONE_COLUMNS)}",
            "gone",
            (list(windows),),
        )
        cursor.execute(
            """
            WITH gone AS (DELETE FROM event_items WHERE ingest_window = ANY(%s) RETURNING product_id)
            INSERT INTO forgotten_products SELECT DISTINCT product_id FROM gone WHERE product_id IS NOT NULL
            ON CONFLICT DO NOTHING
            """,
            (list(windows),),
        )
        for table in ("order_events", "etl.rejects", "etl.objects"):
            cursor.execute(f"DELETE FROM {table} WHERE ingest_window = ANY(%s)", (list(windows),))

    def anything(self) -> bool:
        """Whether any event was added or deleted."""
        return bool(self._hits or self.bench.count("read_added") or self.bench.count("gone"))


@contextmanager
def touched(threads: int | None = None, memory_limit_mib: int = 384) -> Iterator[Touched]:
    """Nothing touched yet.

    Args:
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
    """
    with workbench(threads, memory_limit_mib) as bench:
        yield Touched(bench)
