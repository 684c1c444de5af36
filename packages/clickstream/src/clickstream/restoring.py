"""A backup into the warehouse of a home folder."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg2

from clickstream import __version__
from clickstream.backup import rows_by_table
from clickstream.backup_file import Contents, opened_backup
from clickstream.errors import BackupError
from clickstream.home import DATABASE, OWNER, Home
from clickstream.postgres_program import running_program

_CHUNK_BYTES = 1 << 20
_RESTORING, _REPLACED = f"{DATABASE}_restoring", f"{DATABASE}_replaced"
# Of a restore's time; the rest goes into indexes.
_SHARE_OF_ROWS = 0.6
_BACKENDS_END_WITHIN_SECONDS = 5


def restore(home: Home, source: Path, progress: Callable[[float], None], *, force: bool) -> tuple[Contents, list[str]]:
    """Make the warehouse what it was when the backup was made, and bring it to this version.

    It is restored beside the one that is there, checked, and only then takes its place, at once.

    Args:
        home: its PostgreSQL runs, and nobody uses its warehouse.
        source: the backup.
        progress: is told the share done, 0..1.
        force: replace a warehouse that has something loaded.

    Returns:
        What was in the backup, and what the migration to this version did, a line each.

    Raises:
        BackupError: it would overwrite, it is of a newer version, it is damaged, or the warehouse is in use. The
            warehouse is as it was.
        MigrationError: it cannot be brought to this version; the warehouse is as it was.
    """
    with opened_backup(source) as (contents, size, dump), _server(home) as cursor:
        _require_known(source, contents, cursor.connection.server_version // 10_000)
        if not force and (loaded := _loaded_objects(home)):
            raise BackupError(
                f"the warehouse of {home.path} has {loaded:,} objects of the lake loaded: --force replaces it"
            )
        _require_unused(cursor)
        with _restoring(cursor):
            done = _fill(home, contents, size, dump, progress)
            try:
                _swap(cursor)
            except psycopg2.errors.ObjectInUse as error:
                raise BackupError("somebody began to use the warehouse meanwhile, so it stays as it was") from error
    return contents, done


def _fill(home: Home, contents: Contents, size: int, dump: IO[bytes], progress: Callable[[float], None]) -> list[str]:
    """Restore into the database beside, check it, bring it to this version; returns what that did."""
    from warehouse import roles  # noqa: PLC0415 -- SQLAlchemy takes a second
    from warehouse.connect import make_engine  # noqa: PLC0415 -- same
    from warehouse.migrate import migrate  # noqa: PLC0415 -- same

    url = home.warehouse_url(OWNER, _RESTORING)
    engine = make_engine(url, "clickstream-restore", pool_size=1)
    with engine.begin() as connection:
        roles.ensure(connection, home.role_passwords)
    engine.dispose()
    made = 0

    def heard(line: str) -> None:
        nonlocal made
        if re.search(r"creating (INDEX|CONSTRAINT) ", line):
            made += 1
            progress(_SHARE_OF_ROWS + (1 - _SHARE_OF_ROWS) * min(1.0, made / max(1, contents.indexes)))

    arguments = ("--exit-on-error", "--no-owner", f"--dbname={_RESTORING}")
    with running_program(home, "pg_restore", *arguments, heard=heard) as program:
        read = 0
        while chunk := dump.read(_CHUNK_BYTES):
            program.stdin.write(chunk)
            read += len(chunk)
            progress(_SHARE_OF_ROWS * read / size)
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            found = rows_by_table(cursor)
            wrong = [
                f"{table} {found.get(table, 0):,} instead of {contents.rows.get(table, 0):,}"
                for table in sorted({*found, *contents.rows})
                if found.get(table) != contents.rows.get(table)
            ]
            if wrong:
                raise BackupError(f"the backup was restored with other rows than it was made with: {', '.join(wrong)}")
            cursor.execute("ANALYZE")
    return migrate(url, home.role_passwords)


@contextmanager
def _server(home: Home) -> Iterator[Any]:
    """A cursor outside of the warehouse and of any transaction."""
    with closing(psycopg2.connect(home.warehouse_url(OWNER, "postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


@contextmanager
def _restoring(cursor: Any) -> Iterator[None]:
    """The database to restore into; gone at the end, also where an earlier restore was killed."""
    cursor.execute(f"DROP DATABASE IF EXISTS {_RESTORING} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {_RESTORING} TEMPLATE template0")
    try:
        yield
    finally:
        cursor.execute(f"DROP DATABASE IF EXISTS {_RESTORING} WITH (FORCE)")


def _swap(cursor: Any) -> None:
    """The restored database takes the place of the other, in one transaction; the other is dropped."""
    cursor.execute(f"DROP DATABASE IF EXISTS {_REPLACED} WITH (FORCE)")
    cursor.execute("BEGIN")
    try:
        cursor.execute(f"ALTER DATABASE {DATABASE} RENAME TO {_REPLACED}")
        cursor.execute(f"ALTER DATABASE {_RESTORING} RENAME TO {DATABASE}")
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute(f"DROP DATABASE {_REPLACED} WITH (FORCE)")


def _require_unused(cursor: Any) -> None:
    """A database in use cannot be replaced: better said before the work than after it.

    A backend ends some moments after its connection, our own of just now as well: they are given as long as PostgreSQL
    itself gives them before it renames a database.
    """
    until = time.monotonic() + _BACKENDS_END_WITHIN_SECONDS
    while users := _users(cursor):
        if time.monotonic() > until:
            raise BackupError(f"the warehouse is in use and stays as it was: {', '.join(users)}")
        time.sleep(0.05)


def _users(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT DISTINCT coalesce(nullif(application_name, ''), 'a client') || ' as ' || usename"
        " FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
        (DATABASE,),
    )
    return [name for (name,) in cursor.fetchall()]


def _loaded_objects(home: Home) -> int:
    with closing(psycopg2.connect(home.warehouse_url())) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('etl.objects') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT count(*) FROM etl.objects")
        return int(cursor.fetchone()[0])


def _require_known(source: Path, contents: Contents, postgres: int) -> None:
    from warehouse.migrate import knows  # noqa: PLC0415 -- SQLAlchemy takes a second

    if contents.postgres > postgres:
        raise BackupError(f"{source} is of PostgreSQL {contents.postgres}, this is {postgres}: restore it with a newer")
    if not knows(contents.revision):
        raise BackupError(
            f"{source} was made by clickstream {contents.clickstream} with tables of {contents.revision}, which this"
            f" version ({__version__}) does not know: restore it with that version, or a newer one"
        )
