"""Connections to DuckDB, each with tables of its own.

Starting a DuckDB takes 20 to 50 ms, more than all the work on a handful of events; so a process keeps one for each set
of limits. A connection sees its own temporary tables only, and they end with it.
"""

import atexit
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb
import pyarrow as pa


@contextmanager
def duck(threads: int | None, memory_limit_mib: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for temporary tables; its clock is UTC.

    Args:
        threads: of DuckDB; None: one a core.
        memory_limit_mib: of all connections with these limits together, before they write to a temporary folder.
    """
    connection = _started((os.getpid(), threads, memory_limit_mib)).cursor()
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def asked(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """What DuckDB answers.

    Args:
        connection: to ask.
        query: read once a process (of some ten thousand characters that takes 15 ms), so all such texts are kept.
    """
    if query not in _read:
        (_read[query],) = connection.extract_statements(query)
    # A relation's answer comes without a copy, but each of these is planned two or three times: 35 ms of a long one.
    return connection.execute(_read[query]).to_arrow_table()


warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)
_read: dict[str, duckdb.Statement] = {}
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
