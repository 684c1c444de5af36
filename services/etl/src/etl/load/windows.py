"""Loading the windows of one run: locked in groups, in few transactions, a bad window kept apart from others."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate

import psycopg2
from aws_lambda_powertools import Logger

from etl import plan
from etl.agent_memory import AgentMemory
from etl.errors import LoadError, RangeError
from etl.extract.objects import Lines, fetch, read_whole
from etl.load.ahead import Ahead
from etl.load.batch import write
from etl.load.rejects import Rejects
from etl.patient_lake import PatientLake
from etl.refusals import enter_refused
from etl.retry import Retries
from etl.run import Clock, Deadline, Progress, RunResult, Span, told
from etl.settings import Settings
from etl.transform.stage import Staged, staged
from lake import LakeObject
from lake.keys import Root
from warehouse import books, differences, load, partitions
from warehouse.books import Counts, ObjectBooks
from warehouse.connect import Connection, Cursor, connection_lost, passing
from warehouse.derive import remake, touched
from warehouse.seen import SeenIds

_MIB = 1 << 20
_FAILURES_IN_A_ROW = 3
_FIRST_BYTES = 2 * _MIB
# After so many, what autovacuum has kept from being found by time takes questions longer than autovacuum is worth.
_MANY_EVENTS = 100_000
# While a load goes on, its pages are entered into what finds them by time now and then, and at its end.
_SUMMARIZED_EVERY = timedelta(minutes=1)
# From so many on, ids that were seen are kept in memory.
_MANY_LINES = 100_000
_TRANSACTIONS_TOGETHER = 16  # as many are locked and noted as running at once
_Numbered = list[tuple[LakeObject, int]]  # objects of a batch, each with its id in the ledger
_Batches = Callable[[], Iterator[Staged]]


class WindowLoad:
    """The loading part of one run. ``control`` (autocommit) keeps locks and states, ``writer`` has the transactions."""

    def __init__(
        self,
        settings: Settings,
        lake: PatientLake,
        logger: Logger,
        clock: Clock,
        *,
        retries: Retries,
        run: RunResult,
        control: Connection,
        writer: Connection,
        replace: bool,
        deadline: Deadline,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._lake = lake
        self._logger = logger
        self._clock = clock
        self._retries = retries
        self._run = run
        self._control = control
        self._writer = writer
        self._replace = replace
        self._deadline = deadline
        self._progress = progress
        self._failures_in_a_row = 0
        self._total = 0
        self._agents = AgentMemory(control)
        self._seen: SeenIds | None = None
        self._summarized = clock()

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
            self._seen = self._seen_ids(windows)
        self._total = sum(len(window.objects) for window in windows)
        self._progress(0, self._total)
        for group in self._groups(windows):
            if self._deadline.passed(self._clock()):
                self._run.left += len(group)
                continue
            self._locked(group)
        if self._run.counts.loaded:
            self._summarize(patient=self._run.counts.loaded >= _MANY_EVENTS)
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
        return [*plan.groups(sound, transactions * self._settings.commit_mib * _MIB), *([window] for window in again)]

    def _seen_ids(self, windows: list[plan.Window]) -> SeenIds | None:
        """Worth the memory, and reading what the warehouse has, where many lines come."""
        lines = sum(item.count for window in windows for item in window.objects)
        if lines < _MANY_LINES:
            return None
        # A receipt is believed within a day of its window (``expressions.staged``).
        first, last = windows[0].start - timedelta(days=1), windows[-1].start + timedelta(days=2)
        return SeenIds(lines, *load.time_range(first, last, self._settings.duplicate_range))

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
            self._transact(windows)
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

    def _transact(self, windows: list[plan.Window]) -> None:
        items = [item for window in windows for item in window.objects]
        # A replace is one transaction: readers see the old numbers until the new ones are there.
        parts = [items] if self._replace else list(plan.tapered_batches(items, self._settings.commit_mib * _MIB))
        size = self._settings.batch_mib * _MIB
        # Nothing can be written before the first batch is there: it is small.
        sent = [
            list(plan.batches(_under("events", part), size, None if number else _FIRST_BYTES))
            for number, part in enumerate(parts)
        ]
        ends = list(accumulate(map(len, sent), initial=0))
        with self._ahead([cut for cuts in sent for cut in cuts]) as ahead:
            for position, part in enumerate(parts):
                left = [item for later in parts[position + 1 :] for item in later]
                if position and self._deadline.passed(self._clock()):
                    self._run.left += len({item.window for item in (*part, *left)})
                    return
                mine = {item.window for item in part}
                chosen = windows if self._replace else [window for window in windows if window.start in mine]
                self._patiently(chosen, part, partial(ahead.take, range(*ends[position : position + 2])), left)
                self._progress(self._run.objects, self._total)

    def _ahead(self, cuts: list[list[LakeObject]]) -> Ahead[_Numbered, Iterator[tuple[LakeObject, Lines]], Staged]:
        with self._control.cursor() as cursor:
            ids = iter(books.draw_object_ids(cursor, sum(map(len, cuts))))

        def fetched(cut: _Numbered) -> Iterator[tuple[LakeObject, Lines]]:
            items = [item for item, _ in cut]
            return read_whole(items, fetch(self._lake.get, items))  # unpacked when they are transformed

        def made(cut: _Numbered, read: Iterator[tuple[LakeObject, Lines]]) -> Staged:
            return staged(
                read, {item.key: object_id for item, object_id in cut},
                threads=self._settings.threads, memory_limit_mib=self._settings.memory_limit_mib,
                agents=self._agents.rows,
            )  # fmt: skip

        return Ahead(
            fetched,
            made,
            [[(item, next(ids)) for item in cut] for cut in cuts],
        )

    def _patiently(
        self, windows: Sequence[plan.Window], items: list[LakeObject], batches: _Batches, left: list[LakeObject]
    ) -> None:
        """``_commit``, once more where another transaction was in its way."""

        def commit() -> None:
            try:
                self._commit(windows, items, batches, left)
            except psycopg2.Error as error:
                if passing(error):
                    self._writer.rollback()
                raise

        self._retries.call(f"load of {len(windows)} windows from {windows[0].start.isoformat()}", commit, when=passing)

    def _commit(
        self, windows: Sequence[plan.Window], items: list[LakeObject], batches: _Batches, left: list[LakeObject]
    ) -> None:
        """One transaction: the batches, everything that is derived from them, and their books."""
        started = self._clock()
        starts = [window.start for window in windows]
        pending = Counter(item.window for item in left)
        counts = Counts()
        ledger: list[ObjectBooks] = []
        lap = self._run.measures.laps()
        limits = {"threads": self._settings.threads, "memory_limit_mib": self._settings.memory_limit_mib}
        with touched(**limits) as found, self._writer.cursor() as cursor:
            rejects = Rejects(cursor, **limits)
            turn = load.begin(cursor)
            lap("Wait")
            if self._seen:
                self._seen.begin(cursor, turn)
            before = {}
            if self._replace:
                _refuse_loss(cursor, windows)
                before = books.of_windows(cursor, starts)
                found.delete_windows(cursor, starts)
            for batch in batches():
                lap("Transform")
                counts.add(
                    write(
                        cursor, batch, found, rejects,
                        run_id=self._run.run_id, duplicate_range=self._settings.duplicate_range, seen=self._seen,
                    )
                )  # fmt: skip
                ledger.extend(batch.books.values())
                del batch  # not held while the next one is waited for, nor while all of them are derived from
                lap("Load")
            rejects.write()
            refused = _under("rejected", items)
            for entry in enter_refused(
                cursor, self._lake.get, refused, found, run_id=self._run.run_id, settings=self._settings
            ):
                counts.add(entry.counts)
                ledger.append(entry)
            lap("Load")
            if found.anything():
                remake(cursor, found)
            books.close_windows(
                cursor, [(start, pending[start]) for start in starts], found.newest, replaced=self._replace
            )
            if self._replace:
                self._run.difference.note(before, books.of_windows(cursor, starts))
                differences.store(cursor, self._run.run_id, self._run.difference)
            lap("Rebuild")
        self._writer.commit()
        if self._clock() - self._summarized >= _SUMMARIZED_EVERY:
            self._summarize()
        lap("Commit")
        self._run.counts.add(counts)
        self._run.windows += sum(1 for start in starts if not pending[start])
        self._run.objects += len(items)
        seconds = round((self._clock() - started).total_seconds(), 3)
        of_window: dict[datetime, list[ObjectBooks]] = {start: [] for start in starts}
        for entry in ledger:
            of_window[entry.window].append(entry)
        for start, entries in of_window.items():
            self._log_window(start, entries, pending[start], len(starts), seconds)

    def _summarize(self, *, patient: bool = False) -> None:
        try:
            with self._writer, self._writer.cursor() as cursor:
                partitions.summarize_new_pages(cursor, patient=patient)
        except psycopg2.Error as error:  # what was loaded stands; autovacuum does it, too
            self._logger.warning("etl.pages.not_summarized", extra={"error": told(error)})
        self._summarized = self._clock()

    def _log_window(
        self, start: datetime, ledger: list[ObjectBooks], pending: int, together: int, seconds: float
    ) -> None:
        counts = Counts()
        for entry in ledger:
            counts.add(entry.counts)
        self._logger.info(
            "etl.window.loaded",
            extra={
                "run_id": str(self._run.run_id), "window": start.isoformat(), "replace": self._replace,
                "objects": len(ledger), "pending_objects": pending,
                **asdict(counts), "windows_together": together, "seconds": seconds,
            },
        )  # fmt: skip


def _under(root: Root, items: Sequence[LakeObject]) -> list[LakeObject]:
    return [item for item in items if item.root == root]


def _refuse_loss(cursor: Cursor, windows: Sequence[plan.Window]) -> None:
    """A window whose objects are gone from the lake cannot be made again: deleting it would lose events."""
    listed = {item.key for window in windows for item in window.objects}
    gone = books.loaded_keys(cursor, [window.start for window in windows]) - listed
    if gone:
        raise RangeError(
            f"{len(gone)} loaded objects are no longer in the lake, such as {min(gone)}: replacing would lose"
            " their events"
        )
