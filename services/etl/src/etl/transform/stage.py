"""A batch of objects, transformed: the rows of every table, and what became of every line.

The expressions are the same for every batch: they are compiled once a process, which is two thirds of what a small
batch takes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from duckdb import DuckDBPyConnection
from ibis import _

from etl.extract.objects import Lines, read_whole
from etl.extract.raw import PLACE, Lined, make_raw, parse_some
from etl.transform.agents import agent_rows
from etl.transform.channels import SOURCES
from etl.transform.odd_lines import keep_unknown_members, refuse_suspects
from etl.transform.staged import (
    PLACE_KEY,
    checked_lines,
    rejects,
    staged_items,
    staged_orders,
    staged_places,
    with_agents,
)
from lake import LakeObject
from warehouse.books import Counts, Newest, ObjectBooks
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
_OBJECTS = pa.schema([("object_id", pa.int64()), ("object_key", pa.string())])
_KNOWN = pa.schema([("object_id", pa.int64()), ("line_number", pa.int32())])


_PARTS = ("rejected", "withheld", "kept", "loaded")


class Staged:
    """A transformed batch inside its DuckDB."""

    def __init__(self, connection: DuckDBPyConnection, books: dict[int, ObjectBooks]) -> None:
        self._connection = connection
        self.books = books

    def rows(self, table: str) -> pa.RecordBatchReader:
        """Rows for a table of ``warehouse.load.COLUMNS``, as its binary COPY takes them."""
        rows: pa.RecordBatchReader = self._connection.sql(_rows_query(table)).to_arrow_reader(_ROWS_AT_ONCE)
        return rows

    def months(self) -> list[datetime]:
        """The months that the events are of."""
        found = self._connection.execute(
            "SELECT DISTINCT date_trunc('month', event_timestamp)::TIMESTAMP FROM new_lines"
        )
        return [month.replace(tzinfo=UTC) for (month,) in found.fetchall()]

    def newest(self) -> list[Newest]:
        """Of each window the newest of the events that the warehouse does not have."""
        found = self._connection.execute(
            "SELECT epoch_us(ingest_window), max(epoch_us(event_timestamp)), max(epoch_us(received_at))"
            " FROM new_lines GROUP BY ingest_window"
        )
        return [Newest(*(_EPOCH + timedelta(microseconds=part) for part in row)) for row in found.fetchall()]

    def leave_out(self, known: Sequence[tuple[int, int]]) -> None:
        """Take events out that the warehouse has, by object id and line number. The books count them as duplicates."""
        self._connection.register("known", _table_of_known(known))
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


def staged(
    objects: Sequence[LakeObject],
    bodies: Sequence[bytes],
    object_ids: Sequence[int],
    *,
    threads: int,
    memory_limit_mib: int,
    agents: LookUp = agent_rows,
) -> AbstractContextManager[Staged]:
    """Read and transform a batch of objects; the result lives inside the context.

    Args:
        objects: the batch, in the order of the lake.
        bodies: of each object, as stored.
        object_ids: the ledger's id of each object.
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
        agents: rows of user agents (``transform.agents.agent_rows``, or the same from memory).
    """
    ids = dict(zip((item.key for item in objects), object_ids, strict=True))
    return staged_lines(
        read_whole(objects, bodies), ids, threads=threads, memory_limit_mib=memory_limit_mib, agents=agents
    )


@contextmanager
def staged_lines(
    read: Iterable[tuple[LakeObject, Lines]],
    ids: Mapping[str, int],
    *,
    threads: int,
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
        lines: list[Lined] = []
        for item, found in read:
            object_id = ids[item.key]
            objects.append(item)
            collected[object_id] = len(found)
            lines.append((object_id, item.window, found))
        make_raw(connection, lines)
        del lines
        _transform(connection, objects, ids, agents)
        yield Staged(connection, _books(connection, objects, ids, collected))


def _transform(
    connection: DuckDBPyConnection, objects: Sequence[LakeObject], ids: Mapping[str, int], agents: LookUp
) -> None:
    listed = [{"object_id": ids[item.key], "object_key": item.key} for item in objects]
    connection.register("objects", pa.Table.from_pylist(listed, schema=_OBJECTS))
    _make(connection, "TABLE", "lines", lambda table: checked_lines(table("raw"), table("objects")))
    keep_unknown_members(connection)
    refuse_suspects(connection)
    parse_some(connection, "bad", f"SELECT {PLACE} FROM lines WHERE NOT sound")  # noqa: S608 -- names of columns
    user_agents = connection.execute("SELECT DISTINCT user_agent FROM lines WHERE user_agent IS NOT NULL").fetchall()
    rows = agents([user_agent for (user_agent,) in user_agents])
    connection.register("sources", SOURCES)
    connection.register("agents", pa.Table.from_pylist(rows, schema=_AGENTS))
    for name, expression in _TABLES.items():
        _make(connection, "TABLE", name, expression)
    connection.register("known", _table_of_known(()))
    for name, expression in _VIEWS.items():
        _make(connection, "VIEW", name, expression)
    connection.unregister("fetched")  # the texts, of which nothing is wanted any more


def _table_of_known(known: Sequence[tuple[int, int]]) -> pa.Table:
    return pa.Table.from_pydict(
        {"object_id": [object_id for object_id, _ in known], "line_number": [number for _, number in known]},
        schema=_KNOWN,
    )


_Table = Callable[[str], ir.Table]


def _kept(table: _Table) -> ir.Table:
    lines = table("lines")
    return lines.filter(lines.sound & lines.consented)


def _repeats(table: _Table) -> ir.Table:
    """The first receipt of an event id is the event; the others of this batch are duplicates."""
    kept = _kept(table).select("event_id", "received_at", *_LINE)
    several = kept.group_by("event_id").having(_.count() > 1).agg()
    receipts = kept.semi_join(several, "event_id")
    first = ibis.row_number().over(
        ibis.window(group_by=receipts.event_id, order_by=[receipts.received_at, *(receipts[name] for name in _LINE)])
    )
    return receipts.mutate(place=first).filter(_.place > 0)


def _unique(table: _Table) -> ir.Table:
    return _kept(table).anti_join(table("repeats"), _LINE)


def _line_counts(table: _Table) -> ir.Table:
    """Lines by object and part. Each part is counted where it lies, none by subtraction: a line lost on the way would
    unbalance the books.
    """
    lines = table("lines")
    withheld = lines.filter(lines.sound & ~lines.consented)
    parts = (lines.filter(~lines.sound), withheld, _kept(table), _unique(table))
    counted = [
        lines.group_by("object_id").agg(lines=_.count()).mutate(part=ibis.literal(name))
        for name, lines in zip(_PARTS, parts, strict=True)
    ]
    return ibis.union(*counted)


_LINE = ("object_id", "line_number")
_TABLES: dict[str, Callable[[_Table], ir.Table]] = {
    "rejects": lambda table: rejects(table("bad"), table("bad_lines")),
    "places": lambda table: staged_places(_kept(table), table("sources")),
    "repeats": _repeats,
    "line_counts": _line_counts,
}
# What is made anew each time that it is asked for: less than keeping it. `known` are the events that the warehouse has.
_VIEWS: dict[str, Callable[[_Table], ir.Table]] = {
    "new_lines": lambda table: _unique(table).anti_join(table("known"), _LINE),
    "judged": lambda table: with_agents(table("new_lines"), table("agents")),
    "new_events": lambda table: table("judged").join(table("places"), PLACE_KEY),
    "event_items": lambda table: staged_items(table("judged")),
    "order_events": lambda table: staged_orders(table("judged")),
}
# Ids in order, as they are looked up in an index; events in the order in which they were received.
_SOURCES = {"clickstream_events": "new_events", "staged_ids": "new_lines ORDER BY event_id"}
_ROWS_AT_ONCE = 8192
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_sql: dict[str, str] = {}


def _rows_query(table: str) -> str:
    columns = ", ".join(_BINARY.get(name, name) for name in COLUMNS[table])
    return f"SELECT {columns} FROM {_SOURCES.get(table, table)}"  # noqa: S608 -- names above


# The binary forms of uuid and jsonb.
_BINARY = {
    "event_id": "event_id::BLOB AS event_id",
    "properties": "chr(1) || properties AS properties",
}


def _make(connection: DuckDBPyConnection, kind: str, name: str, expression: Callable[[_Table], ir.Table]) -> None:
    """Make a table or view of an expression, once. What it reads has the same columns in every batch."""
    if name not in _sql:
        backend = ibis.duckdb.from_connection(connection)
        _sql[name] = str(backend.compile(expression(backend.table)))
    connection.execute(f"CREATE TEMP {kind} IF NOT EXISTS {name} AS {_sql[name]}")


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
