"""Connections to the warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Engine, create_engine, make_url

from warehouse.errors import WarehouseUnavailableError

Connection = Any  # psycopg2 ships no types
Cursor = Any

_CONNECT_TIMEOUT_SECONDS = 10


@contextmanager
def connected(url: str, application_name: str) -> Iterator[Connection]:
    """A psycopg2 connection in UTC, closed at the end; what was not committed is rolled back.

    Raises:
        WarehouseUnavailableError: nobody answers at the URL, or the password is wrong.
    """
    try:
        connection = psycopg2.connect(
            url,
            application_name=application_name,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            options="-c timezone=UTC",
        )
    except psycopg2.OperationalError as error:
        raise WarehouseUnavailableError(f"the warehouse cannot be reached: {str(error).strip()}") from error
    try:
        yield connection
    finally:
        connection.close()


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
