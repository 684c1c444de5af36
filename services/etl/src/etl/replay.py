"""Replaying rejects: lines that can be loaded by now leave the quarantine, and the books say so.

The lines are those that `etl.rejects` keeps. A line goes into the object and the window that it came from, in one
transaction with all that is derived from it: a replay that is killed has done whole batches, and none by half.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg2
from aws_lambda_powertools import Logger

from etl.extract.objects import Line
from etl.judge import Refusal, unwrapped
from etl.load.batch import write_events
from etl.retry import Retries
from etl.run import Clock, Deadline, RunResult
from etl.settings import Settings
from etl.transform import rejected
from etl.transform.stage import staged
from lake import LakeObject
from warehouse import books, differences, load, partitions, rejects
from warehouse.books import Counts
from warehouse.connect import Connection, Cursor, passing
from warehouse.derive import Touched, remake, touched
from warehouse.rejects import RejectFilter, RejectRow, StillRejected

MAX_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a batch of rejects: parts of the books by object id; the other lines are rejects still."""

    moved: dict[int, Counts]
    lines: int

    @property
    def counts(self) -> Counts:
        """The batch's books; ``collected`` is what was tried."""
        total = Counts()
        for counts in self.moved.values():
            total.add(counts)
        total.collected = self.lines
        total.rejected = self.lines - total.loaded - total.duplicates - total.withheld
        return total


def load_again(cursor: Cursor, rows: Sequence[RejectRow], found: Touched, settings: Settings) -> Replayed:
    """Load what can be loaded of rejects, in the caller's transaction.

    ``warehouse.load.begin`` comes before; deriving from what was touched comes after.

    Raises:
        BooksError: not as many events were written as the books say.
    """
    failed: list[StillRejected] = []
    by_object: dict[str, tuple[LakeObject, list[Line]]] = {}
    for row in rows:
        text = unwrapped(row.line or "") if row.source == "collector" else row.line
        if isinstance(text, Refusal):
            failed.append(StillRejected(row.reject_id, text.reason, text.detail))
        else:
            by_object.setdefault(row.object_key, (_object(row), []))[1].append(Line(row.line_number, text))
    moved: dict[int, Counts] = {}
    if by_object:
        place = {(row.object_id, row.line_number): row.reject_id for row in rows}
        batch = staged(
            by_object.values(), {row.object_key: row.object_id for row in rows},
            threads=settings.threads, memory_limit_mib=settings.memory_limit_mib,
        )  # fmt: skip
        write_events(cursor, batch, found, settings.duplicate_range)
        if batch.bad_lines.num_rows:
            still_bad = rejected.rejects(
                batch.bad_lines, threads=settings.threads, memory_limit_mib=settings.memory_limit_mib
            )
            failed.extend(
                StillRejected(place[row["object_id"], row["line_number"]], row["reason"], row["detail"])
                for row in still_bad.to_pylist()
            )
        for object_id, entry in batch.books.items():
            counts = entry.counts
            if counts.loaded or counts.duplicates or counts.withheld:
                moved[object_id] = counts
    still = {each.reject_id for each in failed}
    rejects.settle(cursor, [row.reject_id for row in rows if row.reject_id not in still], failed)
    if moved:
        windows = sorted({row.window for row in rows if row.object_id in moved})
        books.move_rejected(cursor, moved, windows, found.newest)
    return Replayed(moved, len(rows))


def _object(row: RejectRow) -> LakeObject:
    return LakeObject(row.object_key, "rejected" if row.source == "collector" else "events", row.window, 1, 0)


class Replay:
    """One run's replay, batch by batch until none is left or the deadline has passed."""

    def __init__(
        self,
        settings: Settings,
        logger: Logger,
        clock: Clock,
        *,
        retries: Retries,
        run: RunResult,
        writer: Connection,
        deadline: Deadline,
        progress: Callable[[int, int], None],
    ) -> None:
        self._settings = settings
        self._logger = logger
        self._clock = clock
        self._retries = retries
        self._run = run
        self._writer = writer
        self._deadline = deadline
        self._progress = progress
        self._windows: set[datetime] = set()
        self._objects: set[int] = set()

    def replay(self, wanted: RejectFilter) -> None:
        """Try the rejects that the filter names, the oldest first; those that are set aside meanwhile are left.

        Raises:
            psycopg2.OperationalError: the connection is lost.
        """
        with self._writer.cursor() as cursor:
            up_to = rejects.newest_id(cursor)
            total = sum(each.lines for each in rejects.by_reason(cursor, wanted))
            kept_from = partitions.events_kept_from(cursor)
        self._writer.rollback()
        if kept_from is not None:
            # Retention has dropped the events of older windows: their rollups could not be made again.
            wanted = wanted.starting(kept_from)
        after = tried = 0
        self._progress(0, total)
        while (last := self._patiently(wanted, after, up_to)) is not None:
            after, tried = last[0], tried + last[1]
            self._progress(tried, total)
            if self._deadline.passed(self._clock()):
                self._tell_what_is_left(wanted, after, up_to)
                return

    def _tell_what_is_left(self, wanted: RejectFilter, after: int, up_to: int) -> None:
        with self._writer.cursor() as cursor:
            more = rejects.take_readable(cursor, wanted, after=after, up_to=up_to, max_lines=1, max_bytes=1)
        self._writer.rollback()
        if more:
            self._run.errors.append(f"no time was left for the rejects from {more[0].reject_id} on: replay them again")

    def _patiently(self, wanted: RejectFilter, after: int, up_to: int) -> tuple[int, int] | None:
        def commit() -> tuple[int, int] | None:
            try:
                return self._commit(wanted, after, up_to)
            except psycopg2.Error as error:
                if passing(error):
                    self._writer.rollback()
                raise

        return self._retries.call(f"replay after reject {after}", commit, when=passing)

    def _commit(self, wanted: RejectFilter, after: int, up_to: int) -> tuple[int, int] | None:
        """One batch in one transaction; returns its last reject's id and its lines, None where there is none."""
        lap = self._run.measures.laps()
        limits = (self._settings.threads, self._settings.memory_limit_mib)
        with touched(*limits) as found, self._writer.cursor() as cursor:
            load.begin(cursor)
            lap("Wait")
            rows = rejects.take_readable(
                cursor, wanted, after=after, up_to=up_to, max_lines=self._settings.replay_lines, max_bytes=MAX_BYTES
            )
            if not rows:
                self._writer.rollback()
                return None
            windows = sorted({row.window for row in rows})
            before = books.of_windows(cursor, windows)
            done = load_again(cursor, rows, found, self._settings)
            lap("Load")
            changed = sorted({row.window for row in rows if row.object_id in done.moved})
            if found.anything():
                remake(cursor, found)
            if changed:
                self._run.difference.note(
                    {window: before[window] for window in changed}, books.of_windows(cursor, changed)
                )
                differences.store(cursor, self._run.run_id, self._run.difference)
            lap("Rebuild")
        self._writer.commit()
        lap("Commit")
        self._windows.update(changed)
        self._objects.update(done.moved)
        self._run.counts.add(done.counts)
        self._run.windows, self._run.objects = len(self._windows), len(self._objects)
        self._logger.info(
            "etl.rejects.replayed",
            extra={
                "run_id": str(self._run.run_id), "lines": done.lines, "loaded": done.counts.loaded,
                "duplicates": done.counts.duplicates, "withheld": done.counts.withheld,
                "rejected": done.counts.rejected, "windows": len(changed),
            },
        )  # fmt: skip
        return rows[-1].reject_id, done.lines
