"""A PostgreSQL that tests may kill: what it has answered «committed» survives the death of its processes."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import psutil
import psycopg2

from clickstream.home import OWNER, Home
from clickstream.postgres import stop, wait_until_accepting
from clickstream.postgres_data import server_command
from warehouse.migrate import migrate

MIGRATED = "migrated"
_numbers = count(1)


class FaultServer:
    """PostgreSQL on a home of its own, with a migrated database to copy."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, recovering from whatever happened to it."""
        command = server_command(self.home)
        with self.home.log_of("warehouse").open("ab") as log:
            self._process = subprocess.Popen(
                # Only a power cut could tell that fsync is off: the kernel keeps what dead processes wrote.
                [*command.argv, "-c", "fsync=off", "-c", "full_page_writes=off"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0,
                user=command.user, group=command.user, extra_groups=None if command.user is None else (),
            )  # fmt: skip
        wait_until_accepting(self.home, self._process)

    def prepare(self) -> None:
        """Make the database that the others are copies of."""
        self.command(f"CREATE DATABASE {MIGRATED}")
        migrate(self.home.warehouse_url(OWNER, MIGRATED), self.home.role_passwords)

    def stop(self) -> None:
        """Stop it in good order."""
        if self._process is not None:
            stop(self._process)

    def kill(self, how: signal.Signals) -> None:
        """End all of it at once: SIGQUIT as `pg_ctl stop -m immediate` does, SIGKILL as a container's end."""
        assert self._process is not None
        family = psutil.Process(self._process.pid).children() if how is signal.SIGKILL else []
        self._process.send_signal(how)
        for each in family:  # each is a process group of its own
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self._process.wait()
        psutil.wait_procs(family, 30)

    def crash(self, backend: int) -> None:
        """SIGKILL one of its processes; returns when the server has noticed, and ended all others."""
        witness = psycopg2.connect(self.home.warehouse_url(OWNER, "postgres"))
        os.kill(backend, signal.SIGKILL)
        assert select.select([witness.fileno()], [], [], 30)[0], "PostgreSQL does not notice that a process died"
        witness.close()

    def wait(self) -> None:
        """Wait until it lets clients in again, after one of its processes was killed."""
        give_up = time.monotonic() + 60
        while True:
            try:
                self.command("SELECT 1")
                return
            except psycopg2.OperationalError:
                assert time.monotonic() < give_up, "PostgreSQL does not come back"
                time.sleep(0.02)

    def command(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the owner, outside of any transaction."""
        connection = psycopg2.connect(self.home.warehouse_url(OWNER, database))
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()

    @contextmanager
    def database(self, template: str = MIGRATED, name: str | None = None) -> Iterator["FaultDatabase"]:
        """A database of its own, a copy of the template; gone at the end."""
        name = name or f"faults_{next(_numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield FaultDatabase(self, name)
        finally:
            with suppress(psycopg2.OperationalError):
                self.command(f"DROP DATABASE {name} WITH (FORCE)")


class FaultDatabase:
    """One database of the server."""

    def __init__(self, server: FaultServer, name: str) -> None:
        self.server = server
        self.name = name

    def role_url(self, role: str = OWNER) -> str:
        """URL as one of the roles."""
        return self.server.home.warehouse_url(role, self.name)

    def rows(self, query: str, parameters: object = None, role: str = OWNER) -> list[tuple[Any, ...]]:
        """The rows of a query; none for a statement that has no result."""
        connection = psycopg2.connect(self.role_url(role), options="-c timezone=UTC")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, parameters)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def value(self, query: str, parameters: object = None) -> Any:
        """The one value of a query."""
        ((found,),) = self.rows(query, parameters)
        return found


@contextmanager
def running_server(home: Home) -> Iterator[FaultServer]:
    """Start it on a home, with a migrated database; stop it at the end."""
    server = FaultServer(home)
    server.start()
    try:
        server.prepare()
        yield server
    finally:
        server.stop()
