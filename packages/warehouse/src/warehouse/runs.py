"""The runs of the ETL: asked for, begun, ended. Nothing here commits.

A connection that begins a run holds an advisory lock of its id, by which others see that the run lives.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from psycopg2.extras import Json

from warehouse.books import Counts
from warehouse.connect import Cursor
from warehouse.rejects import RejectFilter

Trigger = Literal["schedule", "manual", "cli"]

# A tick that had nothing to do says so for this long; what a day-old one did not do interests nobody.
_KEEP_IDLE_TICKS = "1 day"


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that was asked for and has not begun. No range: planned from the watermark.

    With ``replay`` it takes the rejects of that filter once more, and loads no objects.
    """

    run_id: UUID
    window_from: datetime | None
    window_to: datetime | None
    replace: bool
    replay: RejectFilter | None


def start(
    cursor: Cursor,
    trigger: Trigger,
    requested_by: str,
    window_from: datetime | None = None,
    window_to: datetime | None = None,
    *,
    replace: bool = False,
) -> UUID:
    """Note a run that begins now, and hold it; returns its id."""
    run_id = uuid4()
    _hold(cursor, run_id)
    cursor.execute(
        "INSERT INTO etl.runs (run_id, trigger, state, replace, window_from, window_to, requested_by, started_at)"
        " VALUES (%s, %s, 'running', %s, %s, %s, %s, now())",
        (str(run_id), trigger, replace, window_from, window_to, requested_by),
    )
    return run_id


def start_replay(cursor: Cursor, trigger: Trigger, requested_by: str, wanted: RejectFilter) -> UUID:
    """Note a replay of rejects that begins now, and hold it; returns its id."""
    return _note_replay(cursor, trigger, requested_by, wanted, begun=True)


def queue_replay(cursor: Cursor, requested_by: str, wanted: RejectFilter) -> UUID:
    """Put a replay of rejects into the queue; the ETL takes it when it is told to, or at the next tick."""
    return _note_replay(cursor, "manual", requested_by, wanted, begun=False)


def _note_replay(cursor: Cursor, trigger: Trigger, requested_by: str, wanted: RejectFilter, *, begun: bool) -> UUID:
    run_id = uuid4()
    if begun:
        _hold(cursor, run_id)
    # The database fills the rest: the admin's role may write no more.
    cursor.execute(
        "INSERT INTO etl.runs (run_id, trigger, action, state, replace, replay_filter, window_from, window_to,"
        " requested_by, started_at)"
        " VALUES (%s, %s, 'replay', %s, false, %s, %s, %s, %s, CASE WHEN %s THEN now() END)",
        (
            str(run_id), trigger, "running" if begun else "queued",
            None if (limits := wanted.as_json()) is None else Json(limits), wanted.window_from, wanted.window_to,
            requested_by, begun,
        ),
    )  # fmt: skip
    return run_id


def take_queued(cursor: Cursor, run_id: UUID | None = None) -> QueuedRun | None:
    """Begin and hold the oldest queued run, or the one named; None where there is none (or somebody else took it)."""
    cursor.execute(
        """
        UPDATE etl.runs SET state = 'running', started_at = now()
        WHERE run_id = (
            SELECT run_id FROM etl.runs
            WHERE state = 'queued' AND (%(run_id)s::uuid IS NULL OR run_id = %(run_id)s::uuid)
            ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING run_id, window_from, window_to, replace, action, replay_filter,
                  pg_try_advisory_lock(hashtextextended(run_id::text, 0)) -- before anybody sees that it runs
        """,
        {"run_id": str(run_id) if run_id else None},
    )
    row = cursor.fetchone()
    if row is None:
        return None
    taken, window_from, window_to, replace, action, limits, _ = row
    replay = RejectFilter.from_json(limits, window_from, window_to) if action == "replay" else None
    return QueuedRun(UUID(str(taken)), window_from, window_to, replace, replay)


def finish(
    cursor: Cursor,
    run_id: UUID,
    counts: Counts,
    *,
    windows: int,
    objects: int,
    planned_to: datetime | None,
    error: str | None,
    retries: int,
) -> None:
    """Note how a run ended. Idle ticks of more than a day ago are forgotten."""
    cursor.execute(
        """
        UPDATE etl.runs SET state = %s, finished_at = now(), windows = %s, objects = %s, collected = %s, loaded = %s,
               duplicates = %s, rejected = %s, withheld = %s, error = %s, window_to = coalesce(window_to, %s),
               retries = %s
        WHERE run_id = %s
        """,
        (
            "failed" if error else "succeeded", windows, objects, counts.collected, counts.loaded, counts.duplicates,
            counts.rejected, counts.withheld, error, planned_to, retries, str(run_id),
        ),
    )  # fmt: skip
    cursor.execute(
        "DELETE FROM etl.runs WHERE trigger = 'schedule' AND state = 'succeeded' AND objects = 0"
        " AND finished_at < now() - %s::interval",
        (_KEEP_IDLE_TICKS,),
    )


def fail_abandoned(cursor: Cursor, run_id: UUID) -> None:
    """Note that runs which are said to be running have no process any more: their writer is gone.

    Only runs whose lock is free are ended.
    """
    cursor.execute(
        "UPDATE etl.runs SET state = 'failed', finished_at = now(), error = 'the process that ran it ended'"
        " WHERE state = 'running' AND run_id <> %s AND pg_try_advisory_xact_lock(hashtextextended(run_id::text, 0))",
        (str(run_id),),
    )


def resume(cursor: Cursor, run_id: UUID) -> None:
    """Hold a run whose connection was lost, and note that it lives where somebody took it for abandoned meanwhile."""
    _hold(cursor, run_id)
    cursor.execute(
        "UPDATE etl.runs SET state = 'running', finished_at = NULL, error = NULL"
        " WHERE run_id = %s AND state = 'failed'",
        (str(run_id),),
    )


def _hold(cursor: Cursor, run_id: UUID) -> None:
    """Show that the run lives, for as long as the connection does.

    Where a connection of this run that was lost is still held by the server, that one shows it.
    """
    cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (str(run_id),))
