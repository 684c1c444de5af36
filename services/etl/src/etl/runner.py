"""Running the ETL: a tick, a range of windows, a replay of rejects, a queued run."""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from aws_lambda_powertools import Logger

from etl import memory, plan
from etl.errors import EtlError, RangeError, RunNotFoundError
from etl.load.transactions import Transactions
from etl.load.windows import WindowLoad
from etl.metrics import Metrics, NoMetrics
from etl.patient_lake import LakeReader
from etl.replay import Replay
from etl.retry import Sleep
from etl.run import NO_DEADLINE, Clock, Deadline, Progress, RunResult, Span, told
from etl.running import Means, RunKeeper
from etl.settings import Settings
from etl.upkeep import make_partitions_ahead, tidy_up
from lake import LakeError, LakeObject, window_of
from lake.keys import HOUR, Root
from warehouse import books, runs
from warehouse.connect import Connection
from warehouse.rejects import RejectFilter

__all__ = ["Deadline", "RunResult", "Runner", "check_range"]

# A range is listed by its hours or days; past this one listing of all is the shorter way.
_LISTED_BY_DAY = timedelta(days=62)
_LISTED_AT_ONCE = 5_000
# What the collector took, and what it refused: both are collected.
_ROOTS: tuple[Root, ...] = ("events", "rejected")


def _untold(done: int, total: int) -> None:
    """Nobody is told of the progress."""


class Runner:
    """The ETL of one lake and one warehouse."""

    def __init__(
        self,
        settings: Settings,
        lake: LakeReader,
        logger: Logger,
        clock: Clock = lambda: datetime.now(UTC),
        *,
        metrics: Metrics = NoMetrics(),  # noqa: B008 -- it has no state
        sleep: Sleep = time.sleep,
    ) -> None:
        self._settings = settings
        self._logger = logger
        self._clock = clock
        self._keeper = RunKeeper(settings, lake, logger, clock, metrics=metrics, sleep=sleep)

    def tick(self, deadline: Deadline = NO_DEADLINE) -> list[RunResult]:
        """Do the queued runs, then what is new since the watermark less the look-back.

        Raises:
            WarehouseUnavailableError, LakeError, LoadError: it could not be done; the next tick will.
            WarehouseError: the warehouse is not migrated.
        """
        self._keeper.step(
            "partitions", lambda control: make_partitions_ahead(control, self._clock(), self._logger), deadline
        )
        done = []
        while not deadline.passed(self._clock()):
            with self._taken(None, deadline) as (queued, control):
                if queued is None:
                    break
                # What one run could not do is in its books; the others and the tick have their turn.
                try:
                    done.append(self._queued(queued, control, deadline))
                except (EtlError, LakeError) as error:
                    done.append(RunResult(queued.run_id, errors=[told(error)]))

        def begin(control: Connection) -> tuple[UUID, datetime | None]:
            with control.cursor() as cursor:
                return runs.start(cursor, "schedule", "schedule"), books.watermark(cursor)

        with self._keeper.begun("begin of a tick", begin, deadline) as ((run_id, mark), control):
            current = window_of(self._clock())
            # A window of the future waits until its hour has come.
            # A clock that was ahead once has left a watermark there; it must not keep the present from being looked at.
            span = None if mark is None else (min(mark, current) - self._settings.look_back, current + HOUR)
            done.append(self._load(RunResult(run_id, planned_to=current), control, span, deadline, last=current))
        self._keeper.step(
            "tidying", lambda control: tidy_up(control, self._settings, self._clock, deadline, self._logger), deadline
        )
        return done

    def queued(self, run_id: UUID, deadline: Deadline = NO_DEADLINE) -> RunResult:
        """Do one queued run.

        Raises:
            RunNotFoundError: it is not queued.
            WarehouseUnavailableError, LakeError, LoadError: it could not be done.
        """
        with self._taken(run_id, deadline) as (queued, control):
            if queued is None:
                raise RunNotFoundError(f"run {run_id} is not queued: it does not exist, or has begun")
            return self._queued(queued, control, deadline)

    def range(
        self,
        window_from: datetime | None,
        window_to: datetime | None,
        *,
        replace: bool = False,
        trigger: runs.Trigger = "manual",
        requested_by: str = "etl",
        deadline: Deadline = NO_DEADLINE,
        progress: Progress = _untold,
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
            WarehouseUnavailableError, LakeError, LoadError: it could not be done.
        """
        check_range(window_from, window_to)

        def begin(control: Connection) -> UUID:
            with control.cursor() as cursor:
                return runs.start(cursor, trigger, requested_by, window_from, window_to, replace=replace)

        with self._keeper.begun("begin of a run", begin, deadline) as (run_id, control):
            span = _span(window_from, window_to)
            return self._load(RunResult(run_id), control, span, deadline, replace=replace, progress=progress)

    def replay(
        self,
        wanted: RejectFilter,
        *,
        trigger: runs.Trigger = "manual",
        requested_by: str = "etl",
        deadline: Deadline = NO_DEADLINE,
        progress: Progress = _untold,
    ) -> RunResult:
        """Try rejects once more: what can be loaded by now is, and stands in the books as loaded.

        Args:
            wanted: which.
            trigger: who asks, for the books.
            requested_by: the same, by name.
            deadline: until when batches may begin.
            progress: told (lines tried, lines in all) after every batch.

        Raises:
            WarehouseUnavailableError: it could not be done; batches that were done stay done.
        """

        def begin(control: Connection) -> UUID:
            with control.cursor() as cursor:
                return runs.start_replay(cursor, trigger, requested_by, wanted)

        with self._keeper.begun("begin of a replay", begin, deadline) as (run_id, control):
            return self._replay(run_id, control, wanted, deadline, progress)

    def _taken(
        self, run_id: UUID | None, deadline: Deadline
    ) -> AbstractContextManager[tuple[runs.QueuedRun | None, Connection]]:
        def take(control: Connection) -> runs.QueuedRun | None:
            with control.cursor() as cursor:
                return runs.take_queued(cursor, run_id)

        return self._keeper.begun("queue", take, deadline)

    def _queued(self, queued: runs.QueuedRun, control: Connection, deadline: Deadline) -> RunResult:
        if queued.replay is not None:
            return self._replay(queued.run_id, control, queued.replay, deadline)
        span = _span(queued.window_from, queued.window_to)
        return self._load(RunResult(queued.run_id), control, span, deadline, replace=queued.replace)

    def _load(
        self,
        result: RunResult,
        control: Connection,
        span: Span | None,
        deadline: Deadline,
        *,
        last: datetime | None = None,
        replace: bool = False,
        progress: Progress = _untold,
    ) -> RunResult:
        def load(means: Means) -> None:
            lap = result.measures.laps()
            windows = _listed(means, span, last, replace=replace)
            lap("List")
            transactions = Transactions(
                self._settings, means, self._logger, self._clock, replace=replace, deadline=deadline, progress=progress
            )
            WindowLoad(
                self._settings, means, self._logger, self._clock, transactions, replace=replace, deadline=deadline
            ).load(windows, span)
            memory.give_back()

        return self._keeper.keep(result, control, load, deadline)

    def _replay(
        self, run_id: UUID, control: Connection, wanted: RejectFilter, deadline: Deadline, progress: Progress = _untold
    ) -> RunResult:
        def replay(means: Means) -> None:
            Replay(
                self._settings, self._logger, self._clock, retries=means.retries, run=means.run,
                writer=means.writer, deadline=deadline, progress=progress,
            ).replay(wanted)  # fmt: skip
            memory.give_back()

        return self._keeper.keep(RunResult(run_id, action="replay"), control, replay, deadline)


def _listed(means: Means, span: Span | None, last: datetime | None, *, replace: bool) -> list[plan.Window]:
    """The windows of the lake in the span, up to ``last``, with their objects: all for a replace, else those that the
    ledger does not hold. Only these stay in memory, however many a listing has.
    """
    start, end = span if span is not None and span[1] - span[0] <= _LISTED_BY_DAY else (None, None)
    starts: set[datetime] = set()
    found: list[LakeObject] = []

    def wanted(listing: Iterator[LakeObject]) -> list[LakeObject]:
        inside = (
            item
            for item in listing
            if (span is None or span[0] <= item.window < span[1]) and (last is None or item.window <= last)
        )
        kept: list[LakeObject] = []
        while piece := list(islice(inside, _LISTED_AT_ONCE)):
            starts.update(item.window for item in piece)
            kept += piece if replace else _unloaded(means.control, piece)
        return kept

    for root in _ROOTS:
        found += means.lake.listed(root, start, end, wanted)
    return plan.windows_of(found, starts)


def _unloaded(control: Connection, objects: Sequence[LakeObject]) -> Iterator[LakeObject]:
    with control.cursor() as cursor:
        known = books.loaded_among(cursor, [item.key for item in objects])
    return (item for item in objects if item.key not in known)


def check_range(window_from: datetime | None, window_to: datetime | None) -> None:
    """Refuse a range that cannot be one.

    Raises:
        RangeError: it has one end only, no time zone, ends before it begins, or lies outside of the years 1970 to 9998.
    """
    if (window_from is None) != (window_to is None):
        raise RangeError("a range has both «from» and «to»; neither means everything")
    if window_from is None or window_to is None:
        return
    if window_from.tzinfo is None or window_to.tzinfo is None:
        raise RangeError("«from» and «to» need a time zone, such as 2026-11-22T07:00:00Z")
    if window_from >= window_to:
        raise RangeError(f"the range is empty: {window_from.isoformat()} is not before {window_to.isoformat()}")
    if window_from.year < 1970 or window_to.year > 9998:
        raise RangeError(f"no windows there: {window_from.isoformat()} to {window_to.isoformat()}")


def _span(window_from: datetime | None, window_to: datetime | None) -> Span | None:
    """Whole windows: from rounded down, to rounded up. None for everything."""
    if window_from is None or window_to is None:
        return None
    return window_of(window_from), window_of(window_to - timedelta(microseconds=1)) + HOUR
