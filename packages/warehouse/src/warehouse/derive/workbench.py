"""A DuckDB beside the load's transaction: rows go there to be derived from, and what is made of them comes back.

DuckDB groups a million events in a second or two, PostgreSQL in twenty: https://duckdb.org/why_duckdb.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import resources
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.binary import PIECE_BYTES, BinaryRows
from warehouse.connect import Cursor
from warehouse.duck import duck

# The longest row that comes out of the warehouse: URLs and ids of a few lines of 1 MiB at the most.
_MAX_ROW_BYTES = 1 << 25


class TableRows(NamedTuple):
    """Rows for a table of PostgreSQL, columns as its binary format takes them."""

    table: str
    columns: tuple[str, ...]
    rows: pa.Table


class Workbench:
    """Tables in DuckDB, and the ways between them and PostgreSQL."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, name: str) -> None:
        """Run a file of `derive/duckdb`."""
        self._connection.execute(_source("duckdb", name))

    def execute(self, statement: str) -> None:
        """Run one statement."""
        self._connection.execute(statement)

    def show(self, name: str, rows: Sequence[pa.Table]) -> None:
        """Let Arrow rows be read as a table, numbered from 0 in the column `source`. No copy is made of them.

        Args:
            name: of the table.
            rows: at least one, all with the same columns.
        """
        together = pa.concat_tables(rows)
        self._connection.register(name, together.append_column("source", pa.array(np.arange(together.num_rows))))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What DuckDB answers."""
        return self._connection.execute(query).fetchall()

    def count(self, table: str) -> int:
        """Rows of a table."""
        ((rows,),) = self._connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(rows)

    def fetch(self, cursor: Cursor, query: str, table: str, parameters: object = None) -> int:
        """Append what PostgreSQL answers to a table; returns the number of rows.

        Args:
            cursor: of the transaction.
            query: SELECT, or a statement with RETURNING; its columns are the table's, in order.
            table: of the workbench.
            parameters: of the query.
        """
        text = cursor.mogrify(query, parameters).decode() if parameters is not None else query
        # A file that is gone soon never gets to the disk; one that is written anew does, each time that it is closed.
        with NamedTemporaryFile(prefix="clickstream-derive-", suffix=".csv") as file:
            cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT csv)", file)
            file.flush()
            if file.tell():
                self._read(file.name, table)
        return int(cursor.rowcount)

    def _read(self, name: str, table: str) -> None:
        columns = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]
        ).fetchall()
        shape = ", ".join(f"'{name}': '{kind}'" for name, kind in columns)
        self._connection.execute(
            f"INSERT INTO {table} SELECT * FROM read_csv('{name}', columns = {{{shape}}}, header = false,"
            " auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false,"
            f" strict_mode = true, parallel = false, max_line_size = {_MAX_ROW_BYTES},"
            f" buffer_size = {2 * _MAX_ROW_BYTES})"
        )

    def send(self, cursor: Cursor, query: str, table: str, columns: Sequence[str]) -> int:
        """COPY what DuckDB answers into a table of PostgreSQL; returns the number of rows.

        Args:
            cursor: of the transaction.
            query: its columns are ``columns``, in order, as PostgreSQL's binary format takes them.
            table: of PostgreSQL.
            columns: of that table.
        """
        return _copy(cursor, self.take(query, table, tuple(columns)))

    def send_new(self, cursor: Cursor, query: str, table: str, definition: str) -> int:
        """COPY what DuckDB answers into a temporary table that is made for it; without an answer there is no table.

        Args:
            cursor: of the transaction, with which the table goes.
            query: as for ``send``; its columns are some of the table's.
            table: name of the table.
            definition: its columns, as CREATE TABLE has them.

        Returns:
            The number of rows.
        """
        rows = self._connection.sql(query).to_arrow_table()
        if not rows.num_rows:
            return 0
        cursor.execute(f"CREATE TEMP TABLE {table} ({definition}) ON COMMIT DROP")
        return _copy(cursor, TableRows(table, tuple(rows.column_names), rows))

    def take(self, query: str, table: str, columns: tuple[str, ...]) -> TableRows:
        """What DuckDB answers, to be written (``writing``) while it works on something else; as ``send``."""
        return TableRows(table, columns, self._connection.sql(query).to_arrow_table())


@contextmanager
def writing(cursor: Cursor, rows: Iterable[TableRows]) -> Iterator[None]:
    """COPY rows into their tables beside what is done inside, which has no use for the cursor."""
    with ThreadPoolExecutor(1, "derive-write") as beside:
        written = beside.submit(_write, cursor, rows)
        yield
        written.result()


def _write(cursor: Cursor, rows: Iterable[TableRows]) -> None:
    for each in rows:
        _copy(cursor, each)


def _copy(cursor: Cursor, rows: TableRows) -> int:
    cursor.copy_expert(
        f"COPY {rows.table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT binary)", BinaryRows(rows.rows), PIECE_BYTES
    )
    return int(cursor.rowcount)


@contextmanager
def workbench(threads: int | None, memory_limit_mib: int) -> Iterator[Workbench]:
    """A workbench of its own; gone at the end.

    Args:
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
    """
    with duck(threads, memory_limit_mib) as connection:
        yield Workbench(connection)


def source(name: str) -> str:
    """A file of statements for PostgreSQL."""
    return _source("postgres", name)


def _source(kind: str, name: str) -> str:
    return resources.files("warehouse").joinpath("derive", kind, f"{name}.sql").read_text("utf-8")
