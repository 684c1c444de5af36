"""The embedded PostgreSQL of a home folder: started, found ready, shared by commands, stopped."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg2
from psycopg2.extensions import cursor

from clickstream.errors import PostgresError
from clickstream.home import DATABASE, OWNER, Home
from clickstream.leash import die_with_parent
from clickstream.ports import require_free
from clickstream.postgres_data import server_command, server_pid

SERVICE = "warehouse"

_READY_SECONDS = 60.0  # crash recovery of a laptop's warehouse takes seconds; a slow disk is given its time
_STOP_SECONDS = 30.0


def wait_until_accepting(home: Home, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until the owner can log in, then make the database if it is missing.

    Raises:
        PostgresError: the server ended, refuses the password, or is not there in time.
    """
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            make_database(home)
            return
        except psycopg2.OperationalError as error:
            reason = str(error).strip().replace("\n", " ")
        if process is not None and process.poll() is not None:
            raise PostgresError(
                f"PostgreSQL ended while starting: {last_line(home)} (all of it: {home.log_of(SERVICE)})"
            )
        if "password authentication failed" in reason or "does not exist" in reason:
            raise PostgresError(f"PostgreSQL on port {home.ports[SERVICE]} is not this home's: {reason}")
        if time.monotonic() > deadline:
            raise PostgresError(f"PostgreSQL did not answer within {_READY_SECONDS:.0f} s: {reason}")
        time.sleep(0.05)


def make_database(home: Home) -> None:
    """Make the database ``clickstream`` if it is missing.

    Raises:
        psycopg2.OperationalError: the server does not accept connections (yet).
    """
    with owner_cursor(home) as owner:
        owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if owner.fetchone() is None:
            with suppress(psycopg2.errors.DuplicateDatabase, psycopg2.errors.UniqueViolation):  # a second command
                owner.execute(f"CREATE DATABASE {DATABASE}")


@contextmanager
def owner_cursor(home: Home) -> Iterator[cursor]:
    """The owner in the database ``postgres``; every statement is a transaction of its own.

    Raises:
        psycopg2.OperationalError: the server does not accept connections (yet).
    """
    with closing(psycopg2.connect(home.warehouse_url(OWNER, "postgres"), connect_timeout=5)) as connection:
        connection.autocommit = True
        with connection.cursor() as opened:
            yield opened


def last_line(home: Home) -> str:
    """The last line of the server's log, for an error message."""
    try:
        lines = home.log_of(SERVICE).read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it wrote nothing"


@contextmanager
def running(home: Home) -> Iterator[None]:
    """PostgreSQL for the length of a command: the one that runs already (of `up`), or one started and stopped here.

    Commands at the same time share one server; the one that started it stops it when the last is done.

    Raises:
        PostgresError: it does not start.
        PortTakenError: another program listens on its port.
    """
    users = _lock_file(home, "postgres.users")
    try:
        with starting(home):
            process = _join_or_start(home)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if process is not None:
                with starting(home):
                    fcntl.flock(users, fcntl.LOCK_EX)
                    stop(process)
    finally:
        os.close(users)


@contextmanager
def starting(home: Home) -> Iterator[None]:
    """One process at a time starts or stops the server of a home."""
    handle = _lock_file(home, "postgres.starting")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server that this process started: roll back what is open, write what is committed, end.

    Raises:
        PostgresError: it does not end.
    """
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # PostgreSQL's «fast» shutdown
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise PostgresError(f"PostgreSQL did not stop within {_STOP_SECONDS:.0f} s and was killed") from None


def stop_foreign(home: Home, patience_seconds: float) -> None:
    """Get rid of a server that another process started on this home's data: wait for it, then stop it.

    For `up`, which must own its server: a short command may be using one, and a killed `up` may have left one.

    Raises:
        PostgresError: it does not end.
    """
    deadline = time.monotonic() + patience_seconds
    while (pid := server_pid(home)) is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _STOP_SECONDS
    while server_pid(home) is not None:
        if time.monotonic() > deadline:
            raise PostgresError(f"an earlier PostgreSQL (process {pid}) on {home.postgres_data} does not stop")
        time.sleep(0.1)


def _join_or_start(home: Home) -> subprocess.Popen[bytes] | None:
    """The server that was started here, or None where one ran already. One that is going down is waited for."""
    deadline = time.monotonic() + _READY_SECONDS
    while server_pid(home) is not None:
        try:
            make_database(home)
            return None
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL runs on {home.postgres_data} but does not answer on port {home.ports[SERVICE]}: "
                    f"{str(error).strip().splitlines()[0]}"
                ) from error
        time.sleep(0.1)
    require_free(home, SERVICE)
    command = server_command(home)
    with home.log_of(SERVICE).open("ab") as log:
        process = subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one thread here; see leash.py
            user=command.user,
            group=command.user,
            extra_groups=None if command.user is None else (),
        )
    try:
        wait_until_accepting(home, process)
    except BaseException:
        stop(process)
        raise
    return process


def _lock_file(home: Home, name: str) -> int:
    return os.open(home.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
