"""The quarantine: lines that could not be loaded, to be counted, listed, exported and replayed.

Nothing here commits: the caller owns the transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from psycopg2.extras import execute_values

from warehouse.connect import Connection, Cursor
from warehouse.errors import RejectFilterError

Source = Literal["etl", "collector"]

# What is kept of these lines is not what was sent (missing, damaged, no text): only the lake has it, and a run with
# `replace` reads it again.
UNREADABLE = ("line_missing", "not_utf8", "object_damaged")

_COLUMNS = (
    "reject_id, source, reason, detail, line, object_id, object_key, line_number, ingest_window, created_at,"
    " replayed_at"
)
_REJECTS = "etl.rejects r JOIN etl.objects USING (object_id, ingest_window)"
# A filter that is not given is no filter: the server folds the constants away.
_MATCHES = """
    (%(reason)s::text IS NULL OR reason = %(reason)s)
    AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (%(object_key)s::text IS NULL
         OR object_id = (SELECT o.object_id FROM etl.objects o WHERE o.object_key = %(object_key)s))
    AND (%(reject_id)s::bigint IS NULL OR reject_id = %(reject_id)s)
    AND (%(window_from)s::timestamptz IS NULL OR ingest_window >= %(window_from)s)
    AND (%(window_to)s::timestamptz IS NULL OR ingest_window < %(window_to)s)
"""
_STREAMED_ROWS = 2000
_WRITTEN_ROWS = 1000


@dataclass(frozen=True, slots=True)
class RejectFilter:
    """Which rejects; what is None is no limit.

    ``window_from`` and ``window_to`` limit the windows (UTC hours of receipt), the second exclusive.
    """

    reason: str | None = None
    source: Source | None = None
    object_key: str | None = None
    reject_id: int | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None

    def starting(self, window_from: datetime) -> "RejectFilter":
        """The same filter, of no window before ``window_from``."""
        return replace(self, window_from=max(self.window_from or window_from, window_from))

    def as_json(self) -> dict[str, Any] | None:
        """What a queued replay keeps beside its range of windows; None where that is all."""
        named = {
            "reason": self.reason, "source": self.source, "objectKey": self.object_key, "rejectId": self.reject_id,
        }  # fmt: skip
        return {name: value for name, value in named.items() if value is not None} or None

    @classmethod
    def from_json(
        cls, found: Mapping[str, Any] | None, window_from: datetime | None, window_to: datetime | None
    ) -> "RejectFilter":
        """The filter of a queued replay.

        Raises:
            RejectFilterError: a name or a value that no filter has.
        """
        given = dict(found or {})
        made = cls(
            given.pop("reason", None), given.pop("source", None), given.pop("objectKey", None),
            given.pop("rejectId", None), window_from, window_to,
        )  # fmt: skip
        if given:
            raise RejectFilterError(
                f"rejects have no {', '.join(sorted(given))}: know reason, source, objectKey, rejectId"
            )
        if made.source is not None and made.source not in get_args(Source):
            raise RejectFilterError(f"rejects have no source {made.source!r}: know {' and '.join(get_args(Source))}")
        return made


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Lines that one side refused for one reason, and the windows they came in."""

    reason: str
    source: Source
    lines: int
    first_window: datetime
    last_window: datetime


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A line that was set aside, and the place in the raw lake that it came from.

    ``line`` is the raw line: of the collector's rejects with the event as ``body``. None where the line is missing.
    """

    reject_id: int
    source: Source
    reason: str
    detail: str
    line: str | None
    object_id: int
    object_key: str
    line_number: int
    window: datetime
    created_at: datetime
    replayed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of an object under rejected/."""

    object_id: int
    window: datetime
    line_number: int
    reason: str
    detail: str
    line: str | None


@dataclass(frozen=True, slots=True)
class StillRejected:
    """A reject that a replay could not load, and what keeps it now."""

    reject_id: int
    reason: str
    detail: str


def by_reason(cursor: Cursor, wanted: RejectFilter) -> list[ReasonCount]:
    """Counts by reason and source, the most frequent first."""
    cursor.execute(
        "SELECT reason, source, count(*), min(ingest_window), max(ingest_window) FROM etl.rejects r"  # noqa: S608 -- constants
        f" WHERE {_MATCHES} GROUP BY reason, source ORDER BY count(*) DESC, reason, source",
        asdict(wanted),
    )
    return [ReasonCount(*row) for row in cursor.fetchall()]


def page(cursor: Cursor, wanted: RejectFilter, *, limit: int, before: int | None = None) -> list[RejectRow]:
    """At most ``limit`` rejects, the newest first; of those older than the reject ``before``, the last of a page."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM {_REJECTS}"  # noqa: S608 -- constants
        f" WHERE {_MATCHES} AND (%(before)s::bigint IS NULL OR reject_id < %(before)s)"
        " ORDER BY reject_id DESC LIMIT %(limit)s",
        {**asdict(wanted), "before": before, "limit": limit},
    )
    return [RejectRow(*row) for row in cursor.fetchall()]


def one(cursor: Cursor, reject_id: int) -> RejectRow | None:
    """The reject of an id; None where there is none (any more: it may have been loaded)."""
    found = page(cursor, RejectFilter(reject_id=reject_id), limit=1)
    return found[0] if found else None


def stream(connection: Connection, wanted: RejectFilter) -> Iterator[RejectRow]:
    """All rejects, the oldest first, read from the server as they are consumed.

    Args:
        connection: not in autocommit; the rows are of one snapshot.
        wanted: which.
    """
    with connection.cursor(name="rejects") as cursor:
        cursor.itersize = _STREAMED_ROWS
        cursor.execute(
            f"SELECT {_COLUMNS} FROM {_REJECTS}"  # noqa: S608 -- constants
            f" WHERE {_MATCHES} ORDER BY reject_id",
            asdict(wanted),
        )
        for row in cursor:
            yield RejectRow(*row)


def newest_id(cursor: Cursor) -> int:
    """Id of the newest reject; 0 where there is none."""
    cursor.execute("SELECT coalesce(max(reject_id), 0) FROM etl.rejects")
    return int(cursor.fetchone()[0])


def take_readable(
    cursor: Cursor, wanted: RejectFilter, *, after: int, up_to: int, max_lines: int, max_bytes: int
) -> list[RejectRow]:
    """The next rejects whose lines are as they were sent, oldest first.

    Args:
        cursor: of the transaction that will settle them.
        wanted: which.
        after: id of the last one of the batch before; 0 at first.
        up_to: the last id: what is set aside meanwhile is not for this replay.
        max_lines: of the batch.
        max_bytes: of the batch's lines together; one line may be longer.
    """
    cursor.execute(
        f"""
        SELECT {_COLUMNS} FROM (
            SELECT b.*, sum(octet_length(b.line)) OVER (ORDER BY b.reject_id) - octet_length(b.line) AS bytes_before
            FROM (
                SELECT {_COLUMNS} FROM {_REJECTS}
                WHERE {_MATCHES} AND reject_id > %(after)s AND reject_id <= %(up_to)s
                  AND line IS NOT NULL AND reason <> ALL (%(unreadable)s)
                ORDER BY reject_id LIMIT %(max_lines)s
            ) b
        ) b
        WHERE bytes_before < %(max_bytes)s ORDER BY reject_id
        """,  # noqa: S608 -- constants
        {
            **asdict(wanted), "after": after, "up_to": up_to, "unreadable": list(UNREADABLE), "max_lines": max_lines,
            "max_bytes": max_bytes,
        },
    )  # fmt: skip
    return [RejectRow(*row) for row in cursor.fetchall()]


def set_aside(cursor: Cursor, refused: Iterable[Refused]) -> None:
    """Keep what the collector refused. Its objects go into the ledger with as many rejects."""
    execute_values(
        cursor,
        "INSERT INTO etl.rejects (source, object_id, ingest_window, line_number, reason, detail, line) VALUES %s",
        [("collector", r.object_id, r.window, r.line_number, r.reason, r.detail, r.line) for r in refused],
        page_size=_WRITTEN_ROWS,
    )


def settle(cursor: Cursor, passed: Sequence[int], failed: Sequence[StillRejected]) -> None:
    """End a replay: those that passed are rejects no more, the others say what keeps them now."""
    cursor.execute("DELETE FROM etl.rejects WHERE reject_id = ANY(%s)", (list(passed),))
    execute_values(
        cursor,
        "UPDATE etl.rejects r SET replayed_at = now(), reason = f.reason, detail = f.detail"
        " FROM (VALUES %s) AS f (reject_id, reason, detail) WHERE r.reject_id = f.reject_id",
        [(each.reject_id, each.reason, each.detail) for each in failed],
        page_size=_WRITTEN_ROWS,
    )
