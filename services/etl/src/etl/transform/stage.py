"""A batch of objects, transformed: the rows of every table, and what became of every line.

What is asked of DuckDB is written in Ibis (``transform.expressions``) and compiled beforehand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from etl.extract.objects import Lines, read_whole
from etl.extract.raw import PLACE, Lined, make_raw, parse_some
from etl.transform.agents import agent_rows
from etl.transform.odd_lines import keep_unknown_members, refuse_suspects
from etl.transform.sources import SOURCES
from lake import LakeObject
from warehouse.books import Counts, Newest, ObjectBooks
from warehouse.duck import duck
from warehouse.load import COLUMNS

LookUp = Callable[[Iterable[str]], list[dict[str, Any]]]

# What a batch's DuckDB is given beside its lines.
REGISTERED = {
    "objects": pa.schema([("object_id", pa.int64()), ("object_key", pa.string())]),
    "sources": SOURCES.schema,
    "agents": pa.schema(
        [
            ("user_agent", pa.string()),
            ("device_type", pa.string()),
            ("browser", pa.string()),
            ("os", pa.string()),
            ("is_bot", pa.bool_()),
        ]
    ),
}
PARTS = ("rejected", "withheld", "kept", "loaded")


class Staged:
    """A transformed batch: rows for the tables of ``warehouse.load.COLUMNS``, and the books of its objects."""

    def __init__(self, tables: dict[str, pa.Table], books: dict[int, ObjectBooks]) -> None:
        self._tables = tables
        self.books = books

    def rows(self, table: str, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
        """Rows as PostgreSQL's binary COPY takes them: ids in order, events in the order in which they came.

        Args:
            table: of ``warehouse.load.COLUMNS``.
            columns: of the table; left out: all.
        """
        rows = self._tables[table]
        return (rows if columns is None else rows.select(list(columns))).to_reader(_ROWS_AT_ONCE)

    def months(self) -> list[datetime]:
        """The months that the events are of."""
        months = pc.floor_temporal(self._tables["clickstream_events"]["event_timestamp"], unit="month")
        return [month for month in months.unique().to_pylist() if month is not None]

    def newest(self) -> list[Newest]:
        """Of each window the newest of the events that the warehouse does not have."""
        events = self._tables["clickstream_events"].select(["ingest_window", "event_timestamp", "received_at"])
        found = events.group_by("ingest_window").aggregate([("event_timestamp", "max"), ("received_at", "max")])
        return [
            Newest(row["ingest_window"], row["event_timestamp_max"], row["received_at_max"])
            for row in found.to_pylist()
        ]

    def leave_out(self, known: Sequence[bytes]) -> None:
        """Take events out that the warehouse has, by their ids. The books count them as duplicates."""
        if not known:
            return
        ids = pa.array(known, pa.binary())
        events = self._tables["clickstream_events"]
        for object_id in events.filter(pc.is_in(events["event_id"], ids))["object_id"].to_pylist():
            counts = self.books[object_id].counts
            counts.loaded -= 1
            counts.duplicates += 1
        for name in _OF_EVENTS:
            rows = self._tables[name]
            self._tables[name] = rows.filter(pc.invert(pc.is_in(rows["event_id"], ids)))

    def rejected(self) -> list[tuple[int, int, str, str]]:
        """Object id, line number, reason and detail of every line that cannot be loaded."""
        rows = self._tables["rejects"].select(["object_id", "line_number", "reason", "detail"])
        return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def staged(
    objects: Sequence[LakeObject],
    bodies: Sequence[bytes],
    object_ids: Sequence[int],
    *,
    threads: int,
    memory_limit_mib: int,
    agents: LookUp = agent_rows,
) -> Staged:
    """Read and transform a batch of objects.

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


def staged_lines(
    read: Iterable[tuple[LakeObject, Lines]],
    ids: Mapping[str, int],
    *,
    threads: int,
    memory_limit_mib: int,
    agents: LookUp = agent_rows,
) -> Staged:
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
        books = _books(connection, objects, ids, collected)
        return Staged({name: connection.sql(_rows_query(name)).to_arrow_table() for name in COLUMNS}, books)


def _transform(
    connection: DuckDBPyConnection, objects: Sequence[LakeObject], ids: Mapping[str, int], agents: LookUp
) -> None:
    keys = [item.key for item in objects]
    _register(connection, "objects", object_id=[ids[key] for key in keys], object_key=keys)
    _make(connection, "TABLE", "lines")
    keep_unknown_members(connection)
    refuse_suspects(connection)
    parse_some(connection, "bad", f"SELECT {PLACE} FROM lines WHERE NOT sound")  # noqa: S608 -- names of columns
    user_agents = connection.execute("SELECT DISTINCT user_agent FROM lines WHERE user_agent IS NOT NULL").fetchall()
    rows = agents([user_agent for (user_agent,) in user_agents])
    connection.register("sources", SOURCES)
    connection.register("agents", pa.Table.from_pylist(rows, schema=REGISTERED["agents"]))
    for name in _TABLES:
        _make(connection, "TABLE", name)
    for name in _VIEWS:
        _make(connection, "VIEW", name)
    connection.unregister("fetched")  # the texts, of which nothing is wanted any more


def _register(connection: DuckDBPyConnection, name: str, **columns: list[Any]) -> None:
    connection.register(name, pa.Table.from_pydict(columns, schema=REGISTERED[name]))


_TABLES = ("rejects", "places", "repeats", "line_counts")
_VIEWS = ("unique_lines", "judged", "clickstream_events", "event_items", "order_events")
_OF_EVENTS = _VIEWS[-3:]
_ROWS_AT_ONCE = 8192


def _rows_query(table: str) -> str:
    columns = ", ".join(_BINARY.get(name, name) for name in COLUMNS[table])
    source = "unique_lines ORDER BY event_id" if table == "staged_ids" else table
    return f"SELECT {columns} FROM {source}"  # noqa: S608 -- names above


# The binary forms of uuid and jsonb.
_BINARY = {
    "event_id": "event_id::BLOB AS event_id",
    "properties": "chr(1) || properties AS properties",
}


def _make(connection: DuckDBPyConnection, kind: str, name: str) -> None:
    connection.execute(f"CREATE TEMP {kind} {name} AS {_compiled(name)}")


@cache
def _compiled(name: str) -> str:
    # As text, a carriage return among the blanks that are trimmed would be read as a line feed.
    return resources.files("etl").joinpath("transform", "compiled", f"{name}.sql").read_bytes().decode()


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
        rejected, withheld, kept, loaded = (counted.get((object_id, part), 0) for part in PARTS)
        counts = Counts(
            collected=collected[object_id],
            loaded=loaded,
            rejected=rejected,
            duplicates=kept - loaded,
            withheld=withheld,
        )
        books[object_id] = ObjectBooks(object_id, item.key, item.window, item.size, counts)
    return books
