"""Connections to DuckDB, each with tables of its own.

Starting a DuckDB takes 20 to 50 ms, more than all the work on a handful of events; so a process keeps one for each set
of limits. A connection sees its own temporary tables only, and they end with it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import TemporaryDirectory

import duckdb


@contextmanager
def duck(threads: int | None, memory_limit_mib: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for temporary tables; its clock is UTC.

    Args:
        threads: of DuckDB; None: one a core.
        memory_limit_mib: of all connections with these limits together, before they write to a temporary folder.
    """
    connection = _started(os.getpid(), threads, memory_limit_mib)[0].cursor()
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@cache
def _started(
    _process: int, threads: int | None, memory_limit_mib: int
) -> tuple[duckdb.DuckDBPyConnection, TemporaryDirectory[str]]:
    """A fork starts its own: its parent's has threads that it has not."""
    folder = TemporaryDirectory(prefix="clickstream-duckdb-")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_limit_mib}MiB",
        "temp_directory": f"{folder.name}/spill",
    }
    if threads:
        settings["threads"] = str(threads)
    return duckdb.connect(config=settings), folder
