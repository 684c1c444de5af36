"""Writing an object into a folder so that it survives a power cut, whole or not at all.

obstore writes and renames but leaves the rest to the kernel; forcing its objects to the disk afterwards took a second
thread and, for a moment, left a name that leads to less than its object. This takes one thread and half the CPU time.
"""

import os
from contextlib import suppress
from pathlib import Path

# What obstore calls its own unfinished objects: its listings leave such names out.
_STAGED = "#1"


class Folder:
    """One lake's folder, as far as writing goes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: str | None = None

    def write_new(self, key: str, body: bytes) -> None:
        """Return when the object and the names that lead to it are on the disk.

        Raises:
            FileExistsError: the key is taken; the object there is untouched.
            OSError: the disk did not take it.
        """
        path = f"{self._folder}/{key}"
        parent = path.rpartition("/")[0]
        fresh = parent != self._known
        self._known = None  # until this write has shown that the folder is there
        if fresh:
            Path(parent).mkdir(parents=True, exist_ok=True)
        staged = path + _STAGED
        try:
            _write(staged, body)
            os.link(staged, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(staged)  # noqa: PTH108 # a Path would cost more than the call
        _fsync(parent)
        if fresh:  # a new hour: its folder, maybe its day's and month's, are new names too
            for folder in Path(parent).parents:
                _fsync(folder)
                if folder == self._folder:
                    break
        self._known = parent


def _write(path: str, body: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(body)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fsync(folder: str | Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
