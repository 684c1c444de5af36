"""Reading the ETL's books: freshness, windows, runs, rejects, audit."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, tuple_
from sqlmodel import Session, col, select

from admin_api.errors import InvalidCursorError, InvalidRangeError, RejectNotFoundError, RunNotFoundError
from admin_api.views.etl import (
    Audit,
    AuditView,
    ReasonCount,
    Rejects,
    RejectView,
    Runs,
    RunView,
    Status,
    Totals,
    Windows,
    WindowView,
)
from warehouse import rejects as quarantine
from warehouse.rejects import RejectFilter
from warehouse.tables import AuditEntry, Run, Window

_BEHIND_SECONDS = 3600
_MAX_LINE = 2000


def status(session: Session) -> Status:
    """Freshness and totals."""
    row = session.connection().execute(text("SELECT now() AS as_of, f.* FROM mart.freshness() f")).mappings().one()
    if row["failing_windows"]:
        state = "failing"
    elif not row["windows"]:
        state = "empty"
    elif (row["lag_seconds"] or 0) > _BEHIND_SECONDS:
        state = "behind"
    else:
        state = "ok"
    shared = {name: row[name] for name in Status.model_fields if name in row}
    return Status(state=state, totals=Totals(**{name: row[name] for name in Totals.model_fields}), **shared)


def windows(
    session: Session,
    *,
    state: str | None,
    start: datetime | None,
    end: datetime | None,
    before: datetime | None,
    limit: int,
) -> Windows:
    """A page of windows of [start, end), newest first."""
    query = select(Window).order_by(col(Window.ingest_window).desc()).limit(limit + 1)
    if state:
        query = query.where(Window.state == state)
    if start:
        query = query.where(Window.ingest_window >= in_utc("from", start))
    for name, bound in (("to", end), ("before", before)):
        if bound:
            query = query.where(Window.ingest_window < in_utc(name, bound))
    found = list(session.exec(query))
    page = found[:limit]
    return Windows(
        windows=[WindowView.model_validate(window.model_dump(exclude={"attempts"})) for window in page],
        next=_iso(page[-1].ingest_window) if len(found) > limit else None,
    )


def list_runs(session: Session, state: str | None, before: str | None, limit: int, *, idle: bool) -> Runs:
    """A page of runs, newest first; ticks that had nothing to do only if ``idle``.

    Raises:
        InvalidCursorError: `before` is no `next` of a page.
    """
    query = select(Run).order_by(col(Run.requested_at).desc(), col(Run.run_id).desc()).limit(limit + 1)
    if not idle:
        query = query.where((Run.trigger != "schedule") | (Run.objects > 0) | (Run.state != "succeeded"))
    if state:
        query = query.where(Run.state == state)
    if before:
        query = query.where(tuple_(col(Run.requested_at), col(Run.run_id)) < tuple_(*_run_cursor(before)))
    found = list(session.exec(query))
    page = found[:limit]
    return Runs(
        runs=[run_view(run) for run in page],
        next=f"{_iso(page[-1].requested_at)}~{page[-1].run_id}" if len(found) > limit else None,
    )


def one_run(session: Session, run_id: UUID) -> RunView:
    """One run.

    Raises:
        RunNotFoundError: none has this id.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise RunNotFoundError(f"no run has the id {run_id}")
    return run_view(run)


def rejects(session: Session, wanted: RejectFilter, before: int | None, limit: int) -> Rejects:
    """Counts by reason, and a page of lines that were set aside."""
    cursor = cursor_of(session)
    found = quarantine.page(cursor, wanted, limit=limit + 1, before=before)
    page = found[:limit]
    return Rejects(
        by_reason=[ReasonCount.model_validate(asdict(count)) for count in quarantine.by_reason(cursor, wanted)],
        rejects=[_reject_view(row, row.line[:_MAX_LINE] if row.line else None) for row in page],
        next=str(page[-1].reject_id) if len(found) > limit else None,
    )


def one_reject(session: Session, reject_id: int) -> RejectView:
    """One reject with its whole line.

    Raises:
        RejectNotFoundError: there is none of this id.
    """
    row = quarantine.one(cursor_of(session), reject_id)
    if row is None:
        raise RejectNotFoundError(f"no reject has the id {reject_id}: there never was one, or a replay has loaded it")
    return _reject_view(row, row.line)


def audit(session: Session, before: int | None, limit: int) -> Audit:
    """A page of the audit, newest first."""
    query = select(AuditEntry).order_by(col(AuditEntry.audit_id).desc()).limit(limit + 1)
    if before:
        query = query.where(col(AuditEntry.audit_id) < before)
    found = list(session.exec(query))
    page = found[:limit]
    return Audit(
        entries=[AuditView.model_validate(entry) for entry in page],
        next=page[-1].audit_id if len(found) > limit else None,
    )


def run_view(run: Run) -> RunView:
    """What the API says of a run."""
    return RunView.model_validate(run)


def cursor_of(session: Session) -> Any:
    """The driver's cursor, inside of the session's transaction."""
    return session.connection().connection.cursor()


def in_utc(name: str, moment: datetime) -> datetime:
    """A moment of a query in UTC.

    Raises:
        InvalidRangeError: it has no time zone, or UTC has no such day.
    """
    if moment.tzinfo is None:
        raise InvalidRangeError(f"«{name}» needs a time zone, such as 2026-11-22T07:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidRangeError(f"«{name}» is too near to an end of the calendar") from None


def _reject_view(row: quarantine.RejectRow, line: str | None) -> RejectView:
    members = asdict(row) | {"line": line}
    return RejectView(**{name: members[name] for name in RejectView.model_fields})


def _run_cursor(before: str) -> tuple[datetime, UUID]:
    moment, _, run_id = before.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is not None:
            return at.astimezone(UTC), UUID(run_id)
    except (ValueError, OverflowError):
        pass
    raise InvalidCursorError(f"«before» is no «next» of another page: {before!r}")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
