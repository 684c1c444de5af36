"""Queries of DuckDB that are planned once a process, over Arrow tables that come and go.

To plan a query of some hundred lines takes 80 ms, as long as to ask it of ten thousand rows. DuckDB keeps the plan of
a prepared statement for as long as the tables stay what they are. So a table is registered once, as a stream, and the
rows that it gives are exchanged.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.duck import opened

_Limits = tuple[int, int | None, int]


class _Shown:
    """A table whose rows are exchanged: DuckDB asks it for a stream of them each time that it reads it.

    https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.rows = schema.empty_table()

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.rows.__arrow_c_stream__(requested_schema)


class Desk:
    """A connection with its tables and the queries that it has planned; for one thread at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, query: Callable[[str], str]) -> None:
        self._connection = connection
        self._query = query
        self._shown: dict[str, _Shown] = {}
        self._planned: set[str] = set()

    def show(self, table: str, rows: pa.Table) -> None:
        """Let rows be read as a table, until others are shown.

        Args:
            table: its name.
            rows: of the same columns each time.

        Raises:
            ValueError: they have other columns than before, which plans were made for.
        """
        shown = self._shown.get(table)
        if shown is None:
            shown = self._shown[table] = _Shown(rows.schema)
            self._connection.register(table, shown)
        elif not shown.schema.equals(rows.schema):
            raise ValueError(f"table {table} has other columns than before:\n{rows.schema}\nbefore:\n{shown.schema}")
        shown.rows = rows

    def hide(self, table: str) -> None:
        """Of a table that was shown nothing more is wanted: its rows need not be kept."""
        shown = self._shown[table]
        shown.rows = shown.schema.empty_table()

    def ask(self, query: str) -> pa.Table:
        """What DuckDB answers.

        Args:
            query: its name. The tables that it reads have been shown.
        """
        if query not in self._planned:
            self._connection.execute(f'PREPARE "{query}" AS {self._query(query)}')
            self._planned.add(query)
        # As a relation: what a cursor's answer is put into would be copied once more.
        return self._connection.sql(f'EXECUTE "{query}"').to_arrow_table()

    def clear(self) -> None:
        """Show nothing any more."""
        for table in self._shown:
            self.hide(table)

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()


class PlannedQueries:
    """A set of queries, and the desks at which they are planned: as many as are asked at the same time."""

    def __init__(self, query: Callable[[str], str]) -> None:
        """``query`` gives the text of a query by its name."""
        self._query = query
        self._free: dict[_Limits, list[Desk]] = {}
        self._lock = Lock()

    @contextmanager
    def desk(self, threads: int | None, memory_limit_mib: int) -> Iterator[Desk]:
        """A desk on which nothing is shown.

        Args:
            threads: as for ``duck``.
            memory_limit_mib: as for ``duck``.
        """
        # By process too: a fork has no use for its parent's.
        limits = (os.getpid(), threads, memory_limit_mib)
        with self._lock:
            free = self._free.setdefault(limits, [])
            desk = free.pop() if free else None
        desk = desk or Desk(opened(threads, memory_limit_mib), self._query)
        try:
            yield desk
            desk.clear()
        except BaseException:
            desk.close()
            raise
        with self._lock:
            free.append(desk)
