"""A batch of objects, transformed: the rows of every table, and what became of every line."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from etl.extract.objects import Line, read_objects
from etl.extract.raw import make_raw
from etl.transform.agents import agent_rows
from etl.transform.checks import with_reasons
from etl.transform.staged import rejects, staged_events, staged_items, staged_orders
from lake import LakeObject
from warehouse.books import Counts, ObjectBooks
from warehouse.load import EVENT_COLUMNS, ITEM_COLUMNS, ORDER_COLUMNS, REJECT_COLUMNS

_AGENTS = pa.schema(
    [
        ("user_agent", pa.string()),
        ("device_type", pa.string()),
        ("browser", pa.string()),
        ("os", pa.string()),
        ("is_bot", pa.bool_()),
    ]
)
_OBJECTS = pa.schema(
    [("object_id", pa.int64()), ("object_key", pa.string()), ("window_start", pa.timestamp("us", "UTC"))]
)


class Staged:
    """A transformed batch inside its DuckDB."""

    def __init__(self, backend: Backend, folder: Path, books: dict[int, ObjectBooks]) -> None:
        self._backend = backend
        self._folder = folder
        self.books = books

    @contextmanager
    def csv(self, table: str) -> Iterator[BinaryIO]:
        """Rows for a table of the warehouse as CSV: clickstream_events, event_items, order_events or rejects."""
        path = self._folder / f"{table}.csv"
        columns = {
            "clickstream_events": EVENT_COLUMNS,
            "event_items": ITEM_COLUMNS,
            "order_events": ORDER_COLUMNS,
            "rejects": REJECT_COLUMNS,
        }[table]
        self._backend.to_csv(self._backend.table(table).select(*columns), path, header=False)
        with path.open("rb") as rows:
            yield rows
        path.unlink()


@contextmanager
def staged(
    get: Callable[[str], bytes],
    objects: Sequence[LakeObject],
    object_ids: Sequence[int],
    *,
    threads: int | None,
    memory_limit_mib: int,
) -> Iterator[Staged]:
    """Read and transform a batch of objects; the result lives inside the context.

    Args:
        get: the body of a key.
        objects: the batch, in the order of the lake.
        object_ids: the ledger's id of each object.
        threads: of DuckDB.
        memory_limit_mib: of DuckDB, before it spills to a temporary folder.

    Raises:
        lake.LakeUnavailableError: the lake did not give an object.
    """
    with TemporaryDirectory(prefix="clickstream-etl-") as folder:
        settings = {"memory_limit": f"{memory_limit_mib}MiB", "temp_directory": f"{folder}/spill"}
        if threads:
            settings["threads"] = str(threads)
        backend = ibis.duckdb.connect(**settings)
        try:
            backend.raw_sql("SET TimeZone = 'UTC'")
            ids = dict(zip((item.key for item in objects), object_ids, strict=True))
            collected: dict[int, int] = {}
            lines: list[tuple[int, Line]] = []
            for item, found in read_objects(get, objects):
                object_id = ids[item.key]
                collected[object_id] = len(found)
                lines.extend((object_id, line) for line in found)
            make_raw(backend.con, lines)
            del lines
            _transform(backend, objects, ids)
            yield Staged(backend, Path(folder), _books(backend, objects, ids, collected))
        finally:
            backend.disconnect()


def _transform(backend: Backend, objects: Sequence[LakeObject], ids: dict[str, int]) -> None:
    places = ibis.memtable(
        pa.Table.from_pylist(
            [{"object_id": ids[item.key], "object_key": item.key, "window_start": item.window} for item in objects],
            schema=_OBJECTS,
        )
    )
    agents = ibis.memtable(pa.Table.from_pylist(agent_rows(_distinct_agents(backend)), schema=_AGENTS))
    checked = backend.create_table("checked", with_reasons(backend.table("raw")), temp=True)
    backend.create_table("rejects", rejects(checked, places), temp=True)
    events = backend.create_table("events", staged_events(checked, places, agents), temp=True)
    kept = events.filter(events.consented)
    # The first receipt of an event id is the event; the others of this batch are duplicates.
    first = ibis.row_number().over(
        ibis.window(group_by=kept.event_id, order_by=[kept.received_at, kept.object_id, kept.line_number])
    )
    unique = backend.create_table("clickstream_events", kept.mutate(place=first).filter(ibis._.place == 0), temp=True)
    backend.create_table("event_items", staged_items(unique), temp=True)
    backend.create_table("order_events", staged_orders(unique), temp=True)


def _distinct_agents(backend: Backend) -> list[str]:
    raw = backend.table("raw")
    agent: ir.StringValue = raw.event["_ingest"]["userAgent"]
    found = raw.select(agent=agent).filter(ibis._.agent.notnull()).distinct()
    return list(backend.to_pyarrow(found)["agent"].to_pylist())


def _books(
    backend: Backend, objects: Sequence[LakeObject], ids: dict[str, int], collected: dict[int, int]
) -> dict[int, ObjectBooks]:
    def per_object(table: ir.Table) -> dict[int, int]:
        counted = backend.to_pyarrow(table.group_by("object_id").agg(lines=ibis._.count()))
        return dict(zip(counted["object_id"].to_pylist(), counted["lines"].to_pylist(), strict=True))

    # Each part is counted where it lies, none by subtraction: a line lost on the way would unbalance the books.
    events = backend.table("events")
    rejected = per_object(backend.table("rejects"))
    withheld = per_object(events.filter(~events.consented))
    kept = per_object(events.filter(events.consented))
    loaded = per_object(backend.table("clickstream_events"))
    books = {}
    for item in objects:
        object_id = ids[item.key]
        counts = Counts(
            collected=collected[object_id],
            loaded=loaded.get(object_id, 0),
            rejected=rejected.get(object_id, 0),
            duplicates=kept.get(object_id, 0) - loaded.get(object_id, 0),
            withheld=withheld.get(object_id, 0),
        )
        books[object_id] = ObjectBooks(object_id, item.key, item.window, item.size, counts)
    return books
