"""Trying again what may pass, with growing pauses; what cannot pass fails at once.

Three places try again: a get or a listing of the lake (busy, timed out), a transaction that was in somebody's way
(serialization, deadlock, lock timeout), and a run whose connection was lost, which plans anew from the ledger.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from aws_lambda_powertools import Logger
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from etl.metrics import RunMeasures
from etl.run import Clock, Deadline, told
from etl.settings import Settings
from warehouse.connect import connection_lost
from warehouse.errors import WarehouseError

T = TypeVar("T")
Sleep = Callable[[float], None]

_LONGEST_PAUSE_SECONDS = 20


class Retries:
    """The retries of one run: each is counted and logged, none goes beyond the run's deadline."""

    def __init__(
        self,
        settings: Settings,
        logger: Logger,
        clock: Clock,
        *,
        deadline: Deadline,
        measures: RunMeasures,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._settings = settings
        self._logger = logger
        self._clock = clock
        self._deadline = deadline
        self._measures = measures
        self._sleep = sleep
        self._counting = threading.Lock()  # gets of objects fail side by side

    def call(self, what: str, work: Callable[[], T], *, when: Callable[[BaseException], bool]) -> T:
        """Do ``work``; where it fails with an error of which ``when`` says that it may pass, pause and do it again.

        Raises the last error, whatever it is.
        """
        try:
            return work()  # outside of tenacity, which takes as long as a get of an object
        except Exception as error:
            if not when(error):
                raise
            failed = [error]

        def again() -> T:  # the first time it fails as it did
            if failed:
                raise failed.pop()
            return work()

        def note(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            with self._counting:
                self._measures.retries += 1
            self._logger.warning(
                "etl.retry",
                extra={
                    "what": what, "attempt": state.attempt_number, "attempts": self._settings.retry_attempts,
                    "pause_seconds": round(state.upcoming_sleep, 3), "error": told(error) if error else None,
                },
            )  # fmt: skip

        tried_enough = stop_after_attempt(self._settings.retry_attempts)

        def stop(state: RetryCallState) -> bool:
            again_at = self._clock() + timedelta(seconds=state.upcoming_sleep)
            return tried_enough(state) or self._deadline.passed(again_at)

        return Retrying(
            retry=retry_if_exception(when),
            stop=stop,
            wait=wait_random_exponential(multiplier=self._settings.retry_seconds, max=_LONGEST_PAUSE_SECONDS),
            before_sleep=note,
            sleep=self._sleep,
            reraise=True,
        )(again)


def out_of_reach(error: BaseException) -> bool:
    """Whether the warehouse is away, and a new connection may find it."""
    return connection_lost(error) or (isinstance(error, WarehouseError) and error.retryable)
