"""What lines say: one row a line, parsed into structs in which every value is text.

As text, because a value of an impossible type has to be seen and named, not turned into NULL.
"""

import json
from collections.abc import Sequence, Sized
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
import pyarrow as pa
from pydantic import BaseModel

from etl.extract.objects import Line, Lines, WholeObject
from lake.contract import EVENT_MEMBERS, MEMBERS_DIGEST, Event

# Which line it is.
PLACE = "object_id, line_number"
FETCHED = pa.schema(
    [
        ("object_id", pa.int64()),
        ("line_number", pa.int32()),
        ("window_start", pa.timestamp("us", "UTC")),
        ("line", pa.string()),
        ("damage", pa.string()),
        ("damage_detail", pa.string()),
    ]
)


def text_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The contract's shape with every value as text: what DuckDB's json_transform takes.

    Objects without a fixed shape (properties, dataset) stay JSON.
    """
    return {field.alias or name: _shape(field.annotation) for name, field in model.model_fields.items()}


def _shape(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _shape(next(part for part in get_args(annotation) if part is not NoneType))
    if origin is list:
        return [_shape(get_args(annotation)[0])]
    if origin is dict:
        return "JSON"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return text_schema(annotation)
    return "VARCHAR"


# Objects of fewer lines on average are put together before they are parsed.
_SMALL_LINES = 1000
_EVENT = text_schema(Event)
# Members of which the transform reads parts; each is parsed only where it is there.
OPENED = ("product", "items", "order", "search", "consent")
# Members that have to be objects (items: a list) where they are there.
STRUCTURED = ("product", "items", "order", "search", "element", "consent", "properties")
# Members of an event that have columns of their own; what remains goes into `properties`.
_IN_COLUMNS = (
    *("eventName", "eventId", "eventTimestamp", "sequence", "isFirstVisit", "pageUrl", "pageTitle", "referrer"),
    *("userId", "clientId", "sessionId", "userLoginState", "identitySource", "product", "items", "locale"),
    *("properties", "_ingest"),
)
_REMAINING = tuple(name for name in _EVENT if name not in _IN_COLUMNS)
# The order of a checkout or refund has a table; that of other events, such as a checkout's beginning, has none.
_SPEAKS_OF_ORDER = "p.event.eventName IN ('checkout_complete', 'refund') AND trim(p.\"order\".id) <> ''"
_LINE_SHAPE = {
    name: "VARCHAR" if shape == "VARCHAR" and name not in _REMAINING else "JSON" for name, shape in _EVENT.items()
} | {"_ingest": dict.fromkeys(("receivedAt", "sentAt", "userAgent", "country", "members"), "VARCHAR")}
KNOWN_MEMBERS = {*EVENT_MEMBERS, "_ingest"}

Lined = tuple[int, datetime, Lines]


def fetched(objects: Sequence[Lined]) -> pa.Table:
    """Lines as they are: object_id, line_number, window_start, line, damage and damage_detail (why the line cannot be
    read, or NULL).

    Args:
        objects: object id, window and lines of each.
    """
    whole = [(object_id, window, lines) for object_id, window, lines in objects if isinstance(lines, WholeObject)]
    cut = [(object_id, window, lines) for object_id, window, lines in objects if not isinstance(lines, WholeObject)]
    # One table for all objects: a table each costs as much as some dozens of lines.
    found = pa.concat_tables([_table_of_whole(whole), _table_of_cut(cut)])
    if found.num_rows < _SMALL_LINES * len(objects):
        found = found.combine_chunks()  # DuckDB works chunk by chunk: of one line each, that costs 1 ms a line
    return found


def _table_of_whole(objects: Sequence[tuple[int, datetime, WholeObject]]) -> pa.Table:
    texts = pa.chunked_array([lines.texts for *_, lines in objects], pa.string())
    nothing = pa.nulls(len(texts), pa.string())
    counts = np.array([len(lines) for *_, lines in objects], np.int64)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    columns = [_ids(objects), np.arange(1, len(texts) + 1) - before, _windows(objects), texts, nothing, nothing]
    return pa.Table.from_arrays(columns, schema=FETCHED)


def _table_of_cut(objects: Sequence[tuple[int, datetime, Sequence[Line]]]) -> pa.Table:
    lines = [line for *_, some in objects for line in some]
    columns = [
        _ids(objects),
        pa.array([line.number for line in lines], pa.int32()),
        _windows(objects),
        pa.array([line.text for line in lines], pa.string()),
        pa.array([line.reason for line in lines], pa.string()),
        pa.array([line.detail for line in lines], pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=FETCHED)


def _ids(objects: Sequence[tuple[int, datetime, Sized]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.repeat(np.array([object_id for object_id, *_ in objects], np.int64), _counts(objects))


def _windows(objects: Sequence[tuple[int, datetime, Sized]]) -> pa.Array:
    windows = pa.array([window for _, window, _ in objects], pa.timestamp("us", "UTC"))
    return windows.take(pa.array(np.repeat(np.arange(len(objects)), _counts(objects))))


def _counts(objects: Sequence[tuple[int, datetime, Sized]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([len(lines) for *_, lines in objects], np.int64)


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def parsed(lines: str, *, keep_unknown: bool = False) -> str:
    """What lines say, as a query.

    Columns: object_id, line_number, window_start, damage, damage_detail, kind (JSON type of the line), event (struct of
    text; members with members of their own as JSON), product, items, order, search, consent (structs of text),
    item_kinds (JSON types of the items, where one has no id), rest (JSON object of what has no column of its own, less
    the order where a table has it; NULL where nothing remains), names (a hash of the names of the line's members; NULL
    where the collector has seen that the contract knows them all), padded (whether a text may end with a blank).

    A line that begins and ends as an object does is taken for JSON, as the collector has looked at it: where one is
    not, DuckDB fails. ``NOT_JSON`` finds such lines; with their damage noted all others can be parsed.

    Args:
        lines: a table like ``fetched``.
        keep_unknown: whether members that the contract does not know are in `rest`.
    """
    opened = ", ".join(
        f"json_transform(CASE WHEN starts_with(e.event.{_name(name)}, '{'[' if name == 'items' else '{'}')"
        f" THEN e.event.{_name(name)} END, {_text(json.dumps(_EVENT[name]))}) AS {_name(name)}"
        for name in OPENED
    )
    # Each step is a projection over the one before, so that a line is parsed once.
    return f"""
        SELECT p.* EXCLUDE (line), {_rest(_UNKNOWN if keep_unknown else "NULL")} AS rest,
               CASE WHEN len(list_filter(p.items, lambda item: item.id IS NULL)) > 0
                    THEN json_type(p.event.items, '$[*]') END AS item_kinds
        FROM (
            SELECT e.*, {opened},
                   -- To read the names takes half as long as all values.
                   CASE WHEN e.event._ingest.members = '{MEMBERS_DIGEST}' THEN NULL
                        ELSE hash(json_keys(e.line)) END AS names
            FROM (
                SELECT r.*, json_transform(r.line, {_text(json.dumps(_LINE_SHAPE))}) AS event,
                       -- A blank at the end of a text is written as it is, or as an escape. There are few such lines.
                       contains(r.line, ' "') OR contains(r.line, '\\') AS padded,
                       CASE WHEN starts_with(r.line, '{{') THEN 'OBJECT' ELSE json_type(r.line) END AS kind
                FROM (
                    SELECT f.* EXCLUDE (line),
                           -- One case each: of OR, DuckDB asks both sides.
                           CASE WHEN f.damage IS NOT NULL THEN NULL WHEN {_LOOKS_WHOLE} THEN f.line
                                WHEN json_valid(f.line) THEN f.line END AS line
                    FROM {lines} f
                ) r
            ) e
        ) p
    """  # noqa: S608 -- names of the contract


NOT_JSON_DETAIL = "the line is not JSON"
_LOOKS_WHOLE = "starts_with(f.line, '{') AND (ends_with(f.line, '}') OR ends_with(f.line, '}' || chr(10)))"
NOT_JSON = f"SELECT {PLACE} FROM fetched f WHERE damage IS NULL AND {_LOOKS_WHOLE} AND NOT json_valid(line)"  # noqa: S608 -- names of columns


def _rest(unknown: str) -> str:
    # unknown: expression of a JSON object with the members of a line `p` that the contract does not know, or NULL.
    known = ", ".join(
        f"{_text(json.dumps(name) + ':')} || "
        + (f"CASE WHEN NOT coalesce({_SPEAKS_OF_ORDER}, false) THEN p.event.{_name(name)} END" if name == "order"
           else f"p.event.{_name(name)}")
        for name in _REMAINING
    )  # fmt: skip
    rest = f"'{{' || concat_ws(',', {known}) || '}}'"
    # A member of the caller's properties comes before a member of the event with the same name.
    return f"""
        nullif(CASE WHEN {unknown} IS NOT NULL
                    THEN json_merge_patch(json_merge_patch({unknown}, {rest}), coalesce(p.event.properties, '{{}}'))
                    WHEN starts_with(p.event.properties, '{{') THEN json_merge_patch({rest}, p.event.properties)
                    ELSE {rest} END, '{{}}')
    """


_UNKNOWN = f"json_merge_patch(p.line, {_text(json.dumps(dict.fromkeys(KNOWN_MEMBERS)))})"
