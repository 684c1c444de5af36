"""A batch of objects, transformed: the rows of every table, and what became of every line.

The expressions are the same for every batch: they are compiled once a process, which is two thirds of what a small
batch takes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

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

LookUp = Callable[[Iterable[str]], list[dict[str, Any]]]

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


_PARTS = ("rejected", "withheld", "kept", "loaded")


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
        target = str(path).replace("'", "''")
        columns = {
            "clickstream_events": EVENT_COLUMNS,
            "event_items": ITEM_COLUMNS,
            "order_events": ORDER_COLUMNS,
            "rejects": REJECT_COLUMNS,
        }[table]
        self._backend.con.execute(
            f"COPY (SELECT {', '.join(columns)} FROM {table}) TO '{target}' (FORMAT csv, HEADER false)"  # noqa: S608 -- names above
        )
        with path.open("rb") as rows:
            yield rows
        path.unlink()

    def rejected(self) -> list[tuple[int, int, str, str]]:
        """Object id, line number, reason and detail of every line that cannot be loaded."""
        found: list[tuple[int, int, str, str]] = self._backend.con.execute(
            "SELECT object_id, line_number, reason, detail FROM rejects"
        ).fetchall()
        return found


@contextmanager
def staged(
    get: Callable[[str], bytes],
    objects: Sequence[LakeObject],
    object_ids: Sequence[int],
    *,
    threads: int | None,
    memory_limit_mib: int,
    agents: LookUp = agent_rows,
) -> Iterator[Staged]:
    """Read and transform a batch of objects; the result lives inside the context.

    Args:
        get: the body of a key.
        objects: the batch, in the order of the lake.
        object_ids: the ledger's id of each object.
        threads: of DuckDB.
        memory_limit_mib: of DuckDB, before it spills to a temporary folder.
        agents: rows of user agents (``transform.agents.agent_rows``, or the same from memory).

    Raises:
        lake.LakeUnavailableError: the lake did not give an object.
    """
    ids = dict(zip((item.key for item in objects), object_ids, strict=True))
    with staged_lines(
        read_objects(get, objects), ids, threads=threads, memory_limit_mib=memory_limit_mib, agents=agents
    ) as batch:  # fmt: skip
        yield batch


@contextmanager
def staged_lines(
    read: Iterable[tuple[LakeObject, Sequence[Line]]],
    ids: Mapping[str, int],
    *,
    threads: int | None,
    memory_limit_mib: int,
    agents: LookUp = agent_rows,
) -> Iterator[Staged]:
    """``staged`` for lines that are in memory: of whole objects, or some lines of objects (a replay's).

    Args:
        read: objects with their lines; the books count the lines that are given.
        ids: the ledger's id of each object, by its key.
        threads: as for ``staged``.
        memory_limit_mib: as for ``staged``.
        agents: as for ``staged``.
    """
    with TemporaryDirectory(prefix="clickstream-etl-") as folder:
        settings = {"memory_limit": f"{memory_limit_mib}MiB", "temp_directory": f"{folder}/spill"}
        if threads:
            settings["threads"] = str(threads)
        backend = ibis.duckdb.connect(**settings)
        try:
            backend.raw_sql("SET TimeZone = 'UTC'")
            objects: list[LakeObject] = []
            collected: dict[int, int] = {}
            lines: list[tuple[int, Line]] = []
            for item, found in read:
                object_id = ids[item.key]
                objects.append(item)
                collected[object_id] = len(found)
                lines.extend((object_id, line) for line in found)
            make_raw(backend.con, lines)
            del lines
            _transform(backend, objects, ids, agents)
            yield Staged(backend, Path(folder), _books(backend, objects, ids, collected))
        finally:
            backend.disconnect()


def _transform(backend: Backend, objects: Sequence[LakeObject], ids: Mapping[str, int], agents: LookUp) -> None:
    places = [{"object_id": ids[item.key], "object_key": item.key, "window_start": item.window} for item in objects]
    backend.con.register("places", pa.Table.from_pylist(places, schema=_OBJECTS))
    user_agents = backend.con.execute(_compiled(backend, "user_agents", _user_agents)).fetchall()
    rows = agents([user_agent for (user_agent,) in user_agents])
    backend.con.register("agents", pa.Table.from_pylist(rows, schema=_AGENTS))
    for name, expression in _TABLES.items():
        backend.con.execute(f'CREATE TEMP TABLE "{name}" AS {_compiled(backend, name, expression)}')


_Table = Callable[[str], ir.Table]


def _user_agents(table: _Table) -> ir.Table:
    raw = table("raw")
    agent: ir.StringValue = raw.event["_ingest"]["userAgent"]
    return raw.select(agent=agent).filter(ibis._.agent.notnull()).distinct()


def _unique(table: _Table) -> ir.Table:
    """The first receipt of an event id is the event; the others of this batch are duplicates."""
    kept = table("events").filter(ibis._.consented)
    first = ibis.row_number().over(
        ibis.window(group_by=kept.event_id, order_by=[kept.received_at, kept.object_id, kept.line_number])
    )
    return kept.mutate(place=first).filter(ibis._.place == 0)


def _line_counts(table: _Table) -> ir.Table:
    """Lines by object and part. Each part is counted where it lies, none by subtraction: a line lost on the way would
    unbalance the books.
    """
    events = table("events")
    parts = (table("rejects"), events.filter(~events.consented), events.filter(events.consented), table(_EVENTS))
    counted = [
        lines.group_by("object_id").agg(lines=ibis._.count()).mutate(part=ibis.literal(name))
        for name, lines in zip(_PARTS, parts, strict=True)
    ]
    return ibis.union(*counted)


_EVENTS = "clickstream_events"
_TABLES: dict[str, Callable[[_Table], ir.Table]] = {
    "checked": lambda table: with_reasons(table("raw")),
    "rejects": lambda table: rejects(table("checked"), table("places")),
    "events": lambda table: staged_events(table("checked"), table("places"), table("agents")),
    _EVENTS: _unique,
    "event_items": lambda table: staged_items(table(_EVENTS)),
    "order_events": lambda table: staged_orders(table(_EVENTS)),
    "line_counts": _line_counts,
}
_sql: dict[str, str] = {}


def _compiled(backend: Backend, name: str, expression: Callable[[_Table], ir.Table]) -> str:
    """SQL of an expression. The tables that it reads have the same columns in every batch."""
    if name not in _sql:
        _sql[name] = str(backend.compile(expression(backend.table)))
    return _sql[name]


def _books(
    backend: Backend, objects: Sequence[LakeObject], ids: Mapping[str, int], collected: dict[int, int]
) -> dict[int, ObjectBooks]:
    counted = {
        (object_id, part): lines
        for object_id, part, lines in backend.con.execute("SELECT object_id, part, lines FROM line_counts").fetchall()
    }
    books = {}
    for item in objects:
        object_id = ids[item.key]
        rejected, withheld, kept, loaded = (counted.get((object_id, part), 0) for part in _PARTS)
        counts = Counts(
            collected=collected[object_id],
            loaded=loaded,
            rejected=rejected,
            duplicates=kept - loaded,
            withheld=withheld,
        )
        books[object_id] = ObjectBooks(object_id, item.key, item.window, item.size, counts)
    return books
