"""Reading the ETL's books, and queueing runs."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from admin_api.errors import InvalidRangeError, RunNotFoundError
from admin_api.etl_views import ReasonCount, Rejects, RejectView, RunRequest, Runs, RunView, Status, Totals, Windows
from admin_api.etl_views import WindowView as View
from warehouse.tables import LoadedObject, Reject, Run, Window

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


def windows(session: Session, state: str | None, before: datetime | None, limit: int) -> Windows:
    """A page of windows, newest first."""
    query = select(Window).order_by(col(Window.ingest_window).desc()).limit(limit + 1)
    if state:
        query = query.where(Window.state == state)
    if before:
        query = query.where(Window.ingest_window < before)
    found = list(session.exec(query))
    page = found[:limit]
    more = len(found) > limit
    return Windows(
        windows=[View.model_validate(window.model_dump(exclude={"attempts"})) for window in page],
        next=page[-1].ingest_window.isoformat().replace("+00:00", "Z") if more else None,
    )


def list_runs(session: Session, limit: int, *, idle: bool) -> Runs:
    """Runs, newest first; ticks that had nothing to do only if ``idle``."""
    query = select(Run).order_by(col(Run.requested_at).desc()).limit(limit)
    if not idle:
        query = query.where((Run.trigger != "schedule") | (Run.objects > 0) | (Run.state != "succeeded"))
    return Runs(runs=[_view(run) for run in session.exec(query)])


def one_run(session: Session, run_id: UUID) -> RunView:
    """One run.

    Raises:
        RunNotFoundError: none has this id.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise RunNotFoundError(f"no run has the id {run_id}")
    return _view(run)


def queue_run(session: Session, asked: RunRequest, requested_by: str, max_hours: int) -> RunView:
    """Put a run into the queue; the ETL takes it when it is told to, or at the next tick.

    Raises:
        InvalidRangeError: the range is empty, without a time zone, or too long.
    """
    if asked.window_from.tzinfo is None or asked.window_to.tzinfo is None:
        raise InvalidRangeError("«from» and «to» need a time zone, such as 2026-11-22T07:00:00Z")
    hours = (asked.window_to - asked.window_from).total_seconds() / 3600
    if hours <= 0:
        raise InvalidRangeError(f"the range is empty: {asked.window_from} is not before {asked.window_to}")
    if hours > max_hours:
        raise InvalidRangeError(f"{hours:,.0f} hours are too many for one run: at most {max_hours:,}")
    # Only the columns that the admin's role may write are named; the database fills the rest.
    session.connection().execute(
        text(
            "INSERT INTO etl.runs (run_id, trigger, state, replace, window_from, window_to, requested_by)"
            " VALUES (:run_id, 'manual', 'queued', :replace, :start, :end, :requested_by)"
        ),
        {
            "run_id": (run_id := uuid4()),
            "replace": asked.replace,
            "start": asked.window_from.astimezone(UTC),
            "end": asked.window_to.astimezone(UTC),
            "requested_by": requested_by,
        },
    )
    return one_run(session, run_id)


def rejects(session: Session, limit: int) -> Rejects:
    """Counts by reason, and the newest lines that were set aside."""
    counted = session.exec(select(Reject.reason, func.count()).group_by(Reject.reason).order_by(func.count().desc()))
    newest = session.exec(
        select(Reject, LoadedObject.object_key)
        .join(LoadedObject, col(LoadedObject.object_id) == Reject.object_id)
        .order_by(col(Reject.reject_id).desc())
        .limit(limit)
    )
    return Rejects(
        by_reason=[ReasonCount(reason=reason, lines=lines) for reason, lines in counted],
        samples=[
            RejectView(
                reject_id=reject.reject_id or 0,
                reason=reject.reason,
                detail=reject.detail,
                line=reject.line[:_MAX_LINE] if reject.line else None,
                object_key=key,
                line_number=reject.line_number,
                window=reject.ingest_window,
            )
            for reject, key in newest
        ],
    )


def _view(run: Run) -> RunView:
    return RunView.model_validate(run)
