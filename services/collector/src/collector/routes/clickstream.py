"""POST /clickstream, as plain ASGI: FastAPI's own handling costs several times what the work itself does.

``app.py`` puts it in front of FastAPI's routes; ``openapi.py`` documents it with them.
"""

from collections.abc import Coroutine, Mapping
from datetime import datetime
from time import perf_counter
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from collector.as_sent import AsSent, as_sent
from collector.body import read_body
from collector.cors import CorsPolicy, Headers
from collector.errors import PROBLEM_JSON, AllRejectedError, ClientGoneError, CollectorError, problem_json
from collector.log import Line, Log
from collector.metrics import Metrics
from collector.ports import Clock
from collector.read_events import read_events
from collector.request_origin import RequestOrigin, gateway_context
from collector.sort_events import Sorted, sort_events
from collector.write_keys import WriteKeys
from collector.writer import Batch, Writer
from lake.ids import uuid7_text

PATH = "/clickstream"
_JSON: Headers = ((b"content-type", b"application/json"),)
_PROBLEM: Headers = ((b"content-type", PROBLEM_JSON.encode()),)
_ALLOW: Headers = ((b"allow", b"POST, OPTIONS"),)
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


class ClickstreamRoute:
    """An ASGI application for requests to ``/clickstream``."""

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
        self._writer = writer
        self._keys = keys
        self._honour_privacy_signals = honour_privacy_signals
        self._origin = origin
        self._cors = cors
        self._clock = clock
        self._log = log
        self._metrics = metrics

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """Answer one request."""
        if scope["method"] == "POST":
            return self._post(scope, dict(scope["headers"]), receive, send)
        return self._answer_without_events(scope["method"], dict(scope["headers"]), send)

    async def _answer_without_events(self, method: str, headers: Mapping[bytes, bytes], send: Send) -> None:
        if method == "OPTIONS":
            await _answer(send, 204, self._cors.preflight_headers(headers), b"")
            return
        body = problem_json(405, "method-not-allowed", "Method Not Allowed", f"{method} {PATH}: use POST")
        await _answer(send, 405, (*_PROBLEM, *_ALLOW, *self._cors.answer_headers(headers.get(b"origin"))), body)

    async def _post(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
        started = perf_counter()
        cors = self._cors.answer_headers(headers.get(b"origin"))
        request_id = gateway_context(scope).get("requestId") or uuid7_text()
        size = 0
        outcome = _NOTHING
        reason = None
        try:
            self._keys.check(headers, scope["query_string"])
            body = await read_body(headers, receive)
            size = len(body)
            received_at = self._clock()
            outcome = self._sort(body, scope, headers, request_id, received_at)
            if outcome.accepted or outcome.rejected_kept:
                await self._writer.write(
                    Batch(
                        received_at,
                        outcome.event_lines,
                        outcome.accepted,
                        outcome.rejected_lines,
                        outcome.rejected_kept,
                    )
                )
            if outcome.rejected and not outcome.accepted and not outcome.withheld:
                raise AllRejectedError(outcome.rejected)
            status = 200
            await _answer(send, status, (*_JSON, *cors), _success(outcome))
        except CollectorError as error:
            status, reason = error.status, error.slug
            problem = problem_json(status, error.slug, error.title, error.detail, request_id, **error.members())
            await _answer(send, status, (*_PROBLEM, *error.headers(), *cors), problem)
        except ClientGoneError:
            status, reason = 499, "client-gone"
        except Exception:
            status, reason = 500, CollectorError.slug
            self._log.exception("collector.request.failed", requestId=request_id, bytes=size)
            problem = problem_json(500, reason, CollectorError.title, "see the collector's log", request_id)
            await _answer(send, status, (*_PROBLEM, *cors), problem)
        rejected = len(outcome.rejected)
        self._log.often(
            _Answered(
                status=status,
                reason=reason,
                accepted=outcome.accepted,
                rejected=rejected,
                withheld=outcome.withheld,
                bytes=size,
                ms=round((perf_counter() - started) * 1000, 3),
                requestId=request_id,
            )
        )
        self._metrics.count_request(
            status, reason, outcome.accepted if status == 200 else 0, rejected, outcome.withheld, size
        )

    def _sort(
        self, body: bytes, scope: Scope, headers: Mapping[bytes, bytes], request_id: str, received_at: datetime
    ) -> Sorted:
        """On its own so that the parsed events are gone before the request waits for the lake.

        Thousands of them waiting would be gone through by every garbage collection.
        """
        withhold = self._honour_privacy_signals and _asks_for_privacy(headers)
        sent = (None if withhold else as_sent(body)) or read_events(body)
        ingest = self._origin.ingest_json(
            scope, headers, received_at=received_at, request_id=request_id, sent_at=sent.sent_at
        )
        if isinstance(sent, AsSent):
            return Sorted(accepted=len(sent.opened), event_lines=sent.lines(ingest))
        return sort_events(sent.events, ingest, withhold=withhold)


def _asks_for_privacy(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the browser sends Global Privacy Control or Do Not Track."""
    return headers.get(b"sec-gpc", b"").strip() == b"1" or headers.get(b"dnt", b"").strip() == b"1"


def _success(outcome: Sorted) -> bytes:
    if not outcome.rejected and not outcome.withheld:
        return b'{"success":true,"accepted":%d,"rejected":[]}' % outcome.accepted
    answer = {"success": True, "accepted": outcome.accepted, "rejected": outcome.rejected}
    return msgspec.json.encode(answer | {"withheld": outcome.withheld} if outcome.withheld else answer)


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    if status != 204:
        headers = ((b"content-length", b"%d" % len(body)), *headers)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
