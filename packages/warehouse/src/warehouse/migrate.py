"""Bringing a warehouse to this version: roles, tables, mart functions, rights. Everything is one transaction."""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib import resources

import psycopg2
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from warehouse import roles
from warehouse.connect import make_engine
from warehouse.derive import remake_everything
from warehouse.errors import LockedError, MigrationError, WarehouseError, WarehouseUnavailableError
from warehouse.load import wait_for_turn

_LOCK = 0x636C69636B  # "click": one migration at a time
# Another migration, or the transaction in which the ETL is loading, may take this long until it is our turn.
_TURN_TIMEOUT = "60s"
# A statement that waits for a lock makes everybody behind it wait too: better to give up and try again.
_LOCK_TIMEOUT = "5s"
_PAUSE_SECONDS = 2.0


def migrate(
    owner_url: str,
    role_passwords: Mapping[str, str],
    site_time_zone: str | None = None,
    *,
    tries: int = 1,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Bring the warehouse to this version; nothing happens where it is already there.

    Safe while the ETL is live: it waits until no load is in a transaction, keeps the next one waiting until it is done,
    and gives up where a reader keeps a lock, rather than making all others wait behind it.

    Args:
        owner_url: URL of a role that may create schemas and roles.
        role_passwords: password by role name; roles left out keep theirs, and are made without one.
        site_time_zone: IANA time zone in which the site's days begin; None keeps the one it has (UTC where it is
            new). Changing it re-makes the rollups.
        tries: how often to try while others hold locks.
        sleep: waits between tries, in seconds.

    Returns:
        What was done, a line each; empty where nothing was.

    Raises:
        WarehouseUnavailableError: nobody answers at the URL.
        MigrationError: a step failed; nothing was changed.
    """
    engine = make_engine(owner_url, "clickstream-migrate", pool_size=1)
    try:
        while True:
            tries -= 1
            try:
                with engine.begin() as connection:
                    return _steps(connection, role_passwords, site_time_zone)
            except DBAPIError as error:
                told = _told(error.orig or error, lost=error.connection_invalidated)
                if not isinstance(told, LockedError) or not tries:
                    raise told from error
            except psycopg2.Error as error:  # of the steps that work on the driver's own cursor
                told = _told(error, lost=isinstance(error, psycopg2.InterfaceError))
                if not isinstance(told, LockedError) or not tries:
                    raise told from error
            sleep(_PAUSE_SECONDS)
    finally:
        engine.dispose()


def head_revision() -> str:
    """The revision of the tables that this code needs."""
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    return ScriptDirectory.from_config(config).get_current_head() or ""


def knows(revision: str) -> bool:
    """Whether this code has the revision of tables, and so can bring them from there to its own."""
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    return any(script.revision == revision for script in ScriptDirectory.from_config(config).walk_revisions())


def _steps(connection: Connection, role_passwords: Mapping[str, str], site_time_zone: str | None) -> list[str]:
    _set_lock_timeout(connection, _TURN_TIMEOUT)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    with closing(connection.connection.cursor()) as cursor:
        wait_for_turn(cursor)
    _set_lock_timeout(connection, _LOCK_TIMEOUT)
    return [
        *roles.ensure(connection, role_passwords),
        *_upgrade(connection),
        *_install_mart(connection),
        *roles.grant(connection),
        *_set_time_zone(connection, site_time_zone),
        *_fill_facts(connection),
    ]


def _set_lock_timeout(connection: Connection, timeout: str) -> None:
    connection.execute(text("SELECT set_config('lock_timeout', :timeout, true)"), {"timeout": timeout})


def _told(error: BaseException, *, lost: bool) -> WarehouseError:
    reason = str(error).strip()
    if isinstance(error, psycopg2.errors.LockNotAvailable):
        return LockedError(f"{reason}: somebody holds a lock; try again")
    if lost or isinstance(error, psycopg2.OperationalError):
        return WarehouseUnavailableError(f"the warehouse cannot be reached: {reason}")
    return MigrationError(reason)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for a connection."""
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> list[str]:
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS etl"))
    before = _revision(connection)
    command.upgrade(alembic_config(connection), "head")
    after = _revision(connection)
    return [] if before == after else [f"tables: {before or 'none'} -> {after}"]


def _revision(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table_schema": "etl"})
    return context.get_current_revision()


def _install_mart(connection: Connection) -> list[str]:
    """Make the schema `mart` anew where its files changed: functions can change their columns only by being dropped."""
    files = sorted(
        (file for file in resources.files("warehouse").joinpath("mart").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    sources = [file.read_text("utf-8") for file in files]
    fingerprint = hashlib.sha256("\0".join(sources).encode()).hexdigest()
    installed = connection.scalar(text("SELECT obj_description(to_regnamespace('mart')::oid, 'pg_namespace')"))
    if installed == fingerprint:
        return []
    connection.execute(text("DROP SCHEMA IF EXISTS mart CASCADE"))
    connection.execute(text("CREATE SCHEMA mart"))
    for source in sources:
        connection.exec_driver_sql(source.replace("%", "%%"))
    connection.exec_driver_sql(f"COMMENT ON SCHEMA mart IS '{fingerprint}'")
    return [f"mart: {len(files)} questions"]


def _set_time_zone(connection: Connection, time_zone: str | None) -> list[str]:
    before = connection.scalar(text("SELECT time_zone FROM site"))
    if time_zone is None:
        time_zone = before or "UTC"
    known = connection.scalar(text("SELECT true FROM pg_timezone_names WHERE name = :zone"), {"zone": time_zone})
    if not known:
        raise MigrationError(f"unknown time zone {time_zone!r}: expected an IANA name such as Asia/Ho_Chi_Minh")
    if before == time_zone:
        return []
    if before is not None and connection.scalar(text("SELECT EXISTS (SELECT FROM etl.dropped_months)")):
        raise MigrationError(
            f"the time zone cannot change from {before} to {time_zone}: retention has dropped events, and the rollups"
            " of their days cannot be made again"
        )
    connection.execute(
        text("INSERT INTO site (time_zone) VALUES (:zone) ON CONFLICT (one_row) DO UPDATE SET time_zone = :zone"),
        {"zone": time_zone},
    )
    if before is None:
        return [f"time zone: {time_zone}"]
    with closing(connection.connection.cursor()) as cursor:
        remake_everything(cursor)
    return [f"time zone: {before} -> {time_zone}, rollups re-made"]


def _fill_facts(connection: Connection) -> list[str]:
    """Make the facts of a warehouse that was loaded before there were any."""
    missing = connection.scalar(
        text(
            "SELECT EXISTS (SELECT FROM sessions) AND NOT EXISTS (SELECT FROM session_facts)"
            " AND NOT EXISTS (SELECT FROM etl.dropped_months)"
        )
    )
    if not missing:
        return []
    with closing(connection.connection.cursor()) as cursor:
        remake_everything(cursor)
    return ["facts: made from what is loaded"]
