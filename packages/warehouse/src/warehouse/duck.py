"""Connections to DuckDB, each with tables of its own.

Starting a DuckDB takes 20 to 50 ms, more than all the work on a handful of events; so a process keeps one for each set
of limits. A connection sees its own temporary tables only, and they end with it.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb


@contextmanager
def duck(threads: int | None, memory_limit_mib: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for temporary tables; its clock is UTC.

    Args:
        threads: of DuckDB; None: one a core.
        memory_limit_mib: of all connections with these limits together, before they write to a temporary folder.
    """
    connection = opened(threads, memory_limit_mib)
    try:
        yield connection
    finally:
        connection.close()


def opened(threads: int | None, memory_limit_mib: int) -> duckdb.DuckDBPyConnection:
    """``duck`` for whoever closes the connection."""
    connection = _started((os.getpid(), threads, memory_limit_mib)).cursor()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


# By process too: a fork starts its own, as its parent's has threads that it has not.
_Limits = tuple[int, int | None, int]
_kept: dict[_Limits, tuple[duckdb.DuckDBPyConnection, TemporaryDirectory[str]]] = {}
_lock = Lock()


def _started(limits: _Limits) -> duckdb.DuckDBPyConnection:
    with _lock:
        if limits not in _kept:
            _, threads, memory_limit_mib = limits
            folder = TemporaryDirectory(prefix="clickstream-duckdb-")
            settings: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": f"{memory_limit_mib}MiB",
                "temp_directory": f"{folder.name}/spill",
            }
            if threads:
                settings["threads"] = str(threads)
            _kept[limits] = (duckdb.connect(config=settings), folder)
        return _kept[limits][0]


@atexit.register
def _end() -> None:
    for limits in [limits for limits in _kept if limits[0] == os.getpid()]:
        connection, folder = _kept.pop(limits)
        connection.close()
        folder.cleanup()
