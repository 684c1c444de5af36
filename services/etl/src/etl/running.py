"""Keeping one run: held while it lives, on connections that are made anew where they are lost, ended in the books."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

import psycopg2
from aws_lambda_powertools import Logger

from etl.metrics import Metrics, RunMeasures, RunReport
from etl.patient_lake import LakeReader, PatientLake
from etl.retry import Retries, Sleep, out_of_reach
from etl.run import Clock, Deadline, RunResult, told
from etl.settings import Settings
from warehouse import books, runs
from warehouse.books import Counts
from warehouse.connect import Connection, connected, connection_lost, passing
from warehouse.errors import WarehouseError, WarehouseUnavailableError
from warehouse.gauges import Gauges, read_gauges

T = TypeVar("T")

# What the database lacks that this code asks for.
_OF_ANOTHER_VERSION = (
    psycopg2.errors.InvalidSchemaName,
    psycopg2.errors.UndefinedTable,
    psycopg2.errors.UndefinedColumn,
    psycopg2.errors.UndefinedFunction,
)


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with.

    ``control`` is in autocommit and keeps locks and states, ``writer`` has the transactions.
    """

    run: RunResult
    control: Connection
    writer: Connection
    lake: PatientLake
    retries: Retries


class RunKeeper:
    """Begins runs, has them done and ends them: in the books, in the log and in the metrics."""

    def __init__(
        self,
        settings: Settings,
        lake: LakeReader,
        logger: Logger,
        clock: Clock,
        *,
        metrics: Metrics,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._settings = settings
        self._lake = lake
        self._logger = logger
        self._clock = clock
        self._metrics = metrics
        self._sleep = sleep

    def step(self, what: str, work: Callable[[Connection], T], deadline: Deadline) -> T:
        """Something short on a connection of its own; once more where the warehouse is away for a moment.

        Raises:
            WarehouseUnavailableError: it stays away.
            WarehouseError: the warehouse is not migrated.
        """
        with self.begun(what, work, deadline) as (done, _):
            return done

    @contextmanager
    def begun(self, what: str, work: Callable[[Connection], T], deadline: Deadline) -> Iterator[tuple[T, Connection]]:
        """As ``step``; what it returned and its connection, which lasts and so holds a run that ``work`` began."""
        with ExitStack() as lasting:
            retries = self._retries(deadline, RunMeasures())
            yield self._steadily(what, lambda control: (work(control), control), retries, lasting)

    def keep(
        self, result: RunResult, held_by: Connection, work: Callable[[Means], None], deadline: Deadline
    ) -> RunResult:
        """Do a run that was begun on the connection ``held_by``; it is held until its end is noted.

        Where a connection is lost ``work`` is done again on new ones: it has to go on from what is in the ledger.

        Raises:
            WarehouseUnavailableError: the warehouse stays away.
            Whatever else ``work`` raises.
        """
        retries = self._retries(deadline, result.measures)
        control = held_by
        tries = 0

        def attempt() -> None:
            nonlocal control, tries
            tries += 1
            if tries > 1:
                control.close()  # with its locks of windows, where it was not lost
                control = self._anew(lasting)
            with _errors_of_the_warehouse():
                with control.cursor() as cursor:
                    if tries > 1:
                        runs.resume(cursor, result.run_id)
                    runs.fail_abandoned(cursor, result.run_id)
                    if tries > 1 and result.action == "load":
                        # The answer to a commit may be what was lost: the ledger knows.
                        result.windows, result.objects, result.counts = books.of_run(cursor, result.run_id)
                with connected(self._settings.warehouse_url, "clickstream-etl-load") as writer:
                    work(Means(result, control, writer, PatientLake(self._lake, retries), retries))

        with ExitStack() as lasting:
            try:
                retries.call(f"run {result.run_id}", attempt, when=out_of_reach)
            except BaseException as error:  # also an interrupted command: its run did not succeed
                if told(error) not in result.errors:
                    result.errors.append(told(error))
                raise
            finally:
                self._finish(result, retries)
        return result

    def _retries(self, deadline: Deadline, measures: RunMeasures) -> Retries:
        return Retries(
            self._settings, self._logger, self._clock, deadline=deadline, measures=measures, sleep=self._sleep
        )

    def _steadily(self, what: str, work: Callable[[Connection], T], retries: Retries, lasting: ExitStack) -> T:
        def once() -> T:
            control = self._anew(lasting)
            with _errors_of_the_warehouse():
                return work(control)

        return retries.call(what, once, when=out_of_reach)

    def _anew(self, lasting: ExitStack) -> Connection:
        """A connection with every statement a transaction of its own; the one before of ``lasting`` is closed."""
        lasting.close()
        control = lasting.enter_context(connected(self._settings.warehouse_url, "clickstream-etl"))
        control.autocommit = True
        return control

    def _finish(self, result: RunResult, retries: Retries) -> None:
        def note(control: Connection) -> Gauges:
            with control.cursor() as cursor:
                runs.finish(
                    cursor, result.run_id, result.counts, windows=result.windows, objects=result.objects,
                    planned_to=result.planned_to, error="; ".join(result.errors) or None,
                    retries=result.measures.retries,
                )  # fmt: skip
                return read_gauges(cursor, self._settings.look_back)

        gauges: Gauges | None = None
        try:
            with ExitStack() as lasting:
                if result.errors:  # the warehouse may be what failed, and has had its tries
                    with _errors_of_the_warehouse():
                        gauges = note(self._anew(lasting))
                else:
                    gauges = self._steadily(f"end of run {result.run_id}", note, retries, lasting)
        except WarehouseError as error:
            # The run stays «running», and the next one says it was abandoned: it must not pass for a success here.
            result.errors.append(f"the end of the run could not be noted: {told(error)}")
        counts = result.counts
        if result.action == "replay":
            # What was a reject before and still is was counted when it was set aside.
            counts = Counts(loaded=counts.loaded, duplicates=counts.duplicates, withheld=counts.withheld)
        self._metrics.run(
            RunReport(
                str(result.run_id), bool(result.errors), counts, result.windows, result.objects, result.left,
                result.measures, gauges,
            )
        )  # fmt: skip
        log = self._logger.error if result.errors else self._logger.info
        log(
            "etl.run.finished",
            extra={
                "run_id": str(result.run_id), "action": result.action, "state": result.state,
                "windows": result.windows, "objects": result.objects, "collected": result.counts.collected,
                "loaded": result.counts.loaded, "duplicates": result.counts.duplicates,
                "rejected": result.counts.rejected, "withheld": result.counts.withheld, "left": result.left,
                "retries": result.measures.retries, "errors": result.errors,
            },
        )  # fmt: skip


@contextmanager
def _errors_of_the_warehouse() -> Iterator[None]:
    try:
        yield
    except _OF_ANOTHER_VERSION as error:
        raise WarehouseError(f"the warehouse is not of this version, migrate it: {str(error).strip()}") from error
    except psycopg2.Error as error:
        reason = str(error).strip()
        if connection_lost(error):
            raise WarehouseUnavailableError(f"the connection to the warehouse was lost: {reason}") from error
        if passing(error):
            raise WarehouseUnavailableError(f"the warehouse is busy: {reason}") from error
        raise WarehouseError(f"the warehouse refused: {reason}") from error
