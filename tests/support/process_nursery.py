"""A process that has imported the platform and forks a child for each work, so that works can be killed by the hundred.

``nursery_program.py`` is that process.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: by a signal, or with what it returned or raised."""

    signal: int | None
    result: Any = None
    error: str | None = None


class Nursery:
    """Orders works, one at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("nursery_program.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._child: int | None = None
        self._born = threading.Event()

    def run(self, action: str, **order: Any) -> Ending:
        """Do one work and return how it ended."""
        assert self._process.stdin is not None
        self._born.clear()
        self._process.stdin.write(json.dumps({"action": action, **order}) + "\n")
        self._child = int(self._answer())
        self._born.set()
        return Ending(**json.loads(self._answer()))

    def kill_child(self, _backend: int = 0) -> None:
        """SIGKILL the work that is on; returns when the signal is sent."""
        assert self._born.wait(30)
        assert self._child is not None
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the nursery has died; what it wrote is above")
        return line
