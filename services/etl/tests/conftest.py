"""A lake, a warehouse and the ETL between them; and the transform alone."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from random_shop import FACETS
from whole_tables import told

from etl.app import make_logger
from etl.extract.objects import read_whole
from etl.runner import Deadline, Runner, RunResult
from etl.settings import Settings
from etl.transform.rejected import rejects
from etl.transform.stage import staged
from lake import Lake, LakeUnavailableError, events_key, open_lake, parse_key
from warehouse.books import Counts
from warehouse.derive import product_facets
from warehouse.tables import metadata

WINDOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
_DERIVED = (
    *("sessions", "clients", "orders", "products", "events_hourly", "products_daily"),
    *FACETS,
)
_FACTS = (
    *("session_facts", "session_hours", "session_pages", "session_products", "session_orders", "session_searches"),
    *("audience_days", "order_days"),
)
_SUMS_BY_PRODUCT = (
    *("product_facet_days", "product_facet_hours", "product_facet_pages", "product_facet_campaigns"),
    "category_funnel_days",
)
_numbers = count(1)


def event(minutes: float = 0, **fields: Any) -> dict[str, Any]:
    """An event as the collector stores it, so many minutes into WINDOW; ``_ingest`` adds to what the collector adds."""
    moment = (WINDOW + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ingest = {"receivedAt": moment, **fields.pop("_ingest", {})}
    return {
        "eventName": "page_view",
        "eventId": str(UUID(int=next(_numbers))),
        "eventTimestamp": moment,
        **fields,
        "_ingest": ingest,
    }


def as_bytes(line: Any) -> bytes:
    """A line of the lake: bytes as they are, text as UTF-8, anything else as JSON."""
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()


@dataclass
class Transformed:
    """What the transform made of lines, events by their ids; empty cells are None."""

    events: list[dict[str, Any]]
    items: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    rejects: list[dict[str, Any]]
    counts: Counts

    @property
    def event(self) -> dict[str, Any]:
        """The one event."""
        assert self.rejects == []
        (found,) = self.events
        return found


class RefusingLake:
    """A lake that does not give some of its objects."""

    def __init__(self, lake: Lake, keys: set[str]) -> None:
        self.keys = keys
        self.each_object = lake.each_object
        self.put_new_blocking = lake.put_new_blocking
        self._get = lake.get

    def get(self, key: str) -> bytes:
        if key in self.keys:
            raise LakeUnavailableError(f"the lake did not give {key}: it is tired")
        return self._get(key)


class Lab:
    """A lake and a freshly migrated warehouse."""

    event = staticmethod(event)
    window = WINDOW

    def __init__(self, warehouse: Any, lake_url: str) -> None:
        self.warehouse = warehouse
        self.lake = open_lake(lake_url)
        self.now = WINDOW + timedelta(hours=1, minutes=10)
        self.settings = Settings(
            lake_url=lake_url, warehouse_url=warehouse.role_url("clickstream_etl"), log_level="CRITICAL", threads=1,
            retry_seconds=0,
        )  # fmt: skip

    def put(self, *lines: Any, hours: int = 0, promised: int | None = None, body: bytes | None = None) -> str:
        """An object of the lines in the window ``hours`` after WINDOW; returns its key."""
        if body is None:
            body = gzip.compress(b"".join(as_bytes(line) + b"\n" for line in lines))
        number = len(lines) if promised is None else promised
        key = events_key(WINDOW + timedelta(hours=hours), UUID(int=next(_numbers)), number)
        self.lake.put_new_blocking(key, body)
        return key

    def runner(self, lake: Any = None, clock: Callable[[], datetime] | None = None, **settings: Any) -> Runner:
        """The ETL; ``settings`` replace the lab's."""
        changed = self.settings.model_copy(update=settings)
        return Runner(changed, lake or self.lake, make_logger(changed), clock or (lambda: self.now))

    def refusing(self, *keys: str) -> "RefusingLake":
        """The lab's lake, but that it does not give some of its objects."""
        return RefusingLake(self.lake, set(keys))

    def tick(self, **settings: Any) -> RunResult:
        """One tick that has nothing queued before it."""
        (result,) = self.runner(**settings).tick()
        return result

    def replace(self, first: int = 0, last: int = 0, **settings: Any) -> RunResult:
        """Replace the windows ``first`` to ``last``, in hours after WINDOW, both inclusive."""
        return self.runner(**settings).range(
            WINDOW + timedelta(hours=first), WINDOW + timedelta(hours=last + 1), replace=True
        )

    def deadline(self, seconds: float) -> Deadline:
        """A deadline that many seconds from the lab's now."""
        return Deadline(self.now + timedelta(seconds=seconds))

    def windows(self) -> dict[int, str]:
        """State of every window, by hours after WINDOW."""
        found = self.warehouse.rows("SELECT ingest_window, state FROM etl.windows ORDER BY 1")
        return {int((window - WINDOW) / timedelta(hours=1)): state for window, state in found}

    def books(self) -> Counts:
        """The books over all windows; fails where they contradict the tables or each other."""
        rows = self.warehouse.rows
        columns = "collected, loaded, duplicates, rejected, withheld"
        sums = ", ".join(f"coalesce(sum({name}), 0)::int" for name in columns.split(", "))
        (total,) = rows(f"SELECT {sums} FROM etl.objects")
        assert rows(f"SELECT {sums} FROM etl.windows") == [total]
        assert total[0] == sum(total[1:])
        counted = rows("SELECT object_id, count(*) FROM clickstream_events GROUP BY 1 ORDER BY 1")
        assert counted == rows("SELECT object_id, loaded FROM etl.objects WHERE loaded > 0 ORDER BY 1")
        set_aside = rows("SELECT object_id, count(*) FROM etl.rejects GROUP BY 1 ORDER BY 1")
        assert set_aside == rows("SELECT object_id, rejected FROM etl.objects WHERE rejected > 0 ORDER BY 1")
        self._sums_by_product_hold()
        return Counts(*total)

    def _sums_by_product_hold(self) -> None:
        """Sums of days by category and brand are what they would be if they were made now."""
        with self.warehouse.connection("clickstream_etl") as connection, connection.cursor() as cursor:
            connection.autocommit = False

            def held() -> list[Any]:
                found = []
                for table in _SUMS_BY_PRODUCT:
                    cursor.execute(f"SELECT t.* FROM {table} t JOIN product_facet_days_known USING (day) ORDER BY t")
                    found += cursor.fetchall()
                return found

            before = held()
            cursor.execute("SELECT day FROM product_facet_days_known")
            for (day,) in cursor.fetchall():
                product_facets.make(cursor, day)
            assert held() == before
            connection.rollback()

    def one(self, query: str) -> Any:
        """The one row of a query, or its one value."""
        (row,) = self.warehouse.rows(query)
        return row[0] if len(row) == 1 else row

    def contents(self) -> dict[str, list[Any]]:
        """Everything that was loaded and derived, without what differs from load to load."""
        tables = {
            "clickstream_events": "to_jsonb(t) - 'object_id'",
            "event_items": "to_jsonb(t)",
            "order_events": "to_jsonb(t)",
            "etl.rejects": "to_jsonb(t) - '{reject_id, object_id, created_at}'::text[]",
            "etl.objects": "to_jsonb(t) - '{object_id, run_id, loaded_at}'::text[]",
            "etl.windows": "to_jsonb(t) - 'updated_at'",
            "etl.product_attributes": "to_jsonb(t)",
            **dict.fromkeys(_DERIVED, "to_jsonb(t)"),
        }
        return {
            name: [row for (row,) in self.warehouse.rows(f"SELECT {row} AS r FROM {name} t ORDER BY r")]
            for name, row in tables.items()
        } | {
            name: [
                row
                for (row,) in self.warehouse.rows(
                    f"SELECT to_jsonb(t){told(metadata.tables[name].columns.keys())} AS r FROM {name} t ORDER BY r"
                )
            ]
            for name in _FACTS
        }

    def clear(self) -> None:
        """Empty the warehouse."""
        kept = "etl.product_attributes, etl.objects, etl.windows, etl.rejects, etl.runs, product_facet_days_known"
        self.warehouse.rows(
            f"TRUNCATE clickstream_events, event_items, order_events, {', '.join((*_DERIVED, *_FACTS))}, {kept}"
        )


@pytest.fixture
def lab(warehouse: Any, tmp_path: Any) -> Lab:
    """An empty lake and an empty warehouse."""
    return Lab(warehouse, f"file://{tmp_path}/lake")


@pytest.fixture(scope="session")
def transform() -> Callable[..., Transformed]:
    """The transform of lines that lie in one object of WINDOW (or in ``objects``, a list of lists of lines)."""

    def run(*lines: Any, objects: Sequence[Sequence[Any]] | None = None) -> Transformed:
        found, bodies = [], {}
        for number, content in enumerate(objects or [lines], 1):
            body = gzip.compress(b"".join(as_bytes(line) + b"\n" for line in content))
            item = parse_key(events_key(WINDOW, UUID(int=number), len(content)), len(body))
            assert item is not None
            found.append(item)
            bodies[item.key] = body
        ids = {item.key: number for number, item in enumerate(found, 1)}
        counts = Counts()
        read = read_whole(found, [bodies[item.key] for item in found])
        batch = staged(read, ids, threads=1, memory_limit_mib=256)
        for entry in batch.books.values():
            counts.add(entry.counts)
        return Transformed(
            sorted(_rows(batch, "clickstream_events"), key=lambda row: str(row["event_id"])),
            _rows(batch, "event_items"),
            _rows(batch, "order_events"),
            _as_texts(rejects(batch.bad_lines, threads=1, memory_limit_mib=256)),
            counts,
        )

    return run


def _rows(batch: Any, table: str) -> list[dict[str, Any]]:
    """The rows as PostgreSQL takes them, their values as text."""
    return _as_texts(batch.rows(table))


def _as_texts(rows: Any) -> list[dict[str, Any]]:
    return [{name: _text(name, value) for name, value in row.items()} for row in rows.to_pylist()]


def _text(name: str, value: Any) -> str | None:
    if isinstance(value, bytes):
        return str(UUID(bytes=value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".") + "+00"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or name != "properties":
        return None if value is None else str(value)
    assert value[0] == "\x01"  # jsonb's version
    return value[1:]


@pytest.fixture(scope="session")
def make_event() -> Callable[..., dict[str, Any]]:
    """``event`` of this module."""
    return event
