"""A batch of objects, transformed: the rows of every table, and what became of every line.

What is asked of DuckDB is written in Ibis (``transform.expressions``) and compiled beforehand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa
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
    "known": pa.schema([("object_id", pa.int64()), ("line_number", pa.int32())]),
}
PARTS = ("rejected", "withheld", "kept", "loaded")


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
        numbers = [number for _object_id, number in known]
        _register(self._connection, "known", object_id=[object_id for object_id, _ in known], line_number=numbers)
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
    _register(connection, "known", object_id=[], line_number=[])
    for name in _VIEWS:
        _make(connection, "VIEW", name)
    connection.unregister("fetched")  # the texts, of which nothing is wanted any more


def _register(connection: DuckDBPyConnection, name: str, **columns: list[Any]) -> None:
    connection.register(name, pa.Table.from_pydict(columns, schema=REGISTERED[name]))


_TABLES = ("rejects", "places", "repeats", "line_counts")
# What is made anew each time that it is asked for: less than keeping it. `known` are the events that the warehouse has.
_VIEWS = ("new_lines", "judged", "new_events", "event_items", "order_events")
# Ids in order, as they are looked up in an index; events in the order in which they were received.
_SOURCES = {"clickstream_events": "new_events", "staged_ids": "new_lines ORDER BY event_id"}
_ROWS_AT_ONCE = 8192
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _rows_query(table: str) -> str:
    columns = ", ".join(_BINARY.get(name, name) for name in COLUMNS[table])
    return f"SELECT {columns} FROM {_SOURCES.get(table, table)}"  # noqa: S608 -- names above


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
