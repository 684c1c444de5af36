"""The bounds of a server's connections: how many, how long each may take for what, how much they may hold together.

uvicorn has none of these: whoever opens connections and says nothing, or sends a byte a minute, keeps them for ever.
A connection has a moment by which it must have come further. When too many are open, the one whose moment is next
gives way: idle ones first, then requests that take long to arrive. Where all wait for their answers, the new one is
``crowded``: its request is refused. Past three times as many, connections are not even heard.
"""

import asyncio
import resource
from heapq import heapify, heappop
from typing import Protocol

KEEP_ALIVE_SECONDS = 5.0
ANSWER_SECONDS = 60.0  # the lake gives up after 25
FIRST_WORD_SECONDS = 2.0  # of a new connection, in which it does not give way: many are taken in before one is read
LINGER_SECONDS = 2.0  # in which a refused client may read why
_CROWD = 3
_FILES_FOR_OTHERS = 64  # the lake's, the log's
_LONGEST_BETWEEN_SWEEPS_SECONDS = 1.0
_BETWEEN_LOOKS_SECONDS = 0.05


class Connection(Protocol):
    """One connection, as far as its bounds go; ``deadline`` is of the event loop's clock."""

    deadline: float
    crowded: bool

    def may_go(self, now: float) -> bool:
        """Whether nothing would be lost with it: no request waits for its answer, or is about to come."""

    def time_out(self) -> None:
        """The deadline has passed."""

    def give_way(self) -> bool:
        """Others need the place; whether it is given."""

    def end(self) -> None:
        """At once, whatever it does."""


class Connections:
    """All connections of a server.

    ``now`` is the event loop's time, at most a second old: asking for it at every request costs more than it tells.
    """

    def __init__(self, *, most: int, most_bytes: int, request_seconds: float) -> None:
        """``most_bytes`` of requests that have begun to arrive may be held; each has ``request_seconds`` for it."""
        self.request_seconds = request_seconds
        self.now = 0.0
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._open: set[Connection] = set()
        self._next_to_go: list[tuple[float, int, Connection]] = []
        self._look_again_at = 0.0
        self._pause = min(_LONGEST_BETWEEN_SWEEPS_SECONDS, request_seconds / 4)
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Connection) -> None:
        """Take a connection in; where all places are taken, another gives way."""
        if self._timer is None:
            self._sweep()
        connection.deadline = self.now + self.request_seconds
        if len(self._open) >= self._most and not self._make_room():
            if len(self._open) >= _CROWD * self._most:
                connection.end()
                return
            connection.crowded = True
        self._open.add(connection)

    def _make_room(self) -> bool:
        """Going through all connections takes as long as several requests: each time, many are found that may go."""
        for look_again in (True, False):
            while self._next_to_go:
                deadline, _, loser = heappop(self._next_to_go)
                if loser in self._open and loser.deadline == deadline and loser.give_way():
                    self._open.discard(loser)
                    return True
            now = asyncio.get_running_loop().time()
            if not look_again or now < self._look_again_at:
                break
            self._look_again_at = now + _BETWEEN_LOOKS_SECONDS
            self._next_to_go = [(each.deadline, id(each), each) for each in self._open if each.may_go(now)]
            heapify(self._next_to_go)
        return False

    def remove(self, connection: Connection) -> None:
        """The connection is no more."""
        self._open.discard(connection)
        if not self._open and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def hold(self, size: int) -> bool:
        """Count bytes of a request that is not complete; whether there was room for them."""
        self._bytes += size
        return self._bytes <= self._most_bytes

    def release(self, size: int) -> None:
        """The bytes are not held any more."""
        self._bytes -= size

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        self.now = loop.time()
        for connection in [each for each in self._open if each.deadline < self.now]:
            connection.time_out()
        self._timer = loop.call_later(self._pause, self._sweep)


def places_for(wanted: int) -> int:
    """As many connections as the process may have files for, with their crowd and what the lake needs; at most those.

    Raises the process's own limit as far as that goes. A collector without a file left could not write its events.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = _CROWD * wanted + _FILES_FOR_OTHERS
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(1, (soft - _FILES_FOR_OTHERS) // _CROWD))
