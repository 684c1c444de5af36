"""Keeping the books: which objects are loaded, what became of every window, who asked for which run.

Nothing here commits: the caller owns the transaction.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from uuid import UUID

from psycopg2.extras import execute_values

from warehouse.connect import Cursor

# First half of the two-part key of the windows' advisory locks; the second is the window's hour since 1970.
_WINDOW_LOCKS = 0x77696E  # "win"


@dataclass(slots=True)
class Counts:
    """What became of lines: collected = loaded + duplicates + rejected + withheld."""

    collected: int = 0
    loaded: int = 0
    duplicates: int = 0
    rejected: int = 0
    withheld: int = 0

    def add(self, other: "Counts") -> None:
        """Add another's counts to these."""
        self.collected += other.collected
        self.loaded += other.loaded
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.withheld += other.withheld


@dataclass(frozen=True, slots=True)
class ObjectBooks:
    """The books of one object."""

    object_id: int
    key: str
    window: datetime
    size_bytes: int
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class Newest:
    """Of the events that were loaded from a window: when the newest happened, and when the newest was received."""

    window: datetime
    event_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class WindowBooks:
    """The books of one window: objects in the ledger, and what became of their lines."""

    objects: int = 0
    counts: Counts = field(default_factory=Counts)


def lock_windows(cursor: Cursor, windows: Sequence[datetime]) -> list[datetime]:
    """Take the windows' locks (of the connection, not of the transaction); returns those that were free."""
    cursor.execute(
        "SELECT w FROM unnest(%s::timestamptz[]) w WHERE pg_try_advisory_lock(%s, (extract(epoch FROM w) / 3600)::int)",
        (list(windows), _WINDOW_LOCKS),
    )
    return [row[0] for row in cursor.fetchall()]


def unlock_windows(cursor: Cursor, windows: Sequence[datetime]) -> None:
    """Give the windows' locks back."""
    cursor.execute(
        "SELECT pg_advisory_unlock(%s, (extract(epoch FROM w) / 3600)::int) FROM unnest(%s::timestamptz[]) w",
        (_WINDOW_LOCKS, list(windows)),
    )


def loaded_keys(cursor: Cursor, windows: Sequence[datetime]) -> set[str]:
    """Keys of the windows' objects that the ledger holds."""
    cursor.execute("SELECT object_key FROM etl.objects WHERE ingest_window = ANY(%s)", (list(windows),))
    return {row[0] for row in cursor.fetchall()}


def loaded_among(cursor: Cursor, keys: Sequence[str]) -> set[str]:
    """Those of the keys that the ledger holds."""
    cursor.execute("SELECT object_key FROM etl.objects WHERE object_key = ANY(%s)", (list(keys),))
    return {row[0] for row in cursor.fetchall()}


def draw_object_ids(cursor: Cursor, count: int) -> list[int]:
    """Ids for objects that are about to be loaded."""
    cursor.execute("SELECT nextval('etl.object_ids') FROM generate_series(1, %s)", (count,))
    return [row[0] for row in cursor.fetchall()]


def watermark(cursor: Cursor) -> datetime | None:
    """The moment of receipt up to which all that was listed is loaded; None before the first tick."""
    cursor.execute("SELECT watermark FROM mart.freshness()")
    found: datetime | None = cursor.fetchone()[0]
    return found


def newest_window(cursor: Cursor) -> datetime | None:
    """The newest window of which lines are in the ledger; None where there are none."""
    cursor.execute("SELECT max(ingest_window) FROM etl.windows WHERE collected > 0")
    found: datetime | None = cursor.fetchone()[0]
    return found


def note_pending(cursor: Cursor, pending: Iterable[tuple[datetime, int]]) -> None:
    """Say of windows how many objects they have to load. A window without any keeps its state.

    What is unfinished already keeps its ``updated_at``: the lag is told from since when it is.
    """
    execute_values(
        cursor,
        """
        INSERT INTO etl.windows (ingest_window, state, pending_objects) VALUES %s
        ON CONFLICT (ingest_window) DO UPDATE SET
            pending_objects = excluded.pending_objects,
            updated_at = CASE WHEN windows.state = 'loaded' THEN now() ELSE windows.updated_at END,
            state = CASE WHEN windows.state = 'failed' THEN 'failed' ELSE 'pending' END
        """,
        [(window, "pending", count) for window, count in sorted(pending)],
    )


def set_running(cursor: Cursor, windows: Sequence[datetime]) -> None:
    """Say of windows that they are being loaded."""
    # Rows are locked in order everywhere in this module: two runs that note the same windows never deadlock.
    cursor.execute(
        """
        UPDATE etl.windows SET state = 'running',
               updated_at = CASE WHEN windows.state = 'loaded' THEN now() ELSE windows.updated_at END
        FROM (
            SELECT ingest_window FROM etl.windows WHERE ingest_window = ANY(%s)
            ORDER BY ingest_window FOR UPDATE
        ) mine
        WHERE windows.ingest_window = mine.ingest_window
        """,
        (list(windows),),
    )


def set_not_running(cursor: Cursor, windows: Sequence[datetime]) -> None:
    """Say of windows that nobody is loading them any more; those that were loaded or failed keep that state."""
    cursor.execute(
        """
        UPDATE etl.windows SET state = 'pending'
        FROM (
            SELECT ingest_window FROM etl.windows WHERE ingest_window = ANY(%s) AND state = 'running'
            ORDER BY ingest_window FOR UPDATE
        ) mine
        WHERE windows.ingest_window = mine.ingest_window
        """,
        (list(windows),),
    )


def note_nothing_pending(cursor: Cursor, windows: Sequence[datetime]) -> None:
    """Say of windows that all their objects are in the ledger: another run loaded them after they were noted."""
    cursor.execute(
        """
        UPDATE etl.windows SET state = 'loaded', pending_objects = 0, attempts = 0, error = NULL, updated_at = now()
        FROM (
            SELECT ingest_window FROM etl.windows WHERE ingest_window = ANY(%s) AND state <> 'loaded'
            ORDER BY ingest_window FOR UPDATE
        ) mine
        WHERE windows.ingest_window = mine.ingest_window
        """,
        (list(windows),),
    )


def failed_windows(cursor: Cursor, windows: Sequence[datetime]) -> list[datetime]:
    """Those of the windows whose last try failed, the one first that was tried least."""
    cursor.execute(
        "SELECT ingest_window FROM etl.windows WHERE state = 'failed' AND ingest_window = ANY(%s)"
        " ORDER BY attempts, ingest_window",
        (list(windows),),
    )
    return [row[0] for row in cursor.fetchall()]


def windows_with_objects(cursor: Cursor, start: datetime | None, end: datetime | None) -> list[datetime]:
    """Windows of [start, end), or all, from which objects are in the ledger; oldest first."""
    cursor.execute(
        "SELECT DISTINCT ingest_window FROM etl.objects"
        " WHERE ingest_window >= coalesce(%s::timestamptz, '-infinity')"
        " AND ingest_window < coalesce(%s::timestamptz, 'infinity') ORDER BY 1",
        (start, end),
    )
    return [row[0] for row in cursor.fetchall()]


def record_objects(cursor: Cursor, run_id: UUID, objects: Iterable[ObjectBooks]) -> None:
    """Write objects into the ledger. The database refuses books that do not balance."""
    rows = StringIO()
    csv.writer(rows).writerows(
        (o.object_id, o.key, o.window, o.size_bytes, o.counts.collected, o.counts.loaded, o.counts.duplicates,
         o.counts.rejected, o.counts.withheld, run_id)
        for o in objects
    )  # fmt: skip
    rows.seek(0)
    # COPY, as an hour of one-event objects has thousands: an INSERT of them takes five times as long.
    cursor.copy_expert(
        "COPY etl.objects (object_id, object_key, ingest_window, size_bytes, collected, loaded, duplicates, rejected,"
        " withheld, run_id) FROM STDIN (FORMAT csv)",
        rows,
    )


def close_windows(
    cursor: Cursor, pending: Iterable[tuple[datetime, int]], newest: Iterable[Newest] = (), *, replaced: bool = False
) -> None:
    """Sum the windows' books from the ledger; a window with nothing pending is loaded.

    Args:
        cursor: of the transaction.
        pending: objects that are left to load, by window.
        newest: of what was loaded now.
        replaced: whether what the windows had before is gone.
    """
    left = dict(pending)
    cursor.execute(
        """
        INSERT INTO etl.windows (ingest_window, state, objects, pending_objects, collected, loaded, duplicates,
                                 rejected, withheld)
        SELECT w.ingest_window, CASE WHEN w.pending = 0 THEN 'loaded' ELSE 'pending' END, count(o.object_id), w.pending,
               coalesce(sum(o.collected), 0), coalesce(sum(o.loaded), 0), coalesce(sum(o.duplicates), 0),
               coalesce(sum(o.rejected), 0), coalesce(sum(o.withheld), 0)
        FROM unnest(%s::timestamptz[], %s::int[]) AS w (ingest_window, pending)
        LEFT JOIN etl.objects o USING (ingest_window)
        GROUP BY w.ingest_window, w.pending
        ORDER BY w.ingest_window
        ON CONFLICT (ingest_window) DO UPDATE SET
            state = excluded.state, objects = excluded.objects, pending_objects = excluded.pending_objects,
            collected = excluded.collected, loaded = excluded.loaded, duplicates = excluded.duplicates,
            rejected = excluded.rejected, withheld = excluded.withheld, attempts = 0, error = NULL, updated_at = now(),
            newest_event_at = CASE WHEN NOT %s THEN windows.newest_event_at END,
            newest_received_at = CASE WHEN NOT %s THEN windows.newest_received_at END
        """,
        (list(left), list(left.values()), replaced, replaced),
    )
    _note_newest(cursor, newest)


def of_windows(cursor: Cursor, windows: Sequence[datetime]) -> dict[datetime, WindowBooks]:
    """The books of windows, summed from the ledger; a window of which nothing was loaded has empty ones."""
    cursor.execute(
        """
        SELECT w.ingest_window, count(o.object_id), coalesce(sum(o.collected), 0)::bigint,
               coalesce(sum(o.loaded), 0)::bigint, coalesce(sum(o.duplicates), 0)::bigint,
               coalesce(sum(o.rejected), 0)::bigint, coalesce(sum(o.withheld), 0)::bigint
        FROM unnest(%s::timestamptz[]) AS w (ingest_window) LEFT JOIN etl.objects o USING (ingest_window)
        GROUP BY w.ingest_window
        """,
        (list(windows),),
    )
    return {window: WindowBooks(objects, Counts(*counts)) for window, objects, *counts in cursor.fetchall()}


def of_run(cursor: Cursor, run_id: UUID) -> tuple[int, int, Counts]:
    """What a run has loaded by now, from the ledger: windows, objects and their books."""
    cursor.execute(
        """
        SELECT count(DISTINCT ingest_window), count(*), coalesce(sum(collected), 0)::bigint,
               coalesce(sum(loaded), 0)::bigint, coalesce(sum(duplicates), 0)::bigint,
               coalesce(sum(rejected), 0)::bigint, coalesce(sum(withheld), 0)::bigint
        FROM etl.objects WHERE run_id = %s
        """,
        (str(run_id),),
    )
    windows, objects, *counts = cursor.fetchone()
    return windows, objects, Counts(*counts)


def move_rejected(
    cursor: Cursor, moved: Mapping[int, Counts], windows: Sequence[datetime], newest: Iterable[Newest] = ()
) -> None:
    """Enter what became of lines that were rejects before: the other parts of the books grow by what «rejected» loses.

    Args:
        cursor: of the transaction that writes the events.
        moved: loaded, duplicates and withheld by object id.
        windows: those of the objects; their books are summed again, their states stay.
        newest: of the events that were loaded.
    """
    execute_values(
        cursor,
        """
        UPDATE etl.objects o SET
            loaded = o.loaded + m.loaded, duplicates = o.duplicates + m.duplicates, withheld = o.withheld + m.withheld,
            rejected = o.rejected - m.loaded - m.duplicates - m.withheld
        FROM (VALUES %s) AS m (object_id, loaded, duplicates, withheld) WHERE o.object_id = m.object_id
        """,
        [(object_id, c.loaded, c.duplicates, c.withheld) for object_id, c in moved.items()],
    )
    cursor.execute(
        """
        UPDATE etl.windows SET collected = s.collected, loaded = s.loaded, duplicates = s.duplicates,
               rejected = s.rejected, withheld = s.withheld, updated_at = now()
        FROM (
            SELECT ingest_window FROM etl.windows WHERE ingest_window = ANY(%(windows)s)
            ORDER BY ingest_window FOR UPDATE
        ) mine
        JOIN (
            SELECT ingest_window, sum(collected) AS collected, sum(loaded) AS loaded, sum(duplicates) AS duplicates,
                   sum(rejected) AS rejected, sum(withheld) AS withheld
            FROM etl.objects WHERE ingest_window = ANY(%(windows)s) GROUP BY ingest_window
        ) s USING (ingest_window)
        WHERE windows.ingest_window = mine.ingest_window
        """,
        {"windows": list(windows)},
    )
    _note_newest(cursor, newest)


def _note_newest(cursor: Cursor, newest: Iterable[Newest]) -> None:
    noted = [(each.window, each.event_at, each.received_at) for each in newest]
    if noted:
        execute_values(
            cursor,
            """
            UPDATE etl.windows w SET newest_event_at = greatest(w.newest_event_at, n.event_at),
                   newest_received_at = greatest(w.newest_received_at, n.received_at)
            FROM (
                SELECT v.ingest_window, max(v.event_at) AS event_at, max(v.received_at) AS received_at
                FROM (VALUES %s) v (ingest_window, event_at, received_at) GROUP BY 1
            ) n
            WHERE w.ingest_window = n.ingest_window
            """,
            noted,
        )


def fail_window(cursor: Cursor, window: datetime, error: str) -> None:
    """Say of a window that it could not be loaded, and why."""
    cursor.execute(
        "INSERT INTO etl.windows (ingest_window, state, attempts, error) VALUES (%s, 'failed', 1, %s)"
        " ON CONFLICT (ingest_window) DO UPDATE SET state = 'failed', attempts = windows.attempts + 1,"
        " error = excluded.error, updated_at = now()",
        (window, error),
    )
