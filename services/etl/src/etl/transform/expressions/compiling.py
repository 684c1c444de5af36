"""The expressions as SQL of DuckDB."""

from pathlib import Path

import duckdb
import ibis

from etl.extract.raw import PLACE, make_raw, parse_some
from etl.transform import stage
from etl.transform.expressions.batch import EXPRESSIONS


def folder() -> Path:
    """Where the compiled expressions are kept."""
    return Path(stage.__file__).with_name("compiled")


def compiled() -> dict[str, str]:
    """Each expression's query by its name, compiled over tables without rows."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        make_raw(connection, [])
        for name, schema in stage.REGISTERED.items():
            connection.register(name, schema.empty_table())
        backend = ibis.duckdb.from_connection(connection)
        queries = {}
        for name, expression in EXPRESSIONS.items():
            queries[name] = backend.compile(expression(backend.table), pretty=True) + "\n"
            connection.execute(f"CREATE TEMP TABLE {name} AS {queries[name]}")
            if name == "lines":
                parse_some(connection, "bad", f"SELECT {PLACE} FROM lines")  # noqa: S608 -- names of columns
        return queries
