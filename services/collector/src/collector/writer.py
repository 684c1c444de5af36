"""Group commit: many requests, one object.

The writer never waits on a timer. A request that comes while nothing is being written is written at once; those that
come during a write gather, and go out together as the next object when it returns. Every request is answered after
its own bytes are in the lake.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import perf_counter

from isal import igzip_lib

from collector.errors import NotStoredError, QueueFullError, UnavailableError
from collector.log import Log
from collector.metrics import Metrics
from collector.ports import EventStore
from lake import LakeError, ObjectExistsError, events_key, rejected_key, window_of
from lake.ids import uuid7

_COMPRESSION_LEVEL = 1
_TURNS_OF_AN_ANSWER = 3  # from a result that is set to the client's next request, on a loopback
_GATHERING_TURNS = 16
_GATHERED_BYTES = 64 << 10  # are worth an object by themselves
# 256 KiB compress in about 1 ms: past that the event loop has better to do.
_COMPRESS_IN_THREAD_BYTES = 256 << 10


class Batch:
    """The lines of one request, received at a moment of UTC.

    ``settle`` is called once: when they are in the lake (None) or are known not to be (the error). It must not raise.
    """

    __slots__ = ("event_count", "events", "received_at", "rejected", "rejected_count", "settle", "settled", "size")

    def __init__(  # noqa: PLR0917 # by position, because names cost every request
        self,
        received_at: datetime,
        events: bytes,
        event_count: int,
        rejected: bytes,
        rejected_count: int,
        settle: Callable[[UnavailableError | None], None],
    ) -> None:
        self.received_at = received_at
        self.events = events
        self.event_count = event_count
        self.rejected = rejected
        self.rejected_count = rejected_count
        self.settle = settle
        self.settled = False
        self.size = len(events) + len(rejected)


class Writer:
    """Writes batches to a store, one commit at a time.

    Holds nothing of an event loop between commits, so that it serves uvicorn's one loop as well as the loop that
    Mangum runs for the length of each Lambda invocation.
    """

    def __init__(self, store: EventStore, log: Log, metrics: Metrics, *, max_waiting_bytes: int) -> None:
        self._store = store
        self._log = log
        self._metrics = metrics
        self._limit = max_waiting_bytes
        self._waiting: list[Batch] = []
        self._bytes = 0
        self._draining: asyncio.Task[None] | None = None

    def take(self, batch: Batch) -> None:
        """Take a batch to be written; it is told when it is durably in the lake, or that it is not.

        Raises:
            QueueFullError: too much is waiting; nothing of the batch was taken.
        """
        size = batch.size
        if self._bytes and self._bytes + size > self._limit:
            raise QueueFullError(f"{self._bytes} bytes are waiting for the lake: send the request again later")
        self._waiting.append(batch)
        self._bytes += size
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())

    async def flush(self) -> None:
        """Return when all that was taken has been answered; for the end of the process."""
        while self._draining is not None:
            await asyncio.wait([self._draining])

    async def _drain(self) -> None:
        taken: list[Batch] = []
        try:
            while self._waiting:
                taken, self._waiting = self._waiting, []
                await self._commit(taken)
                self._bytes -= sum([entry.size for entry in taken])
                await self._gather(len(taken))
        finally:
            # Reached with open answers only when the loop is being torn down: nobody is to wait for ever.
            _settle([*taken, *self._waiting], NotStoredError("the collector was stopped"))
            self._waiting, self._bytes, self._draining = [], 0, None

    async def _gather(self, answered: int) -> None:
        """After several requests were answered, let turns of the event loop pass until one brings no request.

        Those clients send their next requests within a few turns. Without this, two groups of clients take turns, and
        each commit serves half as many. A client that is alone waits for nothing.
        """
        if answered == 1 and not self._waiting:
            return
        for turn in range(_GATHERING_TURNS):
            count = len(self._waiting)
            if self._bytes >= _GATHERED_BYTES:
                return
            await asyncio.sleep(0)
            if turn >= _TURNS_OF_AN_ANSWER and len(self._waiting) == count:
                return

    async def _commit(self, entries: list[Batch]) -> None:
        moments = [entry.received_at for entry in entries]
        first, last = window_of(min(moments)), window_of(max(moments))
        if first == last:
            await self._commit_window(first, entries)
            return
        by_window: dict[datetime, list[Batch]] = {}
        for entry in entries:
            by_window.setdefault(window_of(entry.received_at), []).append(entry)
        for window, group in sorted(by_window.items()):
            await self._commit_window(window, group)

    async def _commit_window(self, window: datetime, entries: list[Batch]) -> None:
        """Rejected lines first: were they to fail after the events are in, the client would send the events again."""
        refused = [entry for entry in entries if entry.rejected_count]
        if refused:
            lines = b"".join([entry.rejected for entry in refused])
            count = sum(entry.rejected_count for entry in refused)
            if error := await self._put(rejected_key(window, uuid7(), count), lines, count, len(refused)):
                _settle(refused, error)
                entries = [entry for entry in entries if not entry.rejected_count]
        accepted = [entry for entry in entries if entry.event_count] if refused else entries
        if accepted:
            lines = b"".join([entry.events for entry in accepted])
            count = sum([entry.event_count for entry in accepted])
            error = await self._put(events_key(window, uuid7(), count), lines, count, len(accepted))
            _settle(accepted, error)
        if refused:
            _settle(entries, None)

    async def _put(self, key: str, lines: bytes, count: int, requests: int) -> NotStoredError | None:
        started = perf_counter()
        size: int | None = None
        try:
            if len(lines) > _COMPRESS_IN_THREAD_BYTES:
                body = await asyncio.to_thread(_gzip, lines)
            else:
                body = _gzip(lines)
            await self._store.put_new(key, body)
            size = len(body)
        except ObjectExistsError:
            # The id in the key is fresh and random. That it is taken can only mean that our own try got through and
            # its answer was lost, whereupon the store's client tried again: the object there is this one.
            self._log.warning("collector.object.already_stored", key=key)
            size = len(body)
        except LakeError as error:
            self._log.error("collector.object.not_stored", key=key, lines=count, requests=requests, error=str(error))
        except Exception:
            # Whatever the store raises, the requests behind it get their answer and the next commit its turn.
            self._log.exception("collector.object.not_stored", key=key, lines=count, requests=requests)
        milliseconds = round((perf_counter() - started) * 1000, 3)
        self._metrics.count_write(size, milliseconds)
        if size is None:
            return NotStoredError("the lake did not take the write: send the request again later")
        self._log.info("collector.object.stored", key=key, lines=count, requests=requests, bytes=size, ms=milliseconds)
        return None


def _gzip(lines: bytes) -> bytes:
    return igzip_lib.compress(lines, level=_COMPRESSION_LEVEL, flag=igzip_lib.COMP_GZIP)


def _settle(entries: list[Batch], error: UnavailableError | None) -> None:
    for entry in entries:
        if not entry.settled:
            entry.settled = True
            entry.settle(error)
