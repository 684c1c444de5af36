"""Asking the ETL for something: runs and replays are put into its queue, or taken out of it again."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from admin_api.errors import InvalidRangeError, KeyUsedError, RunBegunError
from admin_api.etl_books import cursor_of, in_utc, one_run, run_view
from admin_api.views.etl import ReplayRequest, RunRequest, RunView
from warehouse import runs
from warehouse.rejects import RejectFilter
from warehouse.tables import Run


def queue_run(session: Session, asked: RunRequest, requested_by: str, key: str | None, max_hours: int) -> RunView:
    """Put a run into the queue; the ETL takes it when it is told to, or at the next tick.

    With a ``key`` that a run has already, that run is the answer.

    Raises:
        InvalidRangeError: the range is empty, without a time zone, or too long.
        KeyUsedError: the run of this key was asked for with another range.
    """
    start, end = _checked_range(asked.window_from, asked.window_to, max_hours)
    if key and (known := _of_key(session, key)):
        same = (known.window_from, known.window_to, known.replace, known.action) == (start, end, asked.replace, "load")
        return _same_or_refused(known, key, same=same)
    run_id = uuid4()
    try:
        with session.begin_nested():
            session.connection().execute(
                # Only the columns that the admin's role may write are named; the database fills the rest.
                text(
                    "INSERT INTO etl.runs (run_id, trigger, state, replace, window_from, window_to, requested_by,"
                    " idempotency_key)"
                    " VALUES (:run_id, 'manual', 'queued', :replace, :start, :end, :requested_by, :key)"
                ),
                {
                    "run_id": run_id,
                    "replace": asked.replace,
                    "start": start,
                    "end": end,
                    "requested_by": requested_by,
                    "key": key,
                },
            )
    except IntegrityError:  # the same key, at the same moment
        return queue_run(session, asked, requested_by, key, max_hours)
    return one_run(session, run_id)


def queue_replay(session: Session, asked: ReplayRequest, requested_by: str, max_hours: int) -> RunView:
    """Put a replay of rejects into the queue.

    Raises:
        InvalidRangeError: the range is empty, has one end only, is without a time zone, or too long.
    """
    start = end = None
    if asked.window_from is not None or asked.window_to is not None:
        if asked.window_from is None or asked.window_to is None:
            raise InvalidRangeError("give both «from» and «to», or neither for all rejects")
        start, end = _checked_range(asked.window_from, asked.window_to, max_hours)
    wanted = RejectFilter(
        reason=asked.reason, source=asked.source, reject_id=asked.reject_id, window_from=start, window_to=end
    )
    return one_run(session, runs.queue_replay(cursor_of(session), requested_by, wanted))


def cancel_run(session: Session, run_id: UUID) -> RunView:
    """Take a run out of the queue.

    Raises:
        RunNotFoundError: none has this id.
        RunBegunError: it is not queued any more.
    """
    one_run(session, run_id)
    changed = session.connection().execute(
        text("UPDATE etl.runs SET state = 'cancelled', finished_at = now() WHERE run_id = :id AND state = 'queued'"),
        {"id": run_id},
    )
    session.expire_all()
    run = one_run(session, run_id)
    if changed.rowcount == 0 and run.state != "cancelled":
        raise RunBegunError(f"run {run_id} is {run.state}; only queued runs can be cancelled")
    return run


def _of_key(session: Session, key: str) -> Run | None:
    return session.exec(select(Run).where(Run.idempotency_key == key)).one_or_none()


def _same_or_refused(known: Run, key: str, *, same: bool) -> RunView:
    if not same:
        raise KeyUsedError(f"run {known.run_id} was asked for with the key {key!r}, for another range")
    return run_view(known)


def _checked_range(start: datetime, end: datetime, max_hours: int) -> tuple[datetime, datetime]:
    start, end = in_utc("from", start), in_utc("to", end)
    hours = (end - start).total_seconds() / 3600
    if hours <= 0:
        raise InvalidRangeError(f"the range is empty: {start} is not before {end}")
    if hours > max_hours:
        raise InvalidRangeError(f"{hours:,.0f} hours are too many for one run: at most {max_hours:,}")
    return start, end
