"""Children that do not outlive this process, even when it is killed with SIGKILL and can clean up nothing."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def die_with_parent(with_signal: signal.Signals, niceness: int = 0) -> Callable[[], None] | None:
    """A ``preexec_fn`` that asks Linux to send the child a signal when this process ends; None elsewhere.

    ``niceness`` is what the child gives way to others by, as in nice(1). It runs in the child between fork and exec,
    after a change of user (which would clear the request). There it may only make system calls, so the C library is
    opened here, before the fork. The request is bound to the thread that forks: start children from the main thread.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        os.nice(niceness)
        if os.getppid() != parent:  # it ended before the request was made
            os.kill(os.getpid(), with_signal)

    return ask


def arguments_of(pid: int) -> list[str]:
    """Command line of a process, argument by argument; empty where there is no such process."""
    if sys.platform.startswith("linux"):
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return []
    listing = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(listing, check=False, capture_output=True, text=True).stdout.split()
