"""Events sent at a given rate, whether or not the collector keeps up, by one process that remembers each one's fate.

wrk and h2load cannot do it: wrk waits for answers before it sends more, h2load sends the same event again and again,
and neither tells which event was acknowledged. This costs about 20 µs a request.
"""

import asyncio
from collections import Counter, deque
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, NamedTuple, Self

import uvloop

_TURN_SECONDS = 0.004
_IDLE_SECONDS = 3.0  # less than the collector's 5: a connection is not used that it is about to close
_PATIENCE_SECONDS = 5.0  # an event that finds no connection for so long is not sent
_BODY = (
    b'{"eventName":"page_view","eventId":"%08x-0000-4000-8000-%012x","pageUrl":"https://shop.example/laptops/%06d",'
    b'"clientId":"load-%012x","sessionId":"load-%012x","userLoginState":"anonymous","isFirstVisit":false,'
    b'"element":{"tag":"button","id":"buy-now","role":"button","text":"Buy now"}}'
)
_EVENTS_OF_A_SESSION = 20
_EVENTS_OF_A_PAGE = 5
_PAGES = 1000
_LENGTH = len(_BODY % (0, 0, 0, 0, 0))
_REQUEST = (
    b"POST /clickstream HTTP/1.1\r\nHost: collector\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) load\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % _LENGTH
)
_OK = b"HTTP/1.1 200"


class Sent(NamedTuple):
    """What became of the events since the last report. ``p99_ms`` counts from when an event was due."""

    seconds: float
    fates: Counter[str]
    p50_ms: float
    p99_ms: float
    connections: int


class Sender:
    """The sending process."""

    def __init__(self, port: int, run: int) -> None:
        context = get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_send, args=(there, port, run), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def at(self, per_second: float, connections: int) -> None:
        """From now on send so many events a second, over at most so many connections; 0 stops."""
        self._ask("at", per_second, connections)

    def at_most(self, connections: int) -> None:
        """From now on send on each connection as soon as it is answered."""
        self._ask("at", float("inf"), connections)

    def report(self) -> Sent:
        """What has happened since the last report."""
        sent: Sent = self._ask("report")
        return sent

    def acknowledged(self) -> bytes:
        """A byte for each event's number: 1 where it was acknowledged."""
        marks: bytes = self._ask("acknowledged")
        return marks

    def _ask(self, *question: Any) -> Any:
        self._here.send(question)
        return self._here.recv()


class _Link(asyncio.Protocol):
    """One connection, with at most one event under way."""

    def __init__(self, sending: "_Sending") -> None:
        self._sending = sending
        self._answer = b""
        self.number: int | None = None
        self.due = 0.0
        self.freed = 0.0
        self.transport: asyncio.Transport
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment] # asyncio gives a Transport, typed as its base
        self._sending.free(self)

    def send(self, number: int, due: float, request: bytes) -> None:
        self.number, self.due = number, due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.rpartition(b"content-length: ")[2].split(b"\r\n", 1)[0]):
            return
        self._answer = b""
        number, self.number = self.number, None
        status = head[9:12].decode()
        self._sending.answered(number, self.due, status)
        if status == "200":
            self._sending.free(self)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self.number is not None:
            self._sending.answered(self.number, self.due, "connection lost")
        self._sending.gone()


class _Sending:
    def __init__(self, port: int, run: int) -> None:
        self._port = port
        self._run = run
        self.marks = bytearray()
        self._rate = 0.0
        self._most = 0
        self._open = 0
        self._idle: deque[_Link] = deque()  # the one used last is used next
        self._due: deque[float] = deque()
        self._next_due = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._clear()

    def _clear(self) -> None:
        self._since = perf_counter()
        self._fates: Counter[str] = Counter()
        self._took: list[float] = []

    def at(self, rate: float, connections: int) -> None:
        self._rate, self._most = rate, connections
        self._next_due = perf_counter()
        self._due.clear()

    def report(self) -> Sent:
        took = sorted(self._took)
        sent = Sent(
            perf_counter() - self._since,
            self._fates,
            took[len(took) // 2] * 1000 if took else 0.0,
            took[int(len(took) * 0.99)] * 1000 if took else 0.0,
            self._open,
        )
        self._clear()
        return sent

    async def turn(self) -> None:
        """Send what has become due; the rest waits for a connection."""
        now = perf_counter()
        while self._idle and self._idle[0].freed < now - _IDLE_SECONDS:
            self._idle.popleft().transport.close()
        if self._rate == float("inf"):
            while self._idle and self._send(self._idle.pop(), now):
                pass
            self._grow(self._most - self._open)
            return
        while self._rate and self._next_due <= now:
            self._due.append(self._next_due)
            self._next_due += 1 / self._rate
        while self._due and self._due[0] < now - _PATIENCE_SECONDS:
            self._due.popleft()
            self._fates["not sent"] += 1
        while self._due and self._idle:
            link = self._idle.pop()
            if not link.lost:
                self._send(link, self._due.popleft())
        self._grow(min(len(self._due), self._most - self._open))

    def _grow(self, count: int) -> None:
        for _ in range(min(count, 50)):
            self._open += 1
            task = asyncio.ensure_future(self._connect())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: _Link(self), "127.0.0.1", self._port)
        except OSError as error:
            self._fates[type(error).__name__] += 1
            self._open -= 1

    def _send(self, link: _Link, due: float) -> bool:
        if link.lost:
            return True
        number = len(self.marks)
        self.marks.append(0)
        session, page = number // _EVENTS_OF_A_SESSION, number // _EVENTS_OF_A_PAGE % _PAGES
        link.send(number, due, _REQUEST + _BODY % (self._run, number, page, session, session))
        return True

    def free(self, link: _Link) -> None:
        if self._rate == float("inf") and self._open <= self._most:
            self._send(link, perf_counter())
        elif self._due:
            self._send(link, self._due.popleft())
        else:
            link.freed = perf_counter()
            self._idle.append(link)

    def gone(self) -> None:
        self._open -= 1

    def answered(self, number: int | None, due: float, fate: str) -> None:
        if number is not None and fate == "200":
            self.marks[number] = 1
        self._fates[fate] += 1
        self._took.append(perf_counter() - due)


def _send(orders: Connection, port: int, run: int) -> None:
    uvloop.run(_sending(orders, _Sending(port, run)))


async def _sending(orders: Connection, sending: _Sending) -> None:
    while True:
        while orders.poll():
            match orders.recv():
                case ("at", rate, connections):
                    sending.at(rate, connections)
                    orders.send(None)
                case ("report",):
                    orders.send(sending.report())
                case ("acknowledged",):
                    orders.send(bytes(sending.marks))
        await sending.turn()
        await asyncio.sleep(_TURN_SECONDS)
