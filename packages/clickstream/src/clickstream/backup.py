"""The warehouse of a home folder into a backup."""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg2
from psycopg2 import sql

from clickstream import __version__
from clickstream.backup_file import Contents, new_backup
from clickstream.errors import BackupError
from clickstream.home import DATABASE, Home
from clickstream.postgres_program import running_program

_CHUNK_BYTES = 1 << 20
# Whatever there is: a table in a schema that a later version makes is counted too.
_OURS = "c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_TABLES = f"""
    SELECT n.nspname, c.relname, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS} ORDER BY 1, 2"""  # noqa: S608 -- constants
_INDEXES = f"""
    SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS}"""  # noqa: S608 -- constants


def back_up(home: Home, target: Path, progress: Callable[[float], None]) -> Contents:
    """Write the warehouse as it is at this moment into a new file; loads go on meanwhile.

    Args:
        home: its PostgreSQL runs.
        target: the file, new or to be replaced.
        progress: is told the share done, 0..1.

    Returns:
        What is in it.

    Raises:
        BackupError: there is nothing to back up, or it cannot be read or written.
    """
    with closing(psycopg2.connect(home.warehouse_url())) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('etl.alembic_version') IS NOT NULL")
            if not cursor.fetchone()[0]:
                raise BackupError(f"the warehouse of {home.path} is empty: there is nothing to back up")
            # The dump and the counts see the same moment.
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            cursor.execute(_TABLES)
            sizes = {f"{schema}.{table}": size for schema, table, size in cursor.fetchall()}
            contents = _contents(cursor, connection.server_version // 10_000)
            with new_backup(target) as write:
                write(lambda file: _dump(home, snapshot, file, sizes, progress), contents)
    return contents


def rows_by_table(cursor: Any) -> dict[str, int]:
    """Rows of every table of the warehouse, by its name; partitions one by one."""
    cursor.execute(_TABLES)
    counted = {}
    for schema, table, _ in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table)))
        (counted[f"{schema}.{table}"],) = cursor.fetchone()
    return counted


def _contents(cursor: Any, postgres: int) -> Contents:
    cursor.execute("SELECT (SELECT version_num FROM etl.alembic_version), (SELECT time_zone FROM public.site)")
    revision, time_zone = cursor.fetchone()
    cursor.execute(_INDEXES)
    (indexes,) = cursor.fetchone()
    made_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Contents(made_at, __version__, postgres, revision, time_zone, rows_by_table(cursor), indexes)


def _dump(home: Home, snapshot: str, file: IO[bytes], sizes: dict[str, int], progress: Callable[[float], None]) -> None:
    total = sum(sizes.values()) or 1
    done = [0, 0]  # bytes of the tables before, and of the one that is being read

    def heard(line: str) -> None:
        if found := re.search(r'dumping contents of table "([^"]+)"', line):
            done[0], done[1] = done[0] + done[1], sizes.get(found[1], 0)
            progress(done[0] / total)

    arguments = ("--format=custom", "--compress=gzip:1", "--no-owner", f"--snapshot={snapshot}", DATABASE)
    with running_program(home, "pg_dump", *arguments, heard=heard) as program:
        while chunk := program.stdout.read(_CHUNK_BYTES):
            file.write(chunk)
    progress(1.0)
