"""A PostgreSQL of the benchmark's own, with durable commits, and migrated databases in it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
from tests.support.free_ports import free_ports

from clickstream.home import OWNER, Home, open_home
from clickstream.postgres import running
from warehouse.migrate import migrate

_TEMPLATE = "migrated"
_numbers = count(1)


class Warehouses:
    """The server; ``fresh`` makes databases."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @contextmanager
    def fresh(self) -> Iterator["Database"]:
        """A freshly migrated database; gone at the end. The server has written out all that came before."""
        name = f"bench_{next(_numbers)}"
        with closing(self._connect("postgres")) as server, server.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
            cursor.execute("CHECKPOINT")
            try:
                yield Database(self._home, name)
            finally:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def prepare(self) -> None:
        """Make the database that the others are copies of."""
        with closing(self._connect("postgres")) as server, server.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {_TEMPLATE}")
        migrate(self._home.warehouse_url(OWNER, _TEMPLATE), self._home.role_passwords)

    def _connect(self, database: str) -> Any:
        connection = psycopg2.connect(self._home.warehouse_url(OWNER, database))
        connection.autocommit = True
        return connection


class Database:
    """One database: its URLs, and a way to look into it."""

    def __init__(self, home: Home, name: str) -> None:
        self._home = home
        self.name = name

    def url(self, role: str = OWNER) -> str:
        """URL as the owner or one of the services' roles."""
        return self._home.warehouse_url(role, self.name)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A cursor as the owner, in one transaction that is committed at the end."""
        opened = closing(psycopg2.connect(self.url(), options="-c timezone=UTC"))
        with opened as connection, connection, connection.cursor() as cursor:
            yield cursor

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


@contextmanager
def warehouses() -> Iterator[Warehouses]:
    """A server as `clickstream up` starts it, on data of its own."""
    # Not under the repository: where root runs this, the server's user must be able to reach its folder.
    with TemporaryDirectory(prefix="clickstream-bench-") as folder:
        home = open_home(Path(folder), port_base=free_ports(10))
        with running(home):
            server = Warehouses(home)
            server.prepare()
            yield server
