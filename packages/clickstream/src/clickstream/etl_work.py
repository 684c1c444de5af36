"""What the `clickstream etl` commands do with a home's lake and warehouse, in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from admin_api import etl_books
from admin_api.views.etl import RunView, Status
from clickstream.errors import InputError
from clickstream.home import Home
from etl.app import make_logger
from etl.errors import EtlError
from etl.runner import Runner, RunResult
from etl.settings import Settings
from lake import open_lake
from warehouse import differences, rejects
from warehouse.connect import Connection, connected, make_engine
from warehouse.migrate import migrate
from warehouse.reject_export import Format, exported
from warehouse.rejects import ReasonCount, RejectFilter, RejectRow


def tick(home: Home) -> list[RunResult]:
    """What a tick of the schedule does: queued runs, then what is new since the watermark."""
    return _runner(home).tick()


def load_range(
    home: Home, start: datetime | None, end: datetime | None, *, replace: bool, show: Callable[[float], None]
) -> list[RunResult]:
    """Load the windows of a range, or all there are; ``show`` is told the share done.

    Raises:
        InputError: the range cannot be one.
    """
    try:
        result = _runner(home).range(
            start,
            end,
            replace=replace,
            trigger="cli",
            requested_by="clickstream etl run",
            progress=lambda done, total: show(done / total if total else 1.0),
        )
    except EtlError as error:
        raise InputError(str(error)) from error
    return [result]


def status(home: Home) -> Status:
    """How new the warehouse is, and its books: what the admin API answers."""
    _migrated(home)
    with _session(home) as session:
        return etl_books.status(session)


def runs(home: Home, limit: int) -> list[RunView]:
    """The newest runs, without ticks that had nothing to do: what the admin API answers."""
    _migrated(home)
    with _session(home) as session:
        return etl_books.list_runs(session, None, None, limit, idle=False).runs


def difference(home: Home, run_id: UUID) -> dict[str, Any] | None:
    """What a run changed in the books of windows; None where it changed none or does not exist."""
    with _reading(home) as connection, connection.cursor() as cursor:
        return differences.of_run(cursor, run_id)


def list_rejects(home: Home, wanted: RejectFilter, limit: int) -> tuple[list[ReasonCount], list[RejectRow]]:
    """Counts of the rejects by reason, and the newest of them."""
    with _reading(home) as connection, connection.cursor() as cursor:
        return rejects.by_reason(cursor, wanted), rejects.page(cursor, wanted, limit=limit)


def export_rejects(home: Home, wanted: RejectFilter, file_format: Format) -> Iterator[bytes]:
    """All rejects in a format, read as they are consumed."""
    with _reading(home) as connection:
        yield from exported(rejects.stream(connection, wanted), file_format)


def replay_rejects(home: Home, wanted: RejectFilter, show: Callable[[float], None]) -> RunResult:
    """Try rejects once more; ``show`` is told the share done."""
    return _runner(home).replay(
        wanted,
        trigger="cli",
        requested_by="clickstream etl rejects replay",
        progress=lambda done, total: show(done / total if total else 1.0),
    )


@contextmanager
def _session(home: Home) -> Iterator[Session]:
    engine = make_engine(home.warehouse_url("clickstream_admin"), "clickstream-cli", pool_size=1)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def _reading(home: Home) -> Iterator[Connection]:
    _migrated(home)
    with connected(home.warehouse_url("clickstream_admin"), "clickstream-cli") as connection:
        yield connection


def _migrated(home: Home) -> None:
    migrate(home.warehouse_url(), home.role_passwords, home.site_time_zone)


def _runner(home: Home) -> Runner:
    _migrated(home)
    settings = Settings(
        lake_url=home.lake_url,
        warehouse_url=home.warehouse_url("clickstream_etl"),
        log_level="CRITICAL",  # what failed is told by the command itself
    )
    return Runner(settings, open_lake(settings.lake_url), make_logger(settings))
