"""AWS Lambda's Runtime API (2018-06-01), served for one function, so that its real runtime client can be run anywhere.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

# What a synchronous invocation may carry and answer, in bytes.
MAX_PAYLOAD_BYTES = 6 << 20
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:clickstream-under-test"
TRACE_ID = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"
_PREFIX = "/2018-06-01/runtime"
_OUTCOME = re.compile(rf"{_PREFIX}/(?:invocation/(?P<request>[^/]+)/(?P<kind>response|error)|init/error)")
_POLL_SECONDS = 0.2


class FunctionError(Exception):
    """The function raised: ``kind`` is the error's type, ``report`` all that the runtime client said of it."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__(f"{report.get('errorType')}: {report.get('errorMessage')}")
        self.kind = report.get("errorType")
        self.report = report


class InitError(FunctionError):
    """The function's module could not be imported."""


@dataclass(frozen=True)
class _Outcome:
    kind: str  # response, error or init
    request_id: str
    body: bytes


class RuntimeApi:
    """A Runtime API for one function, which asks for its events and posts its answers here."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._events: SimpleQueue[tuple[str, bytes, float]] = SimpleQueue()
        self._outcomes: SimpleQueue[_Outcome] = SimpleQueue()
        self._open = True
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def invoke(
        self,
        event: Any,
        *,
        timeout_seconds: float = 90,
        deadline_seconds: float = 60,
        alive: Callable[[], None] = lambda: None,
    ) -> Any:
        """Hand the function an event; its answer.

        ``alive`` is called while there is no answer, to raise where none can come any more.

        Raises:
            FunctionError: the function raised.
            InitError: the function could not be imported.
            TimeoutError: no answer in time.
        """
        payload = json.dumps(event).encode()
        assert len(payload) <= MAX_PAYLOAD_BYTES, "Lambda itself would refuse this event"
        request_id = str(uuid4())
        self._events.put((request_id, payload, time.time() + deadline_seconds))
        give_up = time.monotonic() + timeout_seconds
        while time.monotonic() < give_up:
            try:
                outcome = self._outcomes.get(timeout=_POLL_SECONDS)
            except Empty:
                alive()
                continue
            if outcome.kind == "init":
                raise InitError(json.loads(outcome.body))
            assert outcome.request_id == request_id, "the answer is one to another invocation"
            if outcome.kind == "error":
                raise FunctionError(json.loads(outcome.body))
            assert len(outcome.body) <= MAX_PAYLOAD_BYTES, "Lambda itself would refuse this answer"
            return json.loads(outcome.body)
        raise TimeoutError(f"no answer to the invocation in {timeout_seconds} s")

    def _next(self) -> tuple[str, bytes, float] | None:
        while self._open:
            try:
                return self._events.get(timeout=_POLL_SECONDS)
            except Empty:
                continue
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path != f"{_PREFIX}/invocation/next":
                    return self._answer(404)
                event = api._next()
                if event is None:  # the test is over; the function is about to be stopped
                    self.close_connection = True
                    return None
                request_id, payload, deadline = event
                return self._answer(
                    200,
                    payload,
                    {
                        "Lambda-Runtime-Aws-Request-Id": request_id,
                        "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                        "Lambda-Runtime-Invoked-Function-Arn": ARN,
                        "Lambda-Runtime-Trace-Id": TRACE_ID,
                    },
                )

            def do_POST(self) -> None:
                match = _OUTCOME.fullmatch(self.path)
                body = self._body()
                if match is None:
                    return self._answer(404)
                api._outcomes.put(_Outcome(match["kind"] or "init", match["request"] or "", body))
                return self._answer(202, b'{"status":"OK"}')

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                chunks = []
                while size := int(self.rfile.readline().partition(b";")[0], 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: a test's output is its function's."""

        return Handler
