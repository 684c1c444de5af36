"""A batch of objects, transformed: the rows of every table, and what became of every line.

What is asked of DuckDB is written in Ibis (``transform.expressions``) and compiled beforehand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.errors import BooksError
from etl.extract.objects import Lines
from etl.extract.raw import Lined, fetched
from etl.transform.agents import UNKNOWN, agent_rows
from etl.transform.compiled_queries import compiled
from etl.transform.line_places import among
from etl.transform.odd_lines import QUERIES, ask_for_lines, keep_unknown_members, refuse_suspects
from etl.transform.sources import SOURCES
from lake import LakeObject
from warehouse.books import Counts, Newest, ObjectBooks
from warehouse.load import EVENT_COLUMNS, ID_COLUMNS, ITEM_COLUMNS, ORDER_COLUMNS
from warehouse.planned import Desk, PlannedQueries

LookUp = Callable[[Iterable[str]], list[dict[str, Any]]]

# What a channel is found by.
WAY = ("utm_source", "utm_medium", "utm_campaign", "referrer_host", "page_host")
# What a batch's DuckDB is shown beside its lines.
SHOWN = {
    "objects": pa.schema([("object_id", pa.int64()), ("object_key", pa.string())]),
    "sent_pages": pa.schema([("place", pa.int64()), ("sent_page_url", pa.string())]),
    "sent_referrers": pa.schema([("place", pa.int64()), ("sent_referrer", pa.string())]),
    "comings": pa.schema([("place", pa.int64()), *((name, pa.string()) for name in WAY)]),
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
# So many rows are left out of a batch without copying the others.
_FEW = 100
PARTS = ("rejected", "withheld", "kept", "loaded")
# Of events what items and orders are made of.
JUDGED = (
    *("event_id", "event_timestamp", "event_name", "is_bot", "ingest_window", "items", "client_id", "session_id"),
    *("context_product_id", "context_product_name", "context_product_category", "context_product_brand"),
    *("context_product_price", "context_product_discount_price", "context_product_url_path", "user_id", "order_id"),
    *("order_total", "order_currency", "order_tax", "order_shipping", "order_discount", "order_coupon"),
    "order_item_count",
)


class Staged:
    """A transformed batch: rows for the tables of events, the books of its objects, and the lines that cannot be loaded
    (``rejected.rejects`` says why).
    """

    def __init__(self, tables: dict[str, pa.Table], books: dict[int, ObjectBooks], bad_lines: pa.Table) -> None:
        self._tables = tables
        self.books = books
        self.bad_lines = bad_lines

    def rows(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Rows as PostgreSQL's binary COPY takes them, in the order in which they came.

        Args:
            table: clickstream_events, event_items or order_events.
            columns: of the table; left out: all.
        """
        rows = self._tables[table]
        return rows if columns is None else rows.select(list(columns))

    def event_ids(self) -> pa.ChunkedArray:
        """The ids of the events, 16 bytes each."""
        return self._tables["clickstream_events"]["event_id"]

    def id_rows(self, wanted: pa.Array | None) -> pa.Table:
        """Rows of ``warehouse.load.ID_COLUMNS`` in the order of ids.

        Args:
            wanted: of which events (booleans); None: of all.
        """
        rows = self._tables["clickstream_events"].select(ID_COLUMNS)
        rows = rows if wanted is None else rows.filter(wanted)
        return rows.take(pc.sort_indices(rows["event_id"]))

    def months(self) -> list[datetime]:
        """A moment of each month that the events are of."""
        moments = self._tables["clickstream_events"]["event_timestamp"]
        first, last = (moment.as_py() for moment in pc.min_max(moments).values())
        if first is None:
            return []
        if (first.year, first.month) == (last.year, last.month):
            return [first]
        return list(pc.floor_temporal(moments, unit="month").unique().to_pylist())

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
            self._tables[name] = _without(rows, np.flatnonzero(pc.is_in(rows["event_id"], ids)))


def _without(rows: pa.Table, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Table:
    """Rows but those at the places. Of a few, what lies between stays where it is: to copy a batch takes 20 ms."""
    if len(places) > _FEW:
        wanted = np.ones(rows.num_rows, bool)
        wanted[places] = False
        return rows.filter(pa.array(wanted))
    ends = [*places.tolist(), rows.num_rows]
    starts = [0, *(place + 1 for place in ends[:-1])]
    return pa.concat_tables(rows.slice(start, end - start) for start, end in zip(starts, ends, strict=True))


def staged(
    read: Iterable[tuple[LakeObject, Lines]],
    ids: Mapping[str, int],
    *,
    threads: int,
    memory_limit_mib: int,
    agents: LookUp = agent_rows,
) -> Staged:
    """Transform the lines of a batch of objects.

    Args:
        read: objects in the order of the lake, with their lines: all of them, or some (a replay's). The books count the
            lines that are given.
        ids: the ledger's id of each object, by its key.
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
        agents: rows of user agents (``transform.agents.agent_rows``, or the same from memory).
    """
    with _QUERIES.desk(threads, memory_limit_mib) as desk:
        objects: list[LakeObject] = []
        collected: dict[int, int] = {}
        lines: list[Lined] = []
        for item, found in read:
            object_id = ids[item.key]
            objects.append(item)
            collected[object_id] = len(found)
            lines.append((object_id, item.window, found))
        texts = fetched(lines)
        del lines
        said, bad_lines = _lines(desk, texts, objects, ids)
        del texts
        unique = _unique(desk, said)
        del said
        tables = _tables(desk, unique, agents)
        return Staged(tables, _books(desk, objects, ids, collected), bad_lines)


def _lines(
    desk: Desk, texts: pa.Table, objects: Sequence[LakeObject], ids: Mapping[str, int]
) -> tuple[pa.Table, pa.Table]:
    """What the lines say, and the texts of those that cannot be loaded. The desk has lines as `lines`, narrow."""
    keys = [item.key for item in objects]
    desk.show(
        "objects",
        pa.Table.from_pydict({"object_id": [ids[key] for key in keys], "object_key": keys}, schema=SHOWN["objects"]),
    )
    lines, texts = ask_for_lines(desk, texts)
    desk.hide("fetched")
    lines = refuse_suspects(desk, keep_unknown_members(desk, lines, texts))
    bad = lines.filter(pc.invert(lines["sound"]))
    bad_lines = texts.filter(among(texts, bad)) if bad.num_rows else texts.schema.empty_table()
    desk.show("lines", lines.select(_TOLD_APART))
    return lines, bad_lines


def _unique(desk: Desk, lines: pa.Table) -> pa.Table:
    """The lines that become events; the desk has them as `unique_lines`, narrow."""
    wanted = pc.and_(lines["sound"], lines["consented"])
    repeats = desk.ask("repeats")
    if repeats.num_rows:
        wanted = pc.and_(wanted, pc.invert(among(lines, repeats)))
    unique = lines.filter(wanted)
    desk.show("unique_lines", unique.select(_TOLD_APART))
    return unique


def _tables(desk: Desk, unique: pa.Table, agents: LookUp) -> dict[str, pa.Table]:
    """Rows of the tables."""
    judged = pa.table(_columns(unique) | _of_places(desk, unique) | _of_agents(unique, agents))
    desk.show("judged", judged.select(list(JUDGED)))
    properties = pc.binary_join_element_wise("\x01", judged["properties"], "")  # the version of jsonb
    events = judged.set_column(judged.schema.get_field_index("properties"), "properties", properties)
    return {
        "clickstream_events": events.select(EVENT_COLUMNS),
        "event_items": _by_id(desk.ask("event_items")),
        "order_events": desk.ask("order_events"),
    }


def _by_id(rows: pa.Table) -> pa.Table:
    """Rows in the order in which the primary key takes them most easily."""
    return rows.take(pc.sort_indices(rows["event_id"]))


def _of_places(desk: Desk, lines: pa.Table) -> dict[str, pa.Array]:
    """What URLs say. Each, and each pair of page and referrer, is looked into once: there are far fewer than lines."""
    pages = lines["sent_page_url"].combine_chunks().dictionary_encode()
    referrers = lines["sent_referrer"].combine_chunks().dictionary_encode()
    of_pages = _found(desk, "pages", "sent_pages", [pages.dictionary])
    of_referrers = _found(desk, "referrers", "sent_referrers", [referrers.dictionary])
    several = len(referrers.dictionary)
    pairs = pc.add(pc.multiply(pages.indices.cast(pa.int64()), several), referrers.indices).dictionary_encode()
    page, referrer = (pa.array(each) for each in np.divmod(pairs.dictionary.to_numpy(), max(several, 1)))
    of_pairs = _columns(of_pages.take(page)) | _columns(of_referrers.take(referrer))
    desk.show("sources", SOURCES)
    channels = _found(desk, "channels", "comings", [of_pairs[name] for name in WAY])
    return _columns(pa.table(of_pairs | _columns(channels)).take(pairs.indices))


def _found(desk: Desk, query: str, table: str, columns: list[pa.Array]) -> pa.Table:
    """What DuckDB finds for each row of a table of ``SHOWN``, given without its places, in their order."""
    schema = SHOWN[table]
    rows = pa.Table.from_arrays([pa.array(np.arange(len(columns[0]))), *columns], schema=schema)
    desk.show(table, rows)
    found = desk.ask(query).sort_by("place")
    if not found["place"].equals(rows["place"]):
        raise BooksError(f"{rows.num_rows} {table}, and what {found.num_rows} of them say")
    return found.drop_columns("place")


def _of_agents(lines: pa.Table, agents: LookUp) -> dict[str, pa.Array]:
    """What user agents say."""
    sent = lines["user_agent"].combine_chunks().dictionary_encode()
    rows = pa.Table.from_pylist(agents(sent.dictionary.to_pylist()), schema=SHOWN["agents"])
    if not rows["user_agent"].equals(pa.chunked_array([sent.dictionary])):
        raise BooksError(f"{len(sent.dictionary)} user agents, and what {rows.num_rows} of them say")
    said = rows.take(sent.indices)
    unknown = {"device_type": UNKNOWN.device_type, "is_bot": UNKNOWN.is_bot}
    return {
        name: pc.fill_null(column, unknown[name]) if name in unknown else column
        for name, column in _columns(said.drop_columns("user_agent")).items()
    }


def _columns(table: pa.Table) -> dict[str, pa.Array]:
    return dict(zip(table.column_names, table.columns, strict=True))


# What lines are counted and told apart by.
_TOLD_APART = ["object_id", "line_number", "sound", "consented", "event_id", "received_at"]
_OF_EVENTS = ("clickstream_events", "event_items", "order_events")
# The columns of COPY, in its order.
_IN_ORDER = {"event_items": ITEM_COLUMNS, "order_events": ORDER_COLUMNS}


def _query(name: str) -> str:
    if name in QUERIES:
        return QUERIES[name]
    if name in _IN_ORDER:
        return f"SELECT {', '.join(_IN_ORDER[name])} FROM ({compiled(name)})"  # noqa: S608 -- names of columns
    return compiled(name)


_QUERIES = PlannedQueries(_query)


def _books(
    desk: Desk, objects: Sequence[LakeObject], ids: Mapping[str, int], collected: dict[int, int]
) -> dict[int, ObjectBooks]:
    found = desk.ask("line_counts").to_pylist()
    counted = {(row["object_id"], row["part"]): row["lines"] for row in found}
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
