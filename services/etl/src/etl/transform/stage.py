"""A batch of objects, transformed: the rows of every table, and what became of every line.

The expressions are the same for every batch: they are compiled once a process, which is two thirds of what a small
batch takes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from duckdb import DuckDBPyConnection
from ibis import _

from etl.extract.objects import Lines, read_whole_objects
from etl.extract.raw import make_raw
from etl.transform.agents import agent_rows
from etl.transform.checks import sound, with_reasons
from etl.transform.staged import rejects, sent_places, staged_events, staged_items, staged_orders, staged_places
from lake import LakeObject
from warehouse.books import Counts, Newest, ObjectBooks
from warehouse.derive.touched import HIT_COLUMNS, ITEM_COLUMNS
from warehouse.duck import duck
from warehouse.load import COLUMNS

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

    def __init__(self, connection: DuckDBPyConnection, books: dict[int, ObjectBooks]) -> None:
        self._connection = connection
        self.books = books

    def rows(self, table: str) -> pa.RecordBatchReader:
        """Rows for a table of ``warehouse.load.COLUMNS``, as its binary COPY takes them; events in order of ids.

        ``hits`` and ``hit_items`` are what ``warehouse.derive`` takes. Items come after the known events are left out.
        """
        if table in _OF_ITEMS:
            items = _compiled(self._connection, "event_items", _event_items)
            self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS event_items AS {items}")
        rows: pa.RecordBatchReader = self._connection.sql(_rows_query(table)).to_arrow_reader(_ROWS_AT_ONCE)
        return rows

    def months(self) -> list[datetime]:
        """The months that the events are of."""
        found = self._connection.execute(
            "SELECT DISTINCT date_trunc('month', event_timestamp)::TIMESTAMP FROM new_events"
        )
        return [month.replace(tzinfo=UTC) for (month,) in found.fetchall()]

    def newest(self) -> list[Newest]:
        """Of each window the newest of the events that the warehouse does not have."""
        found = self._connection.execute(
            "SELECT epoch_us(ingest_window), max(epoch_us(event_timestamp)), max(epoch_us(received_at))"
            " FROM new_events GROUP BY ingest_window"
        )
        return [Newest(*(_EPOCH + timedelta(microseconds=part) for part in row)) for row in found.fetchall()]

    def leave_out(self, known: Sequence[tuple[int, int]]) -> None:
        """Take events out that the warehouse has, by object id and line number. The books count them as duplicates."""
        self._connection.executemany("INSERT INTO known VALUES (?, ?)", known) if known else None
        for object_id, _line_number in known:
            counts = self.books[object_id].counts
            counts.loaded -= 1
            counts.duplicates += 1

    def rejected(self) -> list[tuple[int, int, str, str]]:
        """Object id, line number, reason and detail of every line that cannot be loaded."""
        found: list[tuple[int, int, str, str]] = self._connection.execute(
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
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
        agents: rows of user agents (``transform.agents.agent_rows``, or the same from memory).

    Raises:
        lake.LakeUnavailableError: the lake did not give an object.
    """
    ids = dict(zip((item.key for item in objects), object_ids, strict=True))
    with staged_lines(
        read_whole_objects(get, objects), ids, threads=threads, memory_limit_mib=memory_limit_mib, agents=agents
    ) as batch:  # fmt: skip
        yield batch


@contextmanager
def staged_lines(
    read: Iterable[tuple[LakeObject, Lines]],
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
    with duck(threads, memory_limit_mib) as connection:
        objects: list[LakeObject] = []
        collected: dict[int, int] = {}
        lines: list[tuple[int, Lines]] = []
        for item, found in read:
            object_id = ids[item.key]
            objects.append(item)
            collected[object_id] = len(found)
            lines.append((object_id, found))
        make_raw(connection, lines)
        del lines
        _transform(connection, objects, ids, agents)
        yield Staged(connection, _books(connection, objects, ids, collected))


def _transform(
    connection: DuckDBPyConnection, objects: Sequence[LakeObject], ids: Mapping[str, int], agents: LookUp
) -> None:
    listed = [{"object_id": ids[item.key], "object_key": item.key, "window_start": item.window} for item in objects]
    connection.register("objects", pa.Table.from_pylist(listed, schema=_OBJECTS))
    user_agents = connection.execute(_compiled(connection, "user_agents", _user_agents)).fetchall()
    rows = agents([user_agent for (user_agent,) in user_agents])
    connection.register("agents", pa.Table.from_pylist(rows, schema=_AGENTS))
    for name, expression in _TABLES.items():
        connection.execute(f'CREATE TEMP TABLE "{name}" AS {_compiled(connection, name, expression)}')
    connection.execute("CREATE TEMP TABLE known (object_id BIGINT, line_number INTEGER)")
    for name, expression in _VIEWS.items():
        connection.execute(f'CREATE TEMP VIEW "{name}" AS {_compiled(connection, name, expression)}')


_Table = Callable[[str], ir.Table]


def _user_agents(table: _Table) -> ir.Table:
    raw = table("raw")
    agent: ir.StringValue = raw.event["_ingest"]["userAgent"]
    return raw.select(agent=agent).filter(_.agent.notnull()).distinct()


def _event_items(table: _Table) -> ir.Table:
    return staged_items(table("new_events"))


def _sound(table: _Table) -> ir.Table:
    return table("raw").anti_join(table("unsound"), _LINE)


def _repeats(table: _Table) -> ir.Table:
    """The first receipt of an event id is the event; the others of this batch are duplicates."""
    kept = table("events").filter(_.consented).select("event_id", "received_at", *_LINE)
    several = kept.group_by("event_id").having(_.count() > 1).agg()
    receipts = kept.semi_join(several, "event_id")
    first = ibis.row_number().over(
        ibis.window(group_by=receipts.event_id, order_by=[receipts.received_at, *(receipts[name] for name in _LINE)])
    )
    return receipts.mutate(place=first).filter(_.place > 0)


def _unique(table: _Table) -> ir.Table:
    return table("events").filter(_.consented).anti_join(table("repeats"), _LINE)


def _line_counts(table: _Table) -> ir.Table:
    """Lines by object and part. Each part is counted where it lies, none by subtraction: a line lost on the way would
    unbalance the books.
    """
    events = table("events")
    parts = (table("unsound"), events.filter(~events.consented), events.filter(events.consented), _unique(table))
    counted = [
        lines.group_by("object_id").agg(lines=_.count()).mutate(part=ibis.literal(name))
        for name, lines in zip(_PARTS, parts, strict=True)
    ]
    return ibis.union(*counted)


_LINE = ("object_id", "line_number")
_TABLES: dict[str, Callable[[_Table], ir.Table]] = {
    "unsound": lambda table: table("raw").filter(~sound(table("raw"))),
    "rejects": lambda table: rejects(with_reasons(table("unsound")), table("objects"), table("fetched")),
    "sent": lambda table: sent_places(_sound(table)),
    "places": lambda table: staged_places(table("sent")),
    "events": lambda table: staged_events(_sound(table), table("objects"), table("agents"), table("places")),
    "repeats": _repeats,
    "line_counts": _line_counts,
}
# What is made anew each time that it is asked for: less than keeping it. `known` are the events that the warehouse has.
_VIEWS: dict[str, Callable[[_Table], ir.Table]] = {
    "new_events": lambda table: _unique(table).anti_join(table("known"), _LINE),
    "order_events": lambda table: staged_orders(table("new_events")),
}
_SOURCES = {
    "clickstream_events": "new_events",
    "staged_ids": "new_events",
    "hits": "new_events",
    "hit_items": "event_items",
}
_OF_ITEMS = ("event_items", "hit_items")
# For DuckDB, not for COPY.
_FOR_DERIVING = {"hits": HIT_COLUMNS, "hit_items": ITEM_COLUMNS}
_ROWS_AT_ONCE = 8192
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_sql: dict[str, str] = {}


def _rows_query(table: str) -> str:
    source = _SOURCES.get(table, table)
    if table in _FOR_DERIVING:
        return f"SELECT {', '.join(_FOR_DERIVING[table])} FROM {source}"  # noqa: S608 -- names above
    columns = ", ".join(_BINARY.get(name, name) for name in COLUMNS[table])
    order = " ORDER BY event_id" if source == "new_events" else ""
    return f"SELECT {columns} FROM {source}{order}"  # noqa: S608 -- names above


# The binary forms of uuid and jsonb.
_BINARY = {
    "event_id": "unhex(replace(event_id::VARCHAR, '-', '')) AS event_id",
    "properties": "chr(1) || properties AS properties",
}


def _compiled(connection: DuckDBPyConnection, name: str, expression: Callable[[_Table], ir.Table]) -> str:
    """SQL of an expression. The tables that it reads have the same columns in every batch."""
    if name not in _sql:
        backend = ibis.duckdb.from_connection(connection)
        _sql[name] = str(backend.compile(expression(backend.table)))
    return _sql[name]


def _books(
    connection: DuckDBPyConnection, objects: Sequence[LakeObject], ids: Mapping[str, int], collected: dict[int, int]
) -> dict[int, ObjectBooks]:
    counted = {
        (object_id, part): lines
        for object_id, part, lines in connection.execute("SELECT object_id, part, lines FROM line_counts").fetchall()
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
