"""What happens to a request to ``/clickstream``, from its head to its answer.

Plain calls from beginning to end: no coroutine waits for the lake, the writer calls back. Tasks, futures and messages
for each request take as long as all the work on its events. ``routes/clickstream.py`` has ASGI's way to here (Lambda,
tests, any server), ``http_protocol.py`` the shorter one.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from time import perf_counter

import msgspec

from collector.as_sent import AsSent, as_sent
from collector.body import check_head, inflate
from collector.cors import CorsPolicy, Headers
from collector.errors import PROBLEM_JSON, AllRejectedError, CollectorError, UnavailableError, problem_json
from collector.log import Line, Log
from collector.metrics import Metrics
from collector.ports import Clock
from collector.read_events import read_events
from collector.request_origin import Head, RequestOrigin
from collector.sort_events import Sorted, sort_events
from collector.write_keys import WriteKeys
from collector.writer import Batch, Writer
from lake.contract import MAX_EVENTS_PER_REQUEST
from lake.ids import uuid7_text

Answer = Callable[[int, Headers, bytes], None]

_JSON: Headers = ((b"content-type", b"application/json"),)
_PROBLEM: Headers = ((b"content-type", PROBLEM_JSON.encode()),)
_NOTHING = Sorted()


class _Answered(Line, kw_only=True):
    message: str = "collector.request.answered"
    status: int
    reason: str | None
    accepted: int
    rejected: int
    withheld: int
    bytes: int
    ms: float
    requestId: str  # noqa: N815 # as in answers


class Intake:
    """What all requests share."""

    def __init__(
        self,
        *,
        writer: Writer,
        keys: WriteKeys,
        honour_privacy_signals: bool,
        origin: RequestOrigin,
        cors: CorsPolicy,
        clock: Clock,
        log: Log,
        metrics: Metrics,
    ) -> None:
        self.writer = writer
        self.keys = keys
        self.honour_privacy_signals = honour_privacy_signals
        self.origin = origin
        self.cors = cors
        self.success_headers = lru_cache(maxsize=1024)(lambda origin: (*_JSON, *cors.answer_headers(origin)))
        self.clock = clock
        self.log = log
        self.metrics = metrics


class Exchange:
    """One request and its answer.

    ``answer`` is called once: by ``begin``, by ``take``, or when the lake has answered.
    """

    __slots__ = ("_answer", "_gzip", "_head", "_intake", "_outcome", "_size", "_started", "answered", "id")

    def __init__(self, intake: Intake, head: Head, answer: Answer) -> None:
        self._started = perf_counter()
        self._intake = intake
        self._head = head
        self._answer = answer
        self._gzip = False
        self._outcome = _NOTHING
        self._size = 0
        self.answered = False
        self.id: str = head.gateway.get("requestId") or uuid7_text()

    def begin(self) -> bool:
        """Whether the body is wanted; if not, the request is answered."""
        head = self._head
        try:
            self._intake.keys.check(head.headers, head.query)
            self._gzip = check_head(head.headers)
        except CollectorError as error:
            self.refuse(error)
            return False
        return True

    def take(self, body: bytes) -> None:
        """Take the events of the complete body; the answer follows when they are in the lake."""
        try:
            if self._gzip:
                body = inflate(body)
            self._size = len(body)
            batch = self._batch(body)
            if batch is None:
                self._settle(None)
            else:
                self._intake.writer.take(batch)
        except CollectorError as error:
            self.refuse(error)
        except Exception:
            self._fail()

    def refuse(self, error: CollectorError) -> None:
        """Answer with a problem."""
        body = problem_json(error.status, error.slug, error.title, error.detail, self.id, **error.members())
        self._finish(error.status, error.slug, (*_PROBLEM, *error.headers(), *self._cors()), body)

    def gone(self) -> None:
        """The client hung up before its body was complete: there is nobody to answer."""
        self._note(499, "client-gone")

    def _batch(self, body: bytes) -> Batch | None:
        """The parsed events are gone when this returns.

        Thousands of them waiting for the lake would be gone through by every garbage collection.
        """
        intake, head = self._intake, self._head
        received_at = intake.clock()
        withhold = intake.honour_privacy_signals and _asks_for_privacy(head.headers)
        sent = (None if withhold else as_sent(body)) or read_events(body)
        ingest = intake.origin.ingest_json(head, received_at=received_at, request_id=self.id, sent_at=sent.sent_at)
        if isinstance(sent, AsSent):
            count = len(sent.opened)
            self._outcome = _all_accepted(count)
            return Batch(received_at, sent.lines(ingest), count, b"", 0, self._settle)
        self._outcome = outcome = sort_events(sent.events, ingest, withhold=withhold)
        lines, outcome.event_lines = outcome.event_lines, b""
        rejected_lines, outcome.rejected_lines = outcome.rejected_lines, b""
        if not outcome.accepted and not outcome.rejected_kept:
            return None
        return Batch(received_at, lines, outcome.accepted, rejected_lines, outcome.rejected_kept, self._settle)

    def _settle(self, error: UnavailableError | None) -> None:
        """The lake has the events, or has not."""
        try:
            outcome = self._outcome
            if error is not None:
                self.refuse(error)
            elif outcome.rejected and not outcome.accepted and not outcome.withheld:
                self.refuse(AllRejectedError(outcome.rejected))
            else:
                headers = self._intake.success_headers(self._head.headers.get(b"origin"))
                self._finish(200, None, headers, _success(outcome))
        except Exception:
            self._fail()

    def _fail(self) -> None:
        self._intake.log.exception("collector.request.failed", requestId=self.id, bytes=self._size)
        body = problem_json(500, CollectorError.slug, CollectorError.title, "see the collector's log", self.id)
        self._finish(500, CollectorError.slug, (*_PROBLEM, *self._cors()), body)

    def _cors(self) -> Headers:
        return self._intake.cors.answer_headers(self._head.headers.get(b"origin"))

    def _finish(self, status: int, reason: str | None, headers: Headers, body: bytes) -> None:
        if self.answered:  # answering failed: saying so would fail too
            return
        self.answered = True
        self._answer(status, headers, body)
        self._note(status, reason)

    def _note(self, status: int, reason: str | None) -> None:
        outcome, intake = self._outcome, self._intake
        rejected = len(outcome.rejected)
        intake.log.often(
            _Answered(
                status=status,
                reason=reason,
                accepted=outcome.accepted,
                rejected=rejected,
                withheld=outcome.withheld,
                bytes=self._size,
                ms=int((perf_counter() - self._started) * 1_000_000) / 1000,  # round() takes three times as long
                requestId=self.id,
            )
        )
        intake.metrics.count_request(
            status, reason, outcome.accepted if status == 200 else 0, rejected, outcome.withheld, self._size
        )


def _asks_for_privacy(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the browser sends Global Privacy Control or Do Not Track."""
    return headers.get(b"sec-gpc", b"").strip() == b"1" or headers.get(b"dnt", b"").strip() == b"1"


@lru_cache(maxsize=MAX_EVENTS_PER_REQUEST)
def _all_accepted(count: int) -> Sorted:
    return Sorted(accepted=count)


@lru_cache(maxsize=MAX_EVENTS_PER_REQUEST)
def _all_accepted_answer(count: int) -> bytes:
    return b'{"success":true,"accepted":%d,"rejected":[]}' % count


def _success(outcome: Sorted) -> bytes:
    if not outcome.rejected and not outcome.withheld:
        return _all_accepted_answer(outcome.accepted)
    answer = {"success": True, "accepted": outcome.accepted, "rejected": outcome.rejected}
    return msgspec.json.encode(answer | {"withheld": outcome.withheld} if outcome.withheld else answer)
