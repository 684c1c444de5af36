"""Bringing a warehouse to this version: roles, tables, mart functions, rights. Everything is one transaction."""

import hashlib
from collections.abc import Mapping
from contextlib import closing
from importlib import resources

import psycopg2
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from warehouse import roles
from warehouse.connect import make_engine
from warehouse.errors import MigrationError, WarehouseError, WarehouseUnavailableError
from warehouse.load import wait_for_turn
from warehouse.rebuild import remake_all_days

_LOCK = 0x636C69636B  # "click": one migration at a time


def migrate(owner_url: str, role_passwords: Mapping[str, str], site_time_zone: str = "UTC") -> list[str]:
    """Bring the warehouse to this version; nothing happens where it is already there.

    Args:
        owner_url: URL of a role that may create schemas and roles.
        role_passwords: password by role name; roles left out keep theirs, and are made without one.
        site_time_zone: IANA time zone in which the site's days begin. Changing it re-makes the rollups.

    Returns:
        What was done, a line each; empty where nothing was.

    Raises:
        WarehouseUnavailableError: nobody answers at the URL.
        MigrationError: a step failed; nothing was changed.
    """
    engine = make_engine(owner_url, "clickstream-migrate", pool_size=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            return [
                *roles.ensure(connection, role_passwords),
                *_upgrade(connection),
                *_install_mart(connection),
                *roles.grant(connection),
                *_set_time_zone(connection, site_time_zone),
            ]
    except DBAPIError as error:
        raise _told(error.orig or error, lost=error.connection_invalidated) from error
    except psycopg2.Error as error:  # of the steps that work on the driver's own cursor
        raise _told(error, lost=isinstance(error, psycopg2.InterfaceError)) from error
    finally:
        engine.dispose()


def _told(error: BaseException, *, lost: bool) -> WarehouseError:
    reason = str(error).strip()
    if isinstance(error, psycopg2.errors.LockNotAvailable):
        return MigrationError(f"{reason}: somebody holds a lock; try again")
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


def _set_time_zone(connection: Connection, time_zone: str) -> list[str]:
    known = connection.scalar(text("SELECT true FROM pg_timezone_names WHERE name = :zone"), {"zone": time_zone})
    if not known:
        raise MigrationError(f"unknown time zone {time_zone!r}: expected an IANA name such as Asia/Ho_Chi_Minh")
    before = connection.scalar(text("SELECT time_zone FROM site"))
    if before == time_zone:
        return []
    with closing(connection.connection.cursor()) as cursor:
        # A load that has read the old zone would write days of it after ours.
        wait_for_turn(cursor)
    connection.execute(
        text("INSERT INTO site (time_zone) VALUES (:zone) ON CONFLICT (one_row) DO UPDATE SET time_zone = :zone"),
        {"zone": time_zone},
    )
    if before is None:
        return [f"time zone: {time_zone}"]
    with closing(connection.connection.cursor()) as cursor:
        remake_all_days(cursor)
    return [f"time zone: {before} -> {time_zone}, rollups re-made"]
