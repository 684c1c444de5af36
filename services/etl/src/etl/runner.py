"""Running the ETL: a tick, or a range of windows. Owns the connections and the transactions."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import psycopg2
from aws_lambda_powertools import Logger

from etl import plan
from etl.errors import EtlError, LoadError, RangeError, RunNotFoundError
from etl.load.batch import write
from etl.settings import Settings
from etl.transform.stage import staged
from lake import Lake, LakeError, LakeObject, LakeUnavailableError, window_of
from lake.keys import HOUR
from warehouse import books, load, runs
from warehouse.books import Counts
from warehouse.connect import Connection, connected
from warehouse.errors import WarehouseUnavailableError
from warehouse.rebuild import remake_touched

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
_MIB = 1 << 20
_FAILURES_IN_A_ROW = 3


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class RunResult:
    """How a run went. ``left`` counts windows that somebody else was loading, or for which no time was left."""

    run_id: UUID
    counts: Counts = field(default_factory=Counts)
    windows: int = 0
    objects: int = 0
    left: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """succeeded or failed."""
        return "failed" if self.errors else "succeeded"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when batches may begin; never, where there is no end."""

    ends_at: datetime | None = None

    def passed(self, now: datetime) -> bool:
        """Whether no further batch may begin."""
        return self.ends_at is not None and now >= self.ends_at


@dataclass(frozen=True, slots=True)
class _Job:
    run: RunResult
    control: Connection
    writer: Connection
    replace: bool
    deadline: Deadline
    progress: Progress


class Runner:
    """The ETL of one lake and one warehouse."""

    def __init__(
        self, settings: Settings, lake: Lake, logger: Logger, clock: Clock = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._lake = lake
        self._logger = logger
        self._clock = clock

    def tick(self, deadline: Deadline = Deadline()) -> list[RunResult]:
        """Do the queued runs, then what is new since the watermark less the look-back.

        Raises:
            WarehouseUnavailableError, LakeUnavailableError: nothing could be done; the next tick will.
        """
        with connected(self._settings.warehouse_url, "clickstream-etl") as control:
            control.autocommit = True
            done = []
            while (queued := self._take(control, None)) is not None:
                done.append(self._queued(control, queued, deadline))
            with control.cursor() as cursor:
                run_id = runs.start(cursor, "schedule", "schedule")
                mark = books.watermark(cursor)
            now = self._clock()
            current = window_of(now)
            start = mark - self._settings.look_back if mark else None

            def listing() -> list[LakeObject]:
                if start is None:
                    return [item for item in self._lake.list_all("events") if item.window <= current]
                return self._lake.list_objects("events", start, current + HOUR)

            done.append(self._run(control, run_id, listing, replace=False, deadline=deadline, planned_to=current))
            return done

    def queued(self, run_id: UUID, deadline: Deadline = Deadline()) -> RunResult:
        """Do one queued run.

        Raises:
            RunNotFoundError: it is not queued.
        """
        with connected(self._settings.warehouse_url, "clickstream-etl") as control:
            control.autocommit = True
            queued = self._take(control, run_id)
            if queued is None:
                raise RunNotFoundError(f"run {run_id} is not queued: it does not exist, or has begun")
            return self._queued(control, queued, deadline)

    def range(
        self,
        window_from: datetime | None,
        window_to: datetime | None,
        *,
        replace: bool = False,
        trigger: runs.Trigger = "manual",
        requested_by: str = "etl",
        deadline: Deadline = Deadline(),
        progress: Progress = lambda done, total: None,
    ) -> RunResult:
        """Load the windows of [window_from, window_to), or all there are where both are None.

        Args:
            window_from: first hour; rounded down to it.
            window_to: end of the range, exclusive; rounded up.
            replace: delete what was loaded from these windows, and load all their objects again.
            trigger: who asks, for the books.
            requested_by: the same, by name.
            deadline: until when batches may begin.
            progress: told (objects done, objects in all) after every batch.

        Raises:
            RangeError: the range is empty or has one end only.
        """
        check_range(window_from, window_to)
        with connected(self._settings.warehouse_url, "clickstream-etl") as control:
            control.autocommit = True
            with control.cursor() as cursor:
                run_id = runs.start(cursor, trigger, requested_by, window_from, window_to, replace=replace)
            return self._run(
                control, run_id, self._listing(window_from, window_to),
                replace=replace, deadline=deadline, planned_to=None, progress=progress,
            )  # fmt: skip

    def _take(self, control: Connection, run_id: UUID | None) -> books.QueuedRun | None:
        with control.cursor() as cursor:
            return runs.take_queued(cursor, run_id)

    def _queued(self, control: Connection, queued: books.QueuedRun, deadline: Deadline) -> RunResult:
        listing = self._listing(queued.window_from, queued.window_to)
        return self._run(control, queued.run_id, listing, replace=queued.replace, deadline=deadline, planned_to=None)

    def _listing(self, start: datetime | None, end: datetime | None) -> Callable[[], list[LakeObject]]:
        if start is None or end is None:
            return lambda: self._lake.list_all("events")
        first, last = window_of(start), window_of(end - (HOUR / 3600 / 1_000_000)) + HOUR
        return lambda: self._lake.list_objects("events", first, last)

    def _run(
        self,
        control: Connection,
        run_id: UUID,
        listing: Callable[[], list[LakeObject]],
        *,
        replace: bool,
        deadline: Deadline,
        planned_to: datetime | None,
        progress: Progress = lambda done, total: None,
    ) -> RunResult:
        result = RunResult(run_id)
        try:
            with control.cursor() as cursor:
                runs.hold(cursor, run_id)
                runs.fail_abandoned(cursor, run_id)
            with connected(self._settings.warehouse_url, "clickstream-etl-load") as writer:
                self._load(_Job(result, control, writer, replace, deadline, progress), plan.windows_of(listing()))
        except (EtlError, LakeError, WarehouseUnavailableError, psycopg2.Error) as error:
            result.errors.append(str(error).strip())
            raise
        finally:
            # The warehouse may be what failed: then the run stays «running», and the next one says it was abandoned.
            with suppress(psycopg2.Error), control.cursor() as cursor:
                runs.finish(
                    cursor, run_id, result.counts, windows=result.windows, objects=result.objects,
                    planned_to=planned_to, error="; ".join(result.errors) or None,
                )  # fmt: skip
                runs.release(cursor, run_id)
            log = self._logger.error if result.errors else self._logger.info
            log(
                "etl.run.finished",
                extra={
                    "run_id": str(run_id), "state": result.state, "windows": result.windows, "objects": result.objects,
                    "collected": result.counts.collected, "loaded": result.counts.loaded,
                    "duplicates": result.counts.duplicates, "rejected": result.counts.rejected,
                    "withheld": result.counts.withheld, "left": result.left, "errors": result.errors,
                },
            )  # fmt: skip
        return result

    def _load(self, job: _Job, windows: list[plan.Window]) -> None:
        if not job.replace:
            windows = self._pending(job, windows)
            with job.control.cursor() as cursor:
                books.note_pending(cursor, [(window.start, len(window.objects)) for window in windows])
        total = sum(len(window.objects) for window in windows)
        job.progress(0, total)
        for group in plan.groups(windows, self._settings.batch_mib * _MIB):
            if job.deadline.passed(self._clock()):
                job.run.left += len(group)
                continue
            self._locked(job, group)
            job.progress(job.run.objects, total)

    def _pending(self, job: _Job, windows: list[plan.Window]) -> list[plan.Window]:
        with job.control.cursor() as cursor:
            known = books.loaded_keys(cursor, [window.start for window in windows])
        return [window for window in (window.without(known) for window in windows) if window.objects]

    def _locked(self, job: _Job, group: list[plan.Window]) -> None:
        starts = [window.start for window in group]
        with job.control.cursor() as cursor:
            free = set(books.lock_windows(cursor, starts))
            try:
                mine = [window for window in group if window.start in free]
                if len(mine) < len(group):
                    job.run.left += len(group) - len(mine)
                    self._logger.info("etl.windows.busy", extra={"windows": len(group) - len(mine)})
                # Another run may have loaded some of them between the plan and the lock.
                mine = mine if job.replace else self._pending(job, mine)
                if mine:
                    if not job.replace:
                        books.set_running(cursor, [window.start for window in mine])
                    self._guarded(job, mine)
            finally:
                with suppress(psycopg2.Error):
                    books.unlock_windows(cursor, sorted(free))

    def _guarded(self, job: _Job, windows: list[plan.Window]) -> None:
        """Load windows together; where that fails, each alone, so that one bad window does not hold up the others."""
        try:
            self._transact(job, windows)
        except Exception as error:
            if not job.writer.closed:
                job.writer.rollback()
            if len(windows) > 1 and not isinstance(error, psycopg2.OperationalError | LakeUnavailableError):
                self._each_alone(job, windows)
                return
            message = f"{type(error).__name__}: {str(error).strip()}"
            self._logger.exception("etl.window.failed", extra={"windows": [str(window.start) for window in windows]})
            if not job.replace:  # else the window is as it was: its old load stands
                with job.control.cursor() as cursor:
                    for window in windows:
                        books.fail_window(cursor, window.start, message)
            job.run.errors.append(message)
            if job.writer.closed or isinstance(error, LakeUnavailableError):
                raise

    def _each_alone(self, job: _Job, windows: list[plan.Window]) -> None:
        in_a_row = 0
        for window in windows:
            before = len(job.run.errors)
            self._guarded(job, [window])
            in_a_row = in_a_row + 1 if len(job.run.errors) > before else 0
            if in_a_row == _FAILURES_IN_A_ROW:
                # It is not the windows: what remains stays pending for the next tick.
                raise LoadError(f"{in_a_row} windows in a row failed, the last with: {job.run.errors[-1]}")

    def _transact(self, job: _Job, windows: list[plan.Window]) -> None:
        items = [item for window in windows for item in window.objects]
        cuts = list(plan.batches(items, self._settings.batch_mib * _MIB))
        if job.replace:
            # One transaction: readers see the old numbers until the new ones are there.
            self._commit(job, windows, cuts, left=[])
            return
        for position, cut in enumerate(cuts):
            if position and job.deadline.passed(self._clock()):
                job.run.left += 1
                return
            self._commit(job, windows, [cut], left=[item for later in cuts[position + 1 :] for item in later])

    def _commit(
        self, job: _Job, windows: Sequence[plan.Window], cuts: list[list[LakeObject]], left: list[LakeObject]
    ) -> None:
        """One transaction: the batches, everything that is derived from them, and their books."""
        started = self._clock()
        starts = [window.start for window in windows]
        counts = Counts()
        with job.writer.cursor() as cursor:
            load.begin(cursor)
            if job.replace:
                self._refuse_loss(cursor, windows)
                load.delete_windows(cursor, starts)
            for cut in cuts:
                ids = books.draw_object_ids(cursor, len(cut))
                with staged(
                    self._lake.get, cut, ids,
                    threads=self._settings.threads, memory_limit_mib=self._settings.memory_limit_mib,
                ) as batch:  # fmt: skip
                    counts.add(write(cursor, batch, job.run.run_id, self._settings.duplicate_range))
            if load.anything_touched(cursor):
                remake_touched(cursor)
            books.close_windows(cursor, [(start, sum(1 for item in left if item.window == start)) for start in starts])
        job.writer.commit()
        objects = sum(len(cut) for cut in cuts)
        job.run.counts.add(counts)
        job.run.windows += len(windows) if not left else 0
        job.run.objects += objects
        self._logger.info(
            "etl.batch.loaded",
            extra={
                "run_id": str(job.run.run_id), "window_from": starts[0].isoformat(), "windows": len(starts),
                "objects": objects, "collected": counts.collected, "loaded": counts.loaded,
                "duplicates": counts.duplicates, "rejected": counts.rejected, "withheld": counts.withheld,
                "seconds": round((self._clock() - started).total_seconds(), 3),
            },
        )  # fmt: skip

    def _refuse_loss(self, cursor: object, windows: Sequence[plan.Window]) -> None:
        """A window whose objects are gone from the lake cannot be made again: deleting it would lose events."""
        listed = {item.key for window in windows for item in window.objects}
        gone = books.loaded_keys(cursor, [window.start for window in windows]) - listed
        if gone:
            raise RangeError(
                f"{len(gone)} loaded objects are no longer in the lake, such as {min(gone)}: replacing would lose"
                " their events"
            )


def check_range(window_from: datetime | None, window_to: datetime | None) -> None:
    """Refuse a range that cannot be one.

    Raises:
        RangeError: it has one end only, no time zone, or ends before it begins.
    """
    if (window_from is None) != (window_to is None):
        raise RangeError("a range has both «from» and «to»; neither means everything")
    if window_from is None or window_to is None:
        return
    if window_from.tzinfo is None or window_to.tzinfo is None:
        raise RangeError("«from» and «to» need a time zone, such as 2026-11-22T07:00:00Z")
    if window_from >= window_to:
        raise RangeError(f"the range is empty: {window_from.isoformat()} is not before {window_to.isoformat()}")
