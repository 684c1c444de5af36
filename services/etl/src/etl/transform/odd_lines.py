"""Lines that need a second look; there are few of them."""

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from etl.extract.raw import KNOWN_MEMBERS, NOT_JSON, NOT_JSON_DETAIL, PLACE, parsed
from etl.extract.strict import is_strict
from etl.transform.line_places import among, index_among, of_places
from warehouse.planned import Desk

# JSON has no NaN, and PostgreSQL's jsonb no number of more than 131,072 digits and no nesting beyond its stack (about
# 6,000 levels); DuckDB's reader lets all pass. What may hold one and would go into `properties` is read again by
# Python's strict reader; the values of columns are checked one by one.
_SUSPECT = r"[:\[,]\s*-?(?i:nan|inf)|\d[eE]\+?\d{4,}|\d{300,}"
_SUSPECT_DEPTH = 100
_SUSPECTS = f"""
    SELECT {PLACE}, properties FROM told WHERE regexp_matches(properties, '{_SUSPECT}')
        OR strlen(properties) > 2 * {_SUSPECT_DEPTH}
           AND strlen(properties) - strlen(replace(replace(properties, '{{', ''), '[', '')) > {_SUSPECT_DEPTH}
"""  # noqa: S608 -- names of columns
_UNKNOWN_MEMBERS = f"SELECT {PLACE}, rest FROM ({parsed('odd_lines', keep_unknown=True)})"  # noqa: S608 -- names of columns
# What this module asks, by name, over tables that it shows.
QUERIES = {
    "not_json": NOT_JSON,
    "suspects": _SUSPECTS,
    "members": "SELECT names, json_keys(line) AS members FROM new_lines",
    "unknown_members": _UNKNOWN_MEMBERS,
}
_MAX_KNOWN = 10_000
# Hashes of the sets of names that lines have, each with whether the contract knows all of them. There are some dozens.
# Of lines whose names the collector has seen there is none.
_known: dict[int, bool] = {}


def ask_for_lines(desk: Desk, texts: pa.Table) -> tuple[pa.Table, pa.Table]:
    """What the lines say (rows of ``expressions.staged.checked_lines``), and the texts as they were asked for: damage
    is noted of those that only looked like JSON.

    Args:
        desk: to ask; has `objects`.
        texts: rows of ``extract.raw.fetched``.
    """
    desk.show("fetched", texts)
    try:
        return desk.ask("lines"), texts
    except duckdb.InvalidInputException:
        wrong = desk.ask("not_json")
        if not wrong.num_rows:
            raise
    for name, noted in (("damage", "not_json"), ("damage_detail", NOT_JSON_DETAIL)):
        column = pc.if_else(among(texts, wrong), noted, texts[name])
        texts = texts.set_column(texts.schema.get_field_index(name), texts.schema.field(name), column)
    desk.show("fetched", texts)
    return desk.ask("lines"), texts


def keep_unknown_members(desk: Desk, lines: pa.Table, texts: pa.Table) -> pa.Table:
    """Lines with the members that the contract does not know in `properties`.

    Args:
        desk: to ask.
        lines: rows of ``expressions.staged.checked_lines``.
        texts: rows of ``extract.raw.fetched``, what the lines were made of.
    """
    unseen = pc.and_(lines["sound"], pc.is_valid(lines["names"]))
    asked = lines.select(["object_id", "line_number", "names"]).filter(unseen)
    names = pc.unique(asked["names"])
    known = {each: _known.get(each) for each in names.to_pylist()}  # another run may forget what this one needs
    new = [each for each, all_known in known.items() if all_known is None]
    if new:
        first = asked.take(pc.index_in(pa.array(new, names.type), value_set=asked["names"]))
        desk.show("new_lines", first.append_column("line", texts["line"].take(index_among(first, texts))))
        found = {row["names"]: KNOWN_MEMBERS.issuperset(row["members"]) for row in desk.ask("members").to_pylist()}
        if len(_known) + len(found) > _MAX_KNOWN:
            _known.clear()
        _known.update(found)
        known |= found
    odd = [each for each, all_known in known.items() if not all_known]
    if not odd:
        return lines
    of_odd = pc.is_in(asked["names"], value_set=pa.array(odd, names.type))
    desk.show("odd_lines", texts.filter(among(texts, asked.filter(of_odd))))
    kept = desk.ask("unknown_members")
    rest = kept["rest"].take(index_among(lines, kept))
    return lines.set_column(
        lines.schema.get_field_index("properties"), "properties", pc.coalesce(rest, lines["properties"])
    )


def refuse_suspects(desk: Desk, lines: pa.Table) -> pa.Table:
    """Lines of which those are unsound whose `properties` PostgreSQL would not take.

    Args:
        desk: to ask.
        lines: rows of ``expressions.staged.checked_lines``.
    """
    desk.show("told", lines.select(["object_id", "line_number", "properties"]))
    found = desk.ask("suspects").to_pylist()
    refused = [(row["object_id"], row["line_number"]) for row in found if not is_strict(row["properties"])]
    if not refused:
        return lines
    sound = pc.and_(lines["sound"], pc.invert(among(lines, of_places(refused))))
    return lines.set_column(lines.schema.get_field_index("sound"), "sound", sound)
