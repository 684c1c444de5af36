"""Lines that need a second look once they are in the table `lines`; there are few of them."""

import duckdb

from etl.extract.raw import KNOWN_MEMBERS, PLACE, parse_some
from etl.extract.strict import is_strict

# JSON has no NaN, and PostgreSQL's jsonb no number of more than 131,072 digits and no nesting beyond its stack (about
# 6,000 levels); DuckDB's reader lets all pass. What may hold one and would go into `properties` is read again by
# Python's strict reader; the values of columns are checked one by one.
_SUSPECT = r"[:\[,]\s*-?(?i:nan|inf)|\d[eE]\+?\d{4,}|\d{300,}"
_SUSPECT_DEPTH = 100


def keep_unknown_members(connection: duckdb.DuckDBPyConnection) -> None:
    """Add to `properties` the members that the contract does not know. Lines have some dozens of sets of names."""
    known = ", ".join(f"'{name}'" for name in sorted(KNOWN_MEMBERS))
    connection.execute(
        f"""
        CREATE TEMP TABLE odd_names AS
        SELECT l.names FROM fetched f JOIN lines l USING ({PLACE})
        WHERE ({PLACE}) IN (
            SELECT unnest([arg_min(({PLACE}), line_number)], recursive := false) FROM lines WHERE sound GROUP BY names
        )
        GROUP BY l.names HAVING NOT list_has_all([{known}], json_keys(any_value(f.line)))
        """  # noqa: S608 -- names of columns and of the contract
    )
    if connection.execute("SELECT count(*) FROM odd_names").fetchone() != (0,):
        odd = f"SELECT {PLACE} FROM lines WHERE sound AND names IN (FROM odd_names)"  # noqa: S608 -- names of columns
        parse_some(connection, "odd", odd, keep_unknown=True)
        connection.execute(
            "UPDATE lines SET properties = odd.rest FROM odd"
            " WHERE lines.object_id = odd.object_id AND lines.line_number = odd.line_number"
        )


def refuse_suspects(connection: duckdb.DuckDBPyConnection) -> None:
    """Take lines for unsound whose `properties` PostgreSQL would not take."""
    found = connection.execute(
        f"SELECT {PLACE}, properties FROM lines WHERE regexp_matches(properties, $pattern)"  # noqa: S608 -- names of columns
        " OR strlen(properties) - strlen(replace(replace(properties, '{', ''), '[', '')) > $depth",
        {"pattern": _SUSPECT, "depth": _SUSPECT_DEPTH},
    ).fetchall()
    refused = [(object_id, number) for object_id, number, properties in found if not is_strict(properties)]
    if refused:
        connection.executemany("UPDATE lines SET sound = false WHERE object_id = ? AND line_number = ?", refused)
