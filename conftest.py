"""A real PostgreSQL for all tests that need one: one server a session, one freshly migrated database a test."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
import pytest
from free_ports import free_ports
from hypothesis import settings

from clickstream.home import OWNER, Home, open_home
from clickstream.postgres import running
from warehouse.migrate import migrate

settings.register_profile("fuzz", deadline=None)
_TEMPLATE = "migrated"
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, but for those that others have to mend."""
    # Ibis 12 calls DuckDB's older name of a function.
    config.addinivalue_line("filterwarnings", r"ignore:fetch_arrow_table\(\) is deprecated:DeprecationWarning")


@dataclass(frozen=True)
class WarehouseServer:
    """A running PostgreSQL with the platform's roles, and a migrated database to copy."""

    home: Home

    @contextmanager
    def database(self, template: str = _TEMPLATE) -> Iterator["Warehouse"]:
        """A database of its own, a copy of the template; gone at the end."""
        name = f"test_{next(_numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        opened = Warehouse(self.home, name)
        try:
            yield opened
        finally:
            opened.close()
            self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def command(self, statement: str) -> None:
        """Run a statement as the owner, outside of any transaction."""
        connection = psycopg2.connect(self.home.warehouse_url(OWNER, "postgres"))
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()


@dataclass(frozen=True)
class Warehouse:
    """One database: its URLs, and a way to look into it."""

    home: Home
    name: str
    _kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def owner_url(self) -> str:
        """URL as the owner."""
        return self.role_url(OWNER)

    @property
    def role_passwords(self) -> dict[str, str]:
        """Passwords of the services' roles, as ``migrate`` takes them."""
        return self.home.role_passwords

    def role_url(self, role: str) -> str:
        """URL as one of the services' roles."""
        return self.home.warehouse_url(role, self.name)

    @contextmanager
    def connection(self, role: str = OWNER) -> Iterator[Any]:
        """A connection in which every statement is a transaction of its own."""
        connection = self._connect(role)
        try:
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        for connection in self._kept.values():
            connection.close()

    def _connect(self, role: str) -> Any:
        connection = psycopg2.connect(self.role_url(role), options="-c timezone=UTC")
        connection.autocommit = True
        return connection

    def rows(self, query: str, parameters: object = None, role: str = OWNER) -> list[tuple[Any, ...]]:
        """The rows of a query; none for a statement that has no result."""
        # Logging in takes 10 ms, most queries of a test less than one: a connection a role is kept.
        if role not in self._kept or self._kept[role].closed:
            self._kept[role] = self._connect(role)
        with self._kept[role].cursor() as cursor:
            cursor.execute(query, parameters)
            return list(cursor.fetchall()) if cursor.description else []

    def value(self, query: str, parameters: object = None, role: str = OWNER) -> Any:
        """The one value of a query."""
        ((found,),) = self.rows(query, parameters, role)
        return found


_exit_status = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep what the session ends with."""
    session.config.stash[_exit_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End without taking the interpreter down.

    After a thousand tests with half a dozen native libraries in one process, pydantic_core was once seen to crash while
    Python was dismantled, long after the last test and its clean-up: the exit status is the tests', not that crash's.
    """
    if _exit_status in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_exit_status])


@pytest.fixture(scope="session")
def warehouse_server() -> Iterator[WarehouseServer]:
    """The session's PostgreSQL. It may lose data when the machine fails, which makes it quick."""
    # Not pytest's tmp_path: its folders are closed to the user that the server runs as when the tests run as root.
    with TemporaryDirectory(prefix="clickstream-test-") as folder:
        home = open_home(Path(folder), port_base=free_ports(10))
        with running(home):
            server = WarehouseServer(home)
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                server.command(f"ALTER SYSTEM SET {setting} = off")
            server.command("SELECT pg_reload_conf()")
            server.command(f"CREATE DATABASE {_TEMPLATE}")
            migrate(home.warehouse_url(OWNER, _TEMPLATE), home.role_passwords)
            yield server


@pytest.fixture
def warehouse(warehouse_server: WarehouseServer) -> Iterator[Warehouse]:
    """A freshly migrated database, the site's days in UTC."""
    with warehouse_server.database() as database:
        yield database


@pytest.fixture
def loop() -> Iterator[None]:
    """The main thread's event loop, as the Lambda runtime has one: Mangum would make one and never close it."""
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    yield
    made.close()
    asyncio.set_event_loop(None)
