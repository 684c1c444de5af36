"""An HTTP proxy before an S3 server that does to requests what a bad day of S3 does."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import urlsplit

# `lost` is done, and its answer never arrives; `dropped` never reaches the server; `stale` lists without the newest
# object; `truncated` promises more bytes than it sends; `refused` is a put that was stored and is said to be refused.
FAULTS = ("slow", "dropped", "lost", "failed", "slow_down", "truncated", "stale", "refused")
_ANSWERS = {
    "failed": (500, b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"),
    "slow_down": (503, b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
    "refused": (412, b"<Error><Code>PreconditionFailed</Code><Message>At least one failed.</Message></Error>"),
}
_SLOW_SECONDS = 0.3
_ENTRY = re.compile(rb"<Contents>.*?</Contents>", re.DOTALL)
_OF_A_LINK = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class S3Faults:
    """Which requests fail, and how. ``share`` of them do, of the kinds that fit the request."""

    def __init__(self, seed: int, share: float = 0.0) -> None:
        self.share = share
        self.done: Counter[str] = Counter()
        self._random = Random(seed)  # noqa: S311 -- faults are no secrets
        self._choosing = threading.Lock()

    def next(self, method: str, query: str) -> str:
        """What happens to the next request: a fault, or `none`."""
        fitting = [fault for fault in FAULTS if _fits(fault, method, "list-type" in query)]
        with self._choosing:
            fault = self._random.choice(fitting) if self._random.random() < self.share else "none"
            self.done[fault] += 1
        return fault


def _fits(fault: str, method: str, lists: bool) -> bool:
    if fault == "stale":
        return lists
    if fault == "truncated":
        return method == "GET"
    return fault != "refused" or method == "PUT"


@contextmanager
def faulty_s3(endpoint: str, faults: S3Faults) -> Iterator[str]:
    """Run it before the server at ``endpoint``; yields its own address."""
    server_at = urlsplit(endpoint).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            fault = faults.next(self.command, urlsplit(self.path).query)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if fault == "dropped":
                self._cut()
                return
            if fault in ("failed", "slow_down"):
                self._send(*_ANSWERS[fault], {})
                return
            if fault == "slow":
                time.sleep(_SLOW_SECONDS)
            link = http.client.HTTPConnection(server_at, timeout=30)
            try:
                link.request(self.command, self.path, body, dict(self.headers))
                answer = link.getresponse()
                content, status, headers = answer.read(), answer.status, dict(answer.headers)
            finally:
                link.close()
            if fault == "lost":
                self._cut()
            elif fault == "refused" and status == 200:
                self._send(*_ANSWERS[fault], {})
            elif fault == "stale":
                found = list(_ENTRY.finditer(content))
                if found:
                    content = content[: found[-1].start()] + content[found[-1].end() :]
                self._send(status, content, headers)
            elif fault == "truncated" and len(content) > 1:
                self._send(status, content[: len(content) // 2], headers, promised=len(content))
                self._cut()
            else:
                self._send(status, content, headers)

        do_GET = do_PUT = do_POST = do_DELETE = _pass  # noqa: N815 -- http.server's names

        def do_HEAD(self) -> None:
            self._pass()

        def _send(self, status: int, content: bytes, headers: dict[str, str], promised: int | None = None) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in _OF_A_LINK:
                    self.send_header(name, value)
            length = headers.get("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content) if promised is None else promised))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(content)

        def _cut(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(2)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
