"""Loading the windows of one run: locked in groups, in few transactions, a bad window kept apart from others."""

from contextlib import suppress

import psycopg2
from aws_lambda_powertools import Logger

from etl import plan
from etl.errors import LoadError, RangeError
from etl.load.transactions import Transactions
from etl.run import Clock, Deadline, Span, told
from etl.running import Means
from etl.settings import Settings
from warehouse import books, partitions
from warehouse.connect import Cursor, connection_lost

_FAILURES_IN_A_ROW = 3
# After so many, what autovacuum has kept from being found by time takes questions longer than autovacuum is worth.
_MANY_EVENTS = 100_000
_TRANSACTIONS_TOGETHER = 16  # as many are locked and noted as running at once


class WindowLoad:
    """The loading part of one run: ``transactions`` loads what is locked here."""

    def __init__(
        self,
        settings: Settings,
        means: Means,
        logger: Logger,
        clock: Clock,
        transactions: Transactions,
        *,
        replace: bool,
        deadline: Deadline,
    ) -> None:
        self._settings = settings
        self._logger = logger
        self._clock = clock
        self._run = means.run
        self._control = means.control
        self._writer = means.writer
        self._transactions = transactions
        self._replace = replace
        self._deadline = deadline
        self._failures_in_a_row = 0

    def load(self, windows: list[plan.Window], span: Span | None) -> None:
        """Load the windows' objects, or replace the windows.

        Args:
            windows: as listed; unless they are replaced without the objects that the ledger holds.
            span: the range [from, to) that they are of, None for all there is. A replace looks in the ledger for
                windows of the range that the lake has no more.

        Raises:
            LoadError: several windows in a row failed.
            psycopg2.OperationalError: the connection is lost.
        """
        if self._replace:
            # Where a connection was lost, what the run has replaced by then is not replaced a second time.
            windows = [
                window
                for window in self._with_vanished(windows, span)
                if window.start not in self._run.difference.after
            ]
        windows = self._kept(windows)
        if not self._replace:
            windows = self._noted(windows)
        self._transactions.expect(windows)
        try:
            for group in self._groups(windows):
                if self._deadline.passed(self._clock()):
                    self._run.left += len(group)
                    continue
                self._locked(group)
        finally:  # what was committed stands, whatever came after it
            if self._run.counts.loaded:
                self._transactions.summarize(patient=self._run.counts.loaded >= _MANY_EVENTS)
        if self._replace and self._run.left:
            # Nobody comes back for them: no window is pending, all are as they were.
            self._run.errors.append(
                f"{self._run.left} windows were not replaced, for want of time or because another run was loading them:"
                " ask for them again"
            )

    def _kept(self, windows: list[plan.Window]) -> list[plan.Window]:
        """The windows whose events retention keeps. Of the others nothing can be loaded any more."""
        with self._control.cursor() as cursor:
            kept_from = partitions.events_kept_from(cursor)
        if kept_from is None:
            return windows
        old = [window for window in windows if window.start < kept_from]
        refused = old if self._replace else [window for window in old if window.objects]
        if refused:
            self._run.errors.append(
                f"{len(refused)} windows before {kept_from.isoformat()} were left as they are: retention has dropped"
                " their events, and their rollups cannot be made again"
            )
        return [window for window in windows if window.start >= kept_from]

    def _groups(self, windows: list[plan.Window]) -> list[list[plan.Window]]:
        """Windows that failed the last time come last and alone, the one first that was tried least."""
        with self._control.cursor() as cursor:
            failed = books.failed_windows(cursor, [window.start for window in windows])
        sound = [window for window in windows if window.start not in failed]
        again = sorted((window for window in windows if window.start in failed), key=lambda w: failed.index(w.start))
        # A replace is one transaction. Else transactions are cut without regard to windows: what is derived costs each
        # of them something, however little of a window it has.
        transactions = 1 if self._replace else _TRANSACTIONS_TOGETHER
        return [*plan.groups(sound, transactions * self._settings.commit_bytes), *([window] for window in again)]

    def _noted(self, windows: list[plan.Window]) -> list[plan.Window]:
        """The windows that have something to load, noted as pending."""
        pending = [window for window in windows if window.objects]
        with self._control.cursor() as cursor:
            self._note_rest(cursor, windows, pending)
            books.note_pending(cursor, [(window.start, len(window.objects)) for window in pending])
        return pending

    def _pending(self, windows: list[plan.Window]) -> list[plan.Window]:
        """The windows of which something is not in the ledger, with that."""
        with self._control.cursor() as cursor:
            known = books.loaded_among(cursor, [item.key for window in windows for item in window.objects])
        return [window for window in (window.without(known) for window in windows) if window.objects]

    def _note_rest(self, cursor: Cursor, windows: list[plan.Window], pending: list[plan.Window]) -> None:
        busy = {window.start for window in pending}
        books.note_nothing_pending(cursor, [window.start for window in windows if window.start not in busy])

    def _with_vanished(self, windows: list[plan.Window], span: Span | None) -> list[plan.Window]:
        start, end = span or (None, None)
        with self._control.cursor() as cursor:
            known = books.windows_with_objects(cursor, start, end)
        listed = {window.start for window in windows}
        vanished = [plan.Window(window, ()) for window in known if window not in listed]
        return sorted([*windows, *vanished], key=lambda window: window.start)

    def _locked(self, group: list[plan.Window]) -> None:
        starts = [window.start for window in group]
        with self._control.cursor() as cursor:
            free = set(books.lock_windows(cursor, starts))
            try:
                mine = [window for window in group if window.start in free]
                if len(mine) < len(group):
                    self._run.left += len(group) - len(mine)
                    self._logger.info("etl.windows.busy", extra={"windows": len(group) - len(mine)})
                if not self._replace:
                    # Another run may have loaded some of them between the plan and the lock.
                    pending = self._pending(mine)
                    self._note_rest(cursor, mine, pending)
                    books.set_running(cursor, [window.start for window in pending])
                    mine = pending
                if mine:
                    self._guarded(mine)
            finally:
                with suppress(psycopg2.Error):
                    books.set_not_running(cursor, sorted(free))
                    books.unlock_windows(cursor, sorted(free))

    def _guarded(self, windows: list[plan.Window]) -> None:
        """Load windows together; where that fails, each alone, so that one bad window does not hold up the others."""
        try:
            self._transactions.load(windows)
        except Exception as error:
            with suppress(psycopg2.Error):
                self._writer.rollback()
            if len(windows) > 1 and not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
                self._each_alone(windows)
            else:
                self._failed(windows, error)
        else:
            self._failures_in_a_row = 0

    def _each_alone(self, windows: list[plan.Window]) -> None:
        if not self._replace:
            windows = self._pending(windows)  # the transactions before the one that failed stand
        for position, window in enumerate(windows):
            if position and self._deadline.passed(self._clock()):
                self._run.left += len(windows) - position
                return
            self._guarded([window])

    def _failed(self, windows: list[plan.Window], error: Exception) -> None:
        if not connection_lost(error):  # else the run goes on with another connection, these windows last
            self._run.errors.append(told(error))
        self._run.measures.windows_failed += len(windows)
        self._logger.error(
            "etl.window.failed", extra={"windows": [window.start.isoformat() for window in windows]}, exc_info=error
        )
        if not self._replace:  # else the window is as it was: its old load stands
            with self._control.cursor() as cursor:
                for window in windows:
                    books.fail_window(cursor, window.start, told(error))
        if self._writer.closed:
            raise error
        if isinstance(error, RangeError):
            return  # the window's own affair
        self._failures_in_a_row += 1
        if self._failures_in_a_row == _FAILURES_IN_A_ROW:
            # It may not be the windows: what remains stays pending. The next run begins with it.
            raise LoadError(f"{_FAILURES_IN_A_ROW} times in a row windows could not be loaded, at last: {told(error)}")
