"""A service that is started again whenever it has died, as a supervisor would."""

import signal
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from free_ports import free_ports
from process_nursery import Ending, Nursery

_READY_SECONDS = 60


class KeptAlive:
    """A collector or an admin API on a port of its own: ``action`` and ``order`` are the nursery's."""

    def __init__(self, nursery: Nursery, action: str, **order: Any) -> None:
        self.port = free_ports()
        self._nursery = nursery
        self._order = {"action": action, "port": self.port, **order}
        self._ended = False
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self.endings: list[Ending] = []

    @property
    def kills(self) -> int:
        """How often it was killed."""
        return sum(ending.signal == signal.SIGKILL for ending in self.endings)

    def start(self) -> None:
        """Start it; returns when it listens."""
        self._thread.start()
        self.wait()

    def wait(self) -> None:
        """Wait until one listens."""
        give_up = time.monotonic() + _READY_SECONDS
        while time.monotonic() < give_up:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.005)
        raise AssertionError(f"nobody listens: {self._order['action']}, {self.endings[-3:]}")

    def kill(self) -> None:
        """SIGKILL the one that runs; wait for the next."""
        before = len(self.endings)
        self._nursery.kill_child()
        give_up = time.monotonic() + _READY_SECONDS
        while len(self.endings) == before:
            assert time.monotonic() < give_up
            time.sleep(0.001)
        self.wait()

    def end(self) -> None:
        """SIGKILL the last one."""
        self._ended = True
        self._nursery.kill_child()
        self._thread.join(_READY_SECONDS)

    def _keep(self) -> None:
        while not self._ended:
            self.endings.append(self._nursery.run(**self._order))
