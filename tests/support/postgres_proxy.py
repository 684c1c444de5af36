"""A TCP proxy before PostgreSQL that reads the client's messages, counts them, and strikes at the one it is told to.

Each message of a client after its login (a query, a piece of a COPY, the end of one) is a *point*. A strike comes
before the message reaches the server, or after the server has answered it and before the client hears the answer:
between them lies everything that a crash can leave behind.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Literal
from urllib.parse import urlsplit, urlunsplit

When = Literal["before", "after"]

_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
_NAME_CHARACTERS = 90
_QUERY, _COPY_DATA, _COPY_DONE = b"Q", b"d", b"c"
_NAMES = {_COPY_DATA: "CopyData", _COPY_DONE: "CopyDone", b"f": "CopyFail"}
# Login's answers and the good-bye are no steps of the work.
_UNCOUNTED = {b"p", b"X"}
_ANSWERED = {b"Z", b"G", b"H"}  # ready for a query, ready for COPY's data, COPY's data follows


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens at the point of this number (from 1): ``act`` is given the server process of the connection.

    The connection is cut in any case.
    """

    at: int
    when: When = "before"
    act: Callable[[int], None] = lambda backend: None


@dataclass
class PostgresProxy:
    """Listens on a port of its own for clients of the server on ``port``. Close it at the end."""

    port: int
    points: list[str] = field(default_factory=list)
    struck: str | None = None

    def __post_init__(self) -> None:
        self._strike: Strike | None = None
        self._counting = threading.Lock()
        self._links: set[_Link] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.own_port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    def url(self, server_url: str) -> str:
        """The same URL through this proxy."""
        parts = urlsplit(server_url)
        login = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{self.own_port}"))

    def arm(self, strike: Strike | None = None) -> None:
        """Count anew; strike where told, once."""
        with self._counting:
            self.points, self.struck, self._strike = [], None, strike

    def cut_all(self) -> None:
        """Cut every connection."""
        for link in list(self._links):
            link.cut()

    def close(self) -> None:
        """Listen no more, cut what is open."""
        self._listener.close()
        self.cut_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                client.close()
                continue
            link = _Link(self, client, server)
            self._links.add(link)
            for work in (link.from_client, link.from_server):
                threading.Thread(target=work, daemon=True, name="proxy-link").start()

    def passes(self, kind: bytes, body: bytes) -> Strike | None:
        """Count a message; the strike, where this is its point."""
        if kind in _UNCOUNTED:
            return None
        with self._counting:
            self.points.append(_name(kind, body))
            strike = self._strike
            if strike is None or len(self.points) != strike.at:
                return None
            self.struck = f"{strike.when} {self.points[-1]}"
            self._strike = None
            return strike

    def forget(self, link: "_Link") -> None:
        """The connection is closed."""
        self._links.discard(link)


class _Link:
    """One client's connection and its other half."""

    def __init__(self, proxy: PostgresProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._backend = 0
        self._after: Strike | None = None

    def from_client(self) -> None:
        with suppress(OSError, ValueError), self._client.makefile("rb") as stream:
            if self._begun(stream):
                while message := _message(stream):
                    if self._done(*message):
                        break
        self.cut()

    def _done(self, kind: bytes, raw: bytes) -> bool:
        """Pass a message on; whether the connection was struck."""
        strike = self._proxy.passes(kind, raw[5:])
        if strike is None:
            self._server.sendall(raw)
            return False
        if strike.when == "before":
            self._hit(strike)
            return True
        if kind == _COPY_DATA:  # has no answer
            self._server.sendall(raw)
            self._hit(strike)
            return True
        self._after = strike
        self._server.sendall(raw)
        return False

    def from_server(self) -> None:
        with suppress(OSError, ValueError), self._server.makefile("rb") as stream:
            while message := _message(stream):
                kind, raw = message
                if kind == b"K":
                    (self._backend,) = struct.unpack_from("!i", raw, 5)
                if self._after is None:
                    self._client.sendall(raw)
                elif kind in _ANSWERED:
                    self._hit(self._after)
                    break
        self.cut()

    def _begun(self, stream: IO[bytes]) -> bool:
        """Pass the start of the login on; encryption is refused, so that messages can be read."""
        while True:
            head = stream.read(8)
            if len(head) < 8:
                return False
            length, code = struct.unpack("!ii", head)
            if code in (_SSL, _GSS):
                self._client.sendall(b"N")
                continue
            self._server.sendall(head + stream.read(length - 8))
            return code != _CANCEL

    def _hit(self, strike: Strike) -> None:
        strike.act(self._backend)
        self.cut()

    def cut(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._proxy.forget(self)


def _message(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    head = stream.read(5)
    if len(head) < 5:
        return None
    body = stream.read(struct.unpack_from("!i", head, 1)[0] - 4)
    return head[:1], head + body


def _name(kind: bytes, body: bytes) -> str:
    if kind == _QUERY:
        return " ".join(body.rstrip(b"\0").decode(errors="replace").split())[:_NAME_CHARACTERS]
    return _NAMES.get(kind, kind.decode())
