"""Running the ETL: a tick, a range of windows, a queued run. Owns the connections."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg2
from aws_lambda_powertools import Logger

from etl import plan
from etl.errors import EtlError, RangeError, RunNotFoundError
from etl.load.windows import NO_DEADLINE, Clock, Deadline, Progress, RunResult, Span, WindowLoad, told
from etl.metrics import Metrics, NoMetrics, RunReport
from etl.settings import Settings
from lake import Lake, LakeError, LakeObject, window_of
from lake.keys import HOUR
from warehouse import books, runs
from warehouse.connect import Connection, connected
from warehouse.errors import WarehouseError, WarehouseUnavailableError
from warehouse.gauges import Gauges, read_gauges

__all__ = ["Deadline", "RunResult", "Runner", "check_range"]

# A range is listed day by day; past this one listing of all is the shorter way.
_LISTED_BY_DAY = timedelta(days=62)


class Runner:
    """The ETL of one lake and one warehouse."""

    def __init__(
        self,
        settings: Settings,
        lake: Lake,
        logger: Logger,
        clock: Clock = lambda: datetime.now(UTC),
        *,
        metrics: Metrics = NoMetrics(),  # noqa: B008 -- it has no state
    ) -> None:
        self._settings = settings
        self._lake = lake
        self._logger = logger
        self._clock = clock
        self._metrics = metrics

    def tick(self, deadline: Deadline = NO_DEADLINE) -> list[RunResult]:
        """Do the queued runs, then what is new since the watermark less the look-back.

        Raises:
            WarehouseUnavailableError, LakeUnavailableError, LoadError: it could not be done; the next tick will.
            WarehouseError: the warehouse is not migrated.
        """
        with self._connected() as control:
            done = []
            while not deadline.passed(self._clock()) and (queued := self._take(control, None)) is not None:
                # What one run could not do is in its books; the others and the tick have their turn.
                try:
                    done.append(self._queued(control, queued, deadline))
                except (EtlError, LakeError) as error:
                    done.append(RunResult(queued.run_id, errors=[told(error)]))
            with control.cursor() as cursor:
                run_id = runs.start(cursor, "schedule", "schedule")
                mark = books.watermark(cursor)
            current = window_of(self._clock())
            # A window of the future waits until its hour has come.
            span = None if mark is None else (mark - self._settings.look_back, current + HOUR)

            def listing() -> list[LakeObject]:
                return [item for item in self._listed(span) if item.window <= current]

            result = self._run(control, run_id, listing, span, replace=False, deadline=deadline, planned_to=current)
            return [*done, result]

    def queued(self, run_id: UUID, deadline: Deadline = NO_DEADLINE) -> RunResult:
        """Do one queued run.

        Raises:
            RunNotFoundError: it is not queued.
            WarehouseUnavailableError, LakeUnavailableError, LoadError: it could not be done.
        """
        with self._connected() as control:
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
        deadline: Deadline = NO_DEADLINE,
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
            WarehouseUnavailableError, LakeUnavailableError, LoadError: it could not be done.
        """
        check_range(window_from, window_to)
        with self._connected() as control:
            with control.cursor() as cursor:
                run_id = runs.start(cursor, trigger, requested_by, window_from, window_to, replace=replace)
            span = _span(window_from, window_to)
            return self._run(
                control, run_id, lambda: self._listed(span), span,
                replace=replace, deadline=deadline, planned_to=None, progress=progress,
            )  # fmt: skip

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """The connection that keeps locks and books: every statement is a transaction of its own."""
        with connected(self._settings.warehouse_url, "clickstream-etl") as control:
            control.autocommit = True
            try:
                yield control
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                raise WarehouseUnavailableError(
                    f"the connection to the warehouse was lost: {str(error).strip()}"
                ) from error
            except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName) as error:
                raise WarehouseError(
                    f"the warehouse is not of this version, migrate it: {str(error).strip()}"
                ) from error

    def _take(self, control: Connection, run_id: UUID | None) -> runs.QueuedRun | None:
        with control.cursor() as cursor:
            return runs.take_queued(cursor, run_id)

    def _queued(self, control: Connection, queued: runs.QueuedRun, deadline: Deadline) -> RunResult:
        span = _span(queued.window_from, queued.window_to)
        return self._run(
            control, queued.run_id, lambda: self._listed(span), span,
            replace=queued.replace, deadline=deadline, planned_to=None,
        )  # fmt: skip

    def _listed(self, span: Span | None) -> list[LakeObject]:
        if span is not None and span[1] - span[0] <= _LISTED_BY_DAY:
            return self._lake.list_objects("events", *span)
        found = self._lake.list_all("events")
        return found if span is None else [item for item in found if span[0] <= item.window < span[1]]

    def _run(
        self,
        control: Connection,
        run_id: UUID,
        listing: Callable[[], list[LakeObject]],
        span: Span | None,
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
            lap = result.measures.laps()
            listed = plan.windows_of(listing())
            lap("List")
            with connected(self._settings.warehouse_url, "clickstream-etl-load") as writer:
                WindowLoad(
                    self._settings, self._lake, self._logger, self._clock, run=result, control=control, writer=writer,
                    replace=replace, deadline=deadline, progress=progress,
                ).load(listed, span)  # fmt: skip
        except BaseException as error:  # also an interrupted command: its run did not succeed
            if told(error) not in result.errors:
                result.errors.append(told(error))
            raise
        finally:
            self._finish(control, result, planned_to)
        return result

    def _finish(self, control: Connection, result: RunResult, planned_to: datetime | None) -> None:
        # The warehouse may be what failed: then the run stays «running», and the next one says it was abandoned.
        with suppress(psycopg2.Error), control.cursor() as cursor:
            runs.finish(
                cursor, result.run_id, result.counts, windows=result.windows, objects=result.objects,
                planned_to=planned_to, error="; ".join(result.errors) or None,
            )  # fmt: skip
            runs.release(cursor, result.run_id)
        self._metrics.run(
            RunReport(
                str(result.run_id), bool(result.errors), result.counts, result.windows, result.objects, result.left,
                result.measures, self._gauges(control),
            )
        )  # fmt: skip
        log = self._logger.error if result.errors else self._logger.info
        log(
            "etl.run.finished",
            extra={
                "run_id": str(result.run_id), "state": result.state, "windows": result.windows,
                "objects": result.objects, "collected": result.counts.collected, "loaded": result.counts.loaded,
                "duplicates": result.counts.duplicates, "rejected": result.counts.rejected,
                "withheld": result.counts.withheld, "left": result.left, "errors": result.errors,
            },
        )  # fmt: skip

    def _gauges(self, control: Connection) -> Gauges | None:
        with suppress(psycopg2.Error), control.cursor() as cursor:
            return read_gauges(cursor, self._settings.look_back)
        return None


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
