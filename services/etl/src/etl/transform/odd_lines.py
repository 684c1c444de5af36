"""Lines that need a second look once they are rows; there are few of them."""

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from etl.extract.raw import KNOWN_MEMBERS, PLACE, parsed
from etl.extract.strict import is_strict
from etl.transform.line_places import among, index_among, of_places
from warehouse.duck import asked

# JSON has no NaN, and PostgreSQL's jsonb no number of more than 131,072 digits and no nesting beyond its stack (about
# 6,000 levels); DuckDB's reader lets all pass. What may hold one and would go into `properties` is read again by
# Python's strict reader; the values of columns are checked one by one.
_SUSPECT = r"[:\[,]\s*-?(?i:nan|inf)|\d[eE]\+?\d{4,}|\d{300,}"
_SUSPECT_DEPTH = 100
_FIND_SUSPECTS = f"""
    SELECT {PLACE}, properties FROM lines WHERE regexp_matches(properties, $pattern)
        OR strlen(properties) - strlen(replace(replace(properties, '{{', ''), '[', '')) > $depth
"""  # noqa: S608 -- names of columns
# Of each set of names the members of one line.
_FIND_MEMBERS = f"""
    SELECT l.names, json_keys(any_value(f.line)) FROM fetched f JOIN lines l USING ({PLACE})
    WHERE ({PLACE}) IN (
        SELECT unnest([arg_min(({PLACE}), line_number)], recursive := false) FROM lines
        WHERE sound AND names IN (SELECT unnest($names)) GROUP BY names
    )
    GROUP BY l.names
"""  # noqa: S608 -- names of columns
_MAX_KNOWN = 10_000
# Hashes of the sets of names that lines have, each with whether the contract knows all of them. There are some dozens.
_known: dict[int, bool] = {}


def keep_unknown_members(connection: DuckDBPyConnection, lines: pa.Table) -> pa.Table:
    """Lines with the members that the contract does not know in `properties`.

    Args:
        connection: has their texts as `fetched`; gets them as `lines`.
        lines: rows of ``expressions.staged.checked_lines``.
    """
    connection.register("lines", lines)
    names = pc.unique(lines["names"].filter(lines["sound"])).to_pylist()
    new = [each for each in names if each not in _known]
    if new:
        if len(_known) + len(new) > _MAX_KNOWN:
            _known.clear()
            new = names
        found = connection.execute(_FIND_MEMBERS, {"names": new}).fetchall()
        _known.update({each: KNOWN_MEMBERS.issuperset(members) for each, members in found})
    odd = [each for each in names if not _known[each]]
    if not odd:
        return lines
    connection.execute(
        f"CREATE TEMP TABLE odd AS FROM fetched SEMI JOIN (SELECT {PLACE} FROM lines WHERE sound"  # noqa: S608 -- names of columns
        f" AND names IN (SELECT unnest($names))) USING ({PLACE})",
        {"names": odd},
    )
    query = f"SELECT {PLACE}, rest FROM ({parsed('odd', keep_unknown=True)})"  # noqa: S608 -- names of columns
    kept = asked(connection, query)
    rest = kept["rest"].take(index_among(lines, kept))
    return lines.set_column(
        lines.schema.get_field_index("properties"), "properties", pc.coalesce(rest, lines["properties"])
    )


def refuse_suspects(connection: DuckDBPyConnection, lines: pa.Table) -> pa.Table:
    """Lines of which those are unsound whose `properties` PostgreSQL would not take.

    Args:
        connection: gets them as `lines`.
        lines: rows of ``expressions.staged.checked_lines``.
    """
    connection.register("lines", lines)
    found = connection.execute(_FIND_SUSPECTS, {"pattern": _SUSPECT, "depth": _SUSPECT_DEPTH}).fetchall()
    refused = [(object_id, number) for object_id, number, properties in found if not is_strict(properties)]
    if not refused:
        return lines
    sound = pc.and_(lines["sound"], pc.invert(among(lines, of_places(refused))))
    return lines.set_column(lines.schema.get_field_index("sound"), "sound", sound)
