"""The expressions as SQL of DuckDB."""

from pathlib import Path

import duckdb
import ibis

from etl.extract.raw import FETCHED, parsed
from etl.transform import stage
from etl.transform.expressions.batch import EXPRESSIONS

# What expressions read that is a query itself: of lines that are parsed as they are read.
_READ = {"raw": parsed("fetched"), "bad": parsed("bad_lines")}
# What ``transform.stage`` puts together of what it has asked, by the expression that has to be there before.
_MADE = {
    "lines": "CREATE TEMP TABLE unique_lines AS FROM lines",
    "channels": f"CREATE TEMP TABLE judged AS SELECT {', '.join(stage.JUDGED)} FROM unique_lines"  # noqa: S608 -- names of columns
    " POSITIONAL JOIN (SELECT * EXCLUDE (user_agent) FROM agents)",
}


def folder() -> Path:
    """Where the compiled expressions are kept."""
    return Path(stage.__file__).with_name("compiled")


def compiled() -> dict[str, str]:
    """Each expression's query by its name, compiled over tables without rows."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, schema in {"fetched": FETCHED, "bad_lines": FETCHED, **stage.SHOWN}.items():
            connection.register(name, schema.empty_table())
        for name, query in _READ.items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {query}")
        backend = ibis.duckdb.from_connection(connection)
        queries = {}
        for name, expression in EXPRESSIONS.items():
            query = backend.compile(expression(backend.table), pretty=True) + "\n"
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
            if name in _MADE:
                connection.execute(_MADE[name])
            for view, text in _READ.items():
                query = query.replace(f'FROM "{view}" AS', f"FROM ({text}) AS")
            queries[name] = query
        return queries
