"""The table `raw`: one row a line, parsed into a struct in which every value is text.

As text, because a value of an impossible type has to be seen and named, not turned into NULL.
"""

import json
import re
from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import duckdb
import pyarrow as pa
from pydantic import BaseModel

from etl.extract.objects import Line
from lake.contract import Event, Ingest

_LINES = pa.schema(
    [
        ("object_id", pa.int64()),
        ("line_number", pa.int32()),
        ("line", pa.string()),
        ("damage", pa.string()),
        ("damage_detail", pa.string()),
    ]
)

# JSON has no NaN, and PostgreSQL's jsonb no number of more than 131,072 digits and no nesting beyond its stack (about
# 6,000 levels); DuckDB's reader lets all pass. Lines that may hold one are read again by Python's strict reader.
_SUSPECT = r"[:\[,]\s*-?(?i:nan|inf)|\d[eE]\+?\d{4,}|\d{300,}"
_SUSPECT_DEPTH = 100
_MAX_EXPONENT = 1000
_MAX_DEPTH = 200
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")


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


SHAPE = {**text_schema(Event), "_ingest": text_schema(Ingest)}
STRUCTURED = ("product", "items", "order", "search", "element", "consent", "properties")


def make_raw(connection: duckdb.DuckDBPyConnection, lines: Sequence[tuple[int, Line]]) -> None:
    """Fill the table `raw` from (object id, line) rows.

    Columns: object_id, line_number, line, damage, damage_detail (why the line cannot be read, or NULL),
    kind (JSON type of the line), part_kinds (JSON types of the structured members, in order of ``STRUCTURED``),
    event (struct of text), item_kinds (JSON types of the items, where one has no id).
    """
    batch = pa.Table.from_arrays(
        [
            pa.array([row[0] for row in lines], pa.int64()),
            pa.array([row[1].number for row in lines], pa.int32()),
            pa.array([row[1].text for row in lines], pa.string()),
            pa.array([row[1].reason for row in lines], pa.string()),
            pa.array([row[1].detail for row in lines], pa.string()),
        ],
        schema=_LINES,
    )
    connection.register("fetched", batch)
    connection.execute("CREATE OR REPLACE TEMP TABLE suspects (object_id BIGINT, line_number INTEGER)")
    found = connection.execute(
        "SELECT object_id, line_number, line FROM fetched WHERE damage IS NULL AND (regexp_matches(line, $pattern)"
        " OR length(line) - length(replace(replace(line, '{', ''), '[', '')) > $depth)",
        {"pattern": _SUSPECT, "depth": _SUSPECT_DEPTH},
    ).fetchall()
    refused = [(object_id, number) for object_id, number, line in found if not _strict(line)]
    if refused:
        connection.executemany("INSERT INTO suspects VALUES (?, ?)", refused)
    paths = [f"$.{name}" for name in STRUCTURED]
    # The parse is materialized: every later stage reads the struct, none parses again. What is no object among the
    # items has no id: only then the line is looked at once more.
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE raw AS
        SELECT p.*,
               CASE WHEN len(list_filter(p.event['items'], lambda item: item['id'] IS NULL)) > 0
                    THEN json_type(p.line, '$.items[*]') END AS item_kinds
        FROM (
            SELECT f.object_id, f.line_number, f.line, f.damage, f.damage_detail,
                   CASE WHEN f.readable THEN json_type(f.line) END AS kind,
                   CASE WHEN f.readable THEN json_type(f.line, $paths) END AS part_kinds,
                   CASE WHEN f.readable THEN json_transform(f.line, $shape) END AS event
            FROM (
                SELECT f.*, f.damage IS NULL AND s.object_id IS NULL AND coalesce(json_valid(f.line), false) AS readable
                FROM fetched f LEFT JOIN suspects s USING (object_id, line_number)
            ) f
        ) p
        """,
        {"paths": paths, "shape": json.dumps(SHAPE)},
    )
    connection.unregister("fetched")


class _NotStrictError(ValueError):
    pass


def _refuse(constant: str) -> Any:
    raise _NotStrictError(constant)


def _number(digits: str) -> float:
    exponent = re.search(r"[eE]\+?(\d+)$", digits)
    if exponent and (len(exponent[1]) > 4 or int(exponent[1]) > _MAX_EXPONENT):
        raise _NotStrictError(digits)
    return 0.0


def _integer(digits: str) -> int:
    if len(digits) > _MAX_EXPONENT:
        raise _NotStrictError(digits)
    return 0


def _strict(line: str) -> bool:
    if _depth(line) > _MAX_DEPTH:
        return False
    try:
        json.loads(line, parse_constant=_refuse, parse_float=_number, parse_int=_integer)
    except (ValueError, RecursionError):
        return False
    return True


def _depth(line: str) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", line)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
