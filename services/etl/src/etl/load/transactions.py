"""The transactions of one run: batches are made ahead and written, with everything that is derived and their books."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate

import psycopg2
from aws_lambda_powertools import Logger

from etl import plan
from etl.agent_memory import AgentMemory
from etl.errors import RangeError
from etl.extract.objects import Lines, fetch, read_whole
from etl.load.ahead import Ahead
from etl.load.batch import write
from etl.load.rejects import Rejects
from etl.refusals import enter_refused
from etl.run import Clock, Deadline, Progress, told
from etl.running import Means
from etl.settings import Settings
from etl.transform.stage import Staged, staged
from lake import LakeObject
from lake.keys import Root
from warehouse import books, differences, load, partitions
from warehouse.books import Counts, ObjectBooks
from warehouse.connect import Cursor, passing
from warehouse.derive import remake, touched
from warehouse.seen import SeenIds

_FIRST_BYTES = 2 << 20
# While a load goes on, its pages are entered into what finds them by time now and then, and at its end.
_SUMMARIZED_EVERY = timedelta(minutes=1)
# From so many on, ids that were seen are kept in memory.
_MANY_LINES = 100_000
_Numbered = list[tuple[LakeObject, int]]  # objects of a batch, each with its id in the ledger
_Batches = Callable[[], Iterator[Staged]]


class Transactions:
    """Loads windows that are locked."""

    def __init__(
        self,
        settings: Settings,
        means: Means,
        logger: Logger,
        clock: Clock,
        *,
        replace: bool,
        deadline: Deadline,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._lake = means.lake
        self._logger = logger
        self._clock = clock
        self._retries = means.retries
        self._run = means.run
        self._control = means.control
        self._writer = means.writer
        self._replace = replace
        self._deadline = deadline
        self._progress = progress
        self._total = 0
        self._agents = AgentMemory(means.control)
        self._seen: SeenIds | None = None
        self._summarized = clock()

    def expect(self, windows: Sequence[plan.Window]) -> None:
        """Say what ``load`` will be given, all in all."""
        self._total = sum(len(window.objects) for window in windows)
        if not self._replace:
            self._seen = self._seen_ids(windows)
        self._progress(0, self._total)

    def load(self, windows: list[plan.Window]) -> None:
        """Load windows in transactions, or replace them in one. What the deadline leaves over stays pending.

        Raises:
            Exception: the transactions before the one that failed stand; the caller rolls that one back.
        """
        items = [item for window in windows for item in window.objects]
        # A replace is one transaction: readers see the old numbers until the new ones are there.
        parts = [items] if self._replace else list(plan.tapered_batches(items, self._settings.commit_bytes))
        # Nothing can be written before the first batch is there: it is small.
        sent = [
            list(plan.batches(_under("events", part), self._settings.batch_bytes, None if number else _FIRST_BYTES))
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
            self.summarize()
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

    def summarize(self, *, patient: bool = False) -> None:
        """Enter the pages that were written last into the indexes by time.

        Args:
            patient: as for ``partitions.summarize_new_pages``.
        """
        try:
            with self._writer, self._writer.cursor() as cursor:
                partitions.summarize_new_pages(cursor, patient=patient)
        except psycopg2.Error as error:  # what was loaded stands; autovacuum does it, too
            self._logger.warning("etl.pages.not_summarized", extra={"error": told(error)})
        self._summarized = self._clock()

    def _seen_ids(self, windows: Sequence[plan.Window]) -> SeenIds | None:
        """Worth the memory, and reading what the warehouse has, where many lines come."""
        lines = sum(item.count for window in windows for item in window.objects)
        if lines < _MANY_LINES:
            return None
        # A receipt is believed within a day of its window (``expressions.staged``).
        first, last = windows[0].start - timedelta(days=1), windows[-1].start + timedelta(days=2)
        return SeenIds(lines, *load.time_range(first, last, self._settings.duplicate_range))

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
