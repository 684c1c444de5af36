"""uvicorn's HTTP protocol with bounds, and with a short way for ``POST /clickstream``.

    uvicorn --http collector.http_protocol:CollectorProtocol --factory collector.app:create_app

A request to ``/clickstream`` goes to the intake as soon as its body is complete, and its answer leaves in one piece
when the lake has the events: no task, no scope, no messages. All others take uvicorn's way to the app. So does a
request that comes before the one ahead of it is answered (pipelining); it waits for its turn there.
"""

import asyncio
from typing import Any, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from collector.answer_heads import AnswerHeads
from collector.body import check_size
from collector.connections import (
    ANSWER_SECONDS,
    FIRST_WORD_SECONDS,
    KEEP_ALIVE_SECONDS,
    LINGER_SECONDS,
    Connections,
)
from collector.cors import Headers
from collector.errors import (
    CollectorError,
    HeadTooLargeError,
    MalformedRequestError,
    QueueFullError,
    SlowRequestError,
    TooLargeError,
)
from collector.intake import Exchange, Intake
from collector.request_origin import Head

PATH = b"/clickstream"
MAX_HEAD_BYTES = 32 << 10
_ANSWER_HEADS = "collector.answer_heads"


class CollectorProtocol(HttpToolsProtocol):
    """One connection. What it works with comes from the app's lifespan state."""

    deadline: float

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._intake: Intake = app_state[Intake.__qualname__]
        self._connections: Connections = app_state[Connections.__qualname__]
        self._heads: AnswerHeads = app_state.get(_ANSWER_HEADS) or app_state.setdefault(_ANSWER_HEADS, AnswerHeads())
        self.crowded = False
        self._since = 0.0
        self._turn = _Turn()
        self._exchange: Exchange | None = None  # whose body is arriving
        self._pieces: list[bytes] = []
        self._size = 0
        self._in_head = False
        self._arriving = False
        self._piece = 0
        self._held = 0
        self._deaf = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._since = self.loop.time()
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self)
        self._release()
        if self._exchange is not None:
            self._exchange.gone()
            self._exchange = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._piece = len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._turn_away(MalformedRequestError("what was sent is not an HTTP request"))
        except httptools.HttpParserUpgrade:
            pass  # refused by on_headers_complete
        if self._arriving and not self._deaf:
            self._hold(len(data))

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self._arriving = self._in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._deaf or self.transport.is_closing():  # sent behind a request that was the connection's last
            return
        if self._held + self._piece > MAX_HEAD_BYTES and not self._head_fits():
            return
        if self.parser.should_upgrade():  # to HTTP/2 or a web socket; the parser would not read its body
            self._turn_away(MalformedRequestError("Upgrade is not offered: send the request without it"))
            return
        self._in_head = False
        path, _, query = self.url.partition(b"?")
        idle = self.cycle is None or self.cycle.response_complete
        if path != PATH or not idle or self.parser.get_method() != b"POST":
            self._leave_to_the_app()
            return
        turn = self._turn
        headers = dict(self.headers)
        turn.response_complete = False
        # HTTP/1.0 keeps a connection only when asked to; such a client is told to close, as uvicorn does.
        turn.keep_alive = self.parser.should_keep_alive() and (
            b"connection" not in headers or self.parser.get_http_version() != "1.0"
        )
        self.cycle = turn  # type: ignore[assignment] # as much of a cycle as uvicorn looks at
        peer = self.client[0] if self.client else None
        exchange = Exchange(
            self._intake, Head("POST", "/clickstream", query, headers, self.headers, peer), self._answer
        )
        if self.crowded:
            turn.keep_alive = False
            exchange.refuse(_crowded())
        elif exchange.begin():
            self._exchange = exchange
            self._pieces = []
            self._size = 0
            if b"expect" in headers and headers[b"expect"].lower() == b"100-continue":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _head_fits(self) -> bool:
        """Asked where so much has come at once that the head alone may be too large; if it is, it is refused."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > MAX_HEAD_BYTES:
            self._turn_away(_head_too_large())
        return size <= MAX_HEAD_BYTES

    def _leave_to_the_app(self) -> None:
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            super().on_body(body)
            return
        self._pieces.append(body)
        self._size += len(body)
        try:
            check_size(self._size)
        except TooLargeError as error:
            self._exchange = None
            exchange.refuse(error)

    def on_message_complete(self) -> None:
        if self._deaf:
            return
        self._arriving = False
        self.deadline = self._connections.now + ANSWER_SECONDS
        if self._held:
            self._release()
        exchange = self._exchange
        if exchange is None:
            super().on_message_complete()
            return
        self._exchange = None
        pieces, self._pieces = self._pieces, []
        exchange.take(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def _answer(self, status: int, headers: Headers, body: bytes) -> None:
        turn = self._turn
        turn.response_complete = True
        if self.transport.is_closing():
            return
        head, last = self._heads.head(status, headers, self.server_state.default_headers)
        if not turn.keep_alive and not last:
            head += b"connection: close\r\n"
        self.transport.write(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
        if last or not turn.keep_alive:
            self._close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """As uvicorn's, but without a timer for each pause between two requests."""
        self.server_state.total_requests += 1
        if self._deaf or self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        now = self._connections.now
        if self.pipeline:
            self.deadline = now + ANSWER_SECONDS
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.deadline = now + (self._connections.request_seconds if self._arriving else KEEP_ALIVE_SECONDS)

    def _hold(self, size: int) -> None:
        """A piece of a request has come that does not complete it."""
        if not self._held:
            self.deadline = self._connections.now + self._connections.request_seconds
        self._held += size
        if not self._connections.hold(size):
            self._turn_away(QueueFullError("too many requests are arriving at once: send the request again later"))
        elif self._in_head and self._held > MAX_HEAD_BYTES:
            self._turn_away(_head_too_large())

    def _release(self) -> None:
        self._connections.release(self._held)
        self._held = 0

    def time_out(self) -> None:
        """End what takes too long; a request that does not arrive is told so."""
        if self._arriving and not self._deaf:
            seconds = self._connections.request_seconds
            self._turn_away(SlowRequestError(f"the request did not arrive in {seconds:g} seconds"))
        else:
            self.transport.abort()

    def may_go(self, now: float) -> bool:
        """Whether no request waits for its answer. A new connection is given a moment in which to send one."""
        if self.cycle is None and not self._arriving:
            return now > self._since + FIRST_WORD_SECONDS
        return not self._waits

    @property
    def _waits(self) -> bool:
        return not self._arriving and self.cycle is not None and not self.cycle.response_complete

    def give_way(self) -> bool:
        """End in favour of a new connection, unless a request waits for its answer."""
        if self._waits:
            return False
        if self._deaf:
            self.transport.abort()
        elif self._arriving:
            self._turn_away(_crowded())
        else:
            self.transport.close()
        return True

    def end(self) -> None:
        """Give the connection up."""
        self.transport.abort()

    def _turn_away(self, error: CollectorError) -> None:
        """Refuse the request that is arriving, and whatever the connection would still send."""
        exchange, self._exchange = self._exchange, None
        self._turn.keep_alive = False
        if exchange is None:
            if self.cycle is not None and not self.cycle.response_complete:
                self.transport.abort()  # it is with the app, or comes behind one that is not answered yet
                return
            if self._arriving and not self._in_head:
                self.transport.close()  # it is answered already
                return
            self.cycle = self._turn  # type: ignore[assignment] # which is over: what is parsed now is for nobody
            peer = self.client[0] if self.client else None
            exchange = Exchange(self._intake, Head("", "", b"", {}, (), peer), self._answer)
        exchange.refuse(error)

    def _close(self) -> None:
        """Close when the answer has left.

        A connection that is closed while its client sends is reset, and the client never reads why: so such a one is
        half closed, and what still comes is not looked at.
        """
        if not self._arriving or not self.transport.can_write_eof():
            self.transport.close()
            return
        self._deaf = True
        self._release()
        self.deadline = self._connections.now + LINGER_SECONDS
        self.flow.resume_reading()
        self.transport.write_eof()


def _head_too_large() -> HeadTooLargeError:
    return HeadTooLargeError(f"request line and headers take more than {MAX_HEAD_BYTES} bytes")


def _crowded() -> QueueFullError:
    return QueueFullError("too many connections are open: send the request again later")


class _Nobody:
    def set(self) -> None:
        """Nobody waits."""


class _Turn:
    """A request on the short way, where uvicorn has its cycle: connection's end, shutdown and pipelining look at it."""

    __slots__ = ("disconnected", "keep_alive", "response_complete")
    message_event = cast("asyncio.Event", _Nobody())

    def __init__(self) -> None:
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = True
