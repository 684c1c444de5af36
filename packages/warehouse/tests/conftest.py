"""Loading events straight into a warehouse, as the ETL does after its transform."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from random_shop import FACETS
from whole_tables import told

from warehouse import books, load
from warehouse.books import Newest
from warehouse.derive import remake, touched
from warehouse.tables import metadata

LOOK_BACK = timedelta(days=7)
START = datetime(2026, 11, 22, 7, tzinfo=UTC)
DERIVED = {
    "clickstream_events": "event_id, event_timestamp, event_name, client_id, session_id, order_id",
    "event_items": "event_id, line_number, event_timestamp, product_id, price, quantity",
    "order_events": "event_id, event_timestamp, event_name, order_id, total",
    "orders": "*",
    "sessions": "*",
    "clients": "*",
    "products": "*",
    "etl.product_attributes": "*",
    "events_hourly": "*",
    "products_daily": "*",
}
FACTS = (
    *("session_facts", "session_hours", "session_pages", "session_products", "session_orders", "session_searches"),
    *("audience_days", "order_days"),
)
_NEEDED: dict[str, Any] = {
    "event_name": "page_view",
    "channel": "Direct",
    "device_type": "desktop",
    "is_bot": False,
    "clock_corrected": False,
    "object_id": 1,
}


class Loader:
    """A warehouse and the transactions that load it, as role clickstream_etl."""

    def __init__(self, warehouse: Any, connection: Any) -> None:
        self.warehouse = warehouse
        self._connection = connection
        self._ids = count(1)

    def event(self, minutes: float = 0, **columns: Any) -> dict[str, Any]:
        """An event so many minutes after START; columns as the table's, ``items`` and ``order`` as dicts."""
        moment = START + timedelta(minutes=minutes)
        return {"event_id": UUID(int=next(self._ids)), "event_timestamp": moment, "received_at": moment, **columns}

    def load(self, *events: dict[str, Any], window: datetime = START, replace: Iterable[datetime] = ()) -> int:
        """One load; returns the number of duplicates. ``replace`` names windows to be emptied first."""
        with touched(threads=1) as found, self._connection.cursor() as cursor:
            load.begin(cursor)
            if replace:
                found.delete_windows(cursor, list(replace))
            first = {}
            for event in events:
                first.setdefault(event["event_id"], {"ingest_window": window, **_NEEDED, **event})
            rows = list(first.values())
            known = load.known_events(cursor, self._binary(cursor, "staged_ids", rows), LOOK_BACK)
            new = [row for row in rows if row["event_id"].bytes not in known]
            load.make_partitions(cursor, [row["event_timestamp"].replace(day=1, hour=0) for row in new])
            added = load.copy_rows(cursor, "clickstream_events", self._binary(cursor, "clickstream_events", new))
            assert added == len(new)
            for table, lines in (("event_items", _items(new)), ("order_events", _orders(new))):
                load.copy_rows(cursor, table, self._binary(cursor, table, lines))
            if new:
                found.add_loaded(
                    cursor,
                    "(event_id, event_timestamp) IN (SELECT * FROM unnest(%s::uuid[], %s::timestamptz[]))",
                    ([str(row["event_id"]) for row in new], [row["event_timestamp"] for row in new]),
                )
            if found.anything():
                remake(cursor, found)
            newest = [Newest(row["ingest_window"], row["event_timestamp"], row["received_at"]) for row in new]
            windows = {each.window for each in newest} | set(replace)
            books.close_windows(cursor, [(each, 0) for each in sorted(windows)], newest, replaced=bool(replace))
        self._connection.commit()
        return len(known)

    @staticmethod
    def _binary(cursor: Any, table: str, rows: Iterable[dict[str, Any]]) -> io.BytesIO:
        """Rows as binary COPY takes them: PostgreSQL makes it itself, of CSV."""
        columns, text, packed = load.COLUMNS[table], io.StringIO(), io.BytesIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in rows:
            cells = (row.get(name) for name in columns)
            writer.writerow([json.dumps(cell) if isinstance(cell, dict) else cell for cell in cells])
        cursor.execute(f"CREATE TEMP TABLE packed AS SELECT {', '.join(columns)} FROM {table} LIMIT 0")
        cursor.copy_expert("COPY packed FROM STDIN (FORMAT csv)", io.StringIO(text.getvalue()))
        cursor.copy_expert("COPY packed TO STDOUT (FORMAT binary)", packed)
        cursor.execute("DROP TABLE packed")
        packed.seek(0)
        return packed

    def one(self, query: str) -> Any:
        """The one row of a query, or its one value."""
        (row,) = self.warehouse.rows(query)
        return row[0] if len(row) == 1 else row

    def contents(self) -> dict[str, list[Any]]:
        """What the derived tables hold, without what depends on when and from where it was loaded."""
        return (
            {
                table: self.warehouse.rows(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3, 4")
                for table, columns in DERIVED.items()
            }
            | {
                table: self.warehouse.rows(
                    f"SELECT to_jsonb(t){told(metadata.tables[table].columns.keys())} FROM {table} t ORDER BY 1"
                )
                for table in FACTS
            }
            | {table: self.warehouse.rows(f"SELECT * FROM {table} t ORDER BY t") for table in FACETS}
        )

    def clear(self) -> None:
        """Empty all tables that loads fill."""
        tables = (*DERIVED, *FACTS, *FACETS, "product_facet_days_known", "etl.objects", "etl.windows", "etl.rejects")
        self.warehouse.rows(f"TRUNCATE {', '.join(tables)}")


def _items(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for event in events:
        for number, item in enumerate(event.get("items", ()), 1):
            yield {**event, "line_number": number, **item}


def _orders(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for event in events:
        if event["event_name"] in ("checkout_complete", "refund") and event.get("order_id"):
            yield {**event, **event.get("order", {})}


@contextmanager
def opened(warehouse: Any) -> Iterator[Loader]:
    """A warehouse to load into."""
    with warehouse.connection("clickstream_etl") as connection:
        connection.autocommit = False
        yield Loader(warehouse, connection)


@pytest.fixture
def loader(warehouse: Any) -> Iterator[Loader]:
    """A freshly migrated warehouse to load into."""
    with opened(warehouse) as loader:
        yield loader


@pytest.fixture(scope="module")
def module_loader(warehouse_server: Any) -> Callable[[], AbstractContextManager[Loader]]:
    """Opens a warehouse that the tests of a module share."""

    @contextmanager
    def make() -> Iterator[Loader]:
        with warehouse_server.database() as warehouse, opened(warehouse) as loader:
            yield loader

    return make
