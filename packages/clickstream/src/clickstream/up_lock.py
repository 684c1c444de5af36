"""One `up` per home folder. The kernel lets go of the lock when the process ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from clickstream.errors import AlreadyRunningError
from clickstream.home import Home


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home folder.

    Raises:
        AlreadyRunningError: another `up` holds it.
    """
    handle = _open(home)
    try:
        if not _taken_in_time(handle):
            pid = _holder_in(handle)
            raise AlreadyRunningError(
                f"clickstream is already up on {home.path} (process {pid}): stop that one, or choose another --home"
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(home: Home) -> int | None:
    """Process id of the `up` that holds the home folder, or None."""
    handle = _open(home)
    try:
        return None if _taken(handle) else _holder_in(handle)
    finally:
        os.close(handle)


def _open(home: Home) -> int:
    return os.open(home.path / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken_in_time(handle: int) -> bool:
    """`clickstream doctor` holds the lock for the moment in which it looks: that is not another `up`."""
    for _ in range(5):
        if _taken(handle):
            return True
        time.sleep(0.05)
    return False


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder_in(handle: int) -> int:
    text = os.pread(handle, 20, 0).decode().strip()
    return int(text) if text.isdigit() else 0
