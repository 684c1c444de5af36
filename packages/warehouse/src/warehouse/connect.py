"""Connections to the warehouse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errorcodes
from sqlalchemy import Engine, create_engine, make_url

from warehouse.errors import WarehouseRefusedError, WarehouseUnavailableError

Connection = Any  # psycopg2 ships no types
Cursor = Any

_CONNECT_TIMEOUT_SECONDS = 10
# Why a server lets nobody in; libpq gives no SQLSTATE for it. Whatever else it says may pass.
_REFUSALS = re.compile(
    r"authentication failed|does not exist|no pg_hba\.conf entry|permission denied|no password supplied"
)
_GONE = {errorcodes.ADMIN_SHUTDOWN, errorcodes.CRASH_SHUTDOWN, errorcodes.CANNOT_CONNECT_NOW}
_PASSING = {
    errorcodes.SERIALIZATION_FAILURE,
    errorcodes.DEADLOCK_DETECTED,
    errorcodes.LOCK_NOT_AVAILABLE,
    errorcodes.TOO_MANY_CONNECTIONS,
}


@contextmanager
def connected(url: str, application_name: str) -> Iterator[Connection]:
    """A psycopg2 connection in UTC, closed at the end; what was not committed is rolled back.

    Raises:
        WarehouseUnavailableError: nobody answers at the URL.
        WarehouseRefusedError: the server does not know the role, its password or the database.
    """
    try:
        connection = psycopg2.connect(
            url,
            application_name=application_name,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            options="-c timezone=UTC",
        )
    except psycopg2.OperationalError as error:
        kind = WarehouseRefusedError if _REFUSALS.search(str(error)) else WarehouseUnavailableError
        raise kind(f"the warehouse cannot be reached: {str(error).strip()}") from error
    try:
        yield connection
    finally:
        connection.close()


def connection_lost(error: BaseException) -> bool:
    """Whether the connection is gone: on a new one, the same may succeed."""
    if isinstance(error, psycopg2.InterfaceError):
        return True
    if not isinstance(error, psycopg2.OperationalError):
        return False
    code = error.pgcode
    return code is None or code in _GONE or code.startswith(errorcodes.CLASS_CONNECTION_EXCEPTION)


def passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed on the same connection: somebody else was in its way."""
    return isinstance(error, psycopg2.Error) and error.pgcode in _PASSING


def make_engine(url: str, application_name: str, pool_size: int = 5) -> Engine:
    """A SQLAlchemy engine with a pool; a connection that died is replaced before it is used."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=_CONNECT_TIMEOUT_SECONDS,
        connect_args={
            "application_name": application_name,
            "connect_timeout": _CONNECT_TIMEOUT_SECONDS,
            "options": "-c timezone=UTC",
        },
    )
