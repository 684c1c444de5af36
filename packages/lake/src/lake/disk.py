"""Writing an object into a folder so that it survives a power cut, whole or not at all.

obstore writes and renames but leaves the rest to the kernel; forcing its objects to the disk afterwards took a second
thread and, for a moment, left a name that leads to less than its object.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from lake.journal import MAX_BODY_BYTES, Journal, force, restore

# What obstore calls its own unfinished objects: its listings leave such names out.
_STAGED = "#1"
# Elsewhere sync(2) may return before the disk is done, and O_DSYNC may be missing: each object is forced by itself.
_JOURNALLED = sys.platform == "linux"


class Folder:
    """One lake's folder, as far as writing goes.

    Raises:
        OSError: objects that an earlier process left in its journal could not be put in place.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: str | None = None
        self._journal = Journal(folder) if _JOURNALLED else None
        if _JOURNALLED:
            restore(folder, self._force_new)

    def write_new(self, key: str, body: bytes) -> None:
        """Return when the object will survive whatever happens.

        Raises:
            FileExistsError: the key is taken; the object there is untouched.
            OSError: the disk did not take it.
        """
        if self._journal is None or len(body) > MAX_BODY_BYTES:
            self._force_new(key, body, replace=False)
            return
        path = f"{self._folder}/{key}"
        if os.path.exists(path):  # noqa: PTH110 # a Path would cost more than the call
            raise FileExistsError(path)
        self._journal.append(key, body)
        parent = path.rpartition("/")[0]
        if parent != self._known:
            Path(parent).mkdir(parents=True, exist_ok=True)
            self._known = parent
        try:
            _place(path, body)
        except FileNotFoundError:  # somebody took the folder away
            self._known = None
            raise

    def close(self) -> None:
        """Bring what was written to its place on the disk; nothing is lost without it."""
        if self._journal is not None:
            self._journal.close()

    def _force_new(self, key: str, body: bytes, *, replace: bool = True) -> None:
        path = f"{self._folder}/{key}"
        parent = Path(path).parent
        parent.mkdir(parents=True, exist_ok=True)
        _place(path, body, forced=True, replace=replace)
        for folder in (parent, *parent.parents):
            force(folder)
            if folder == self._folder:
                break


def _place(path: str, body: bytes, *, forced: bool = False, replace: bool = False) -> None:
    staged = path + _STAGED
    try:
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            rest = memoryview(body)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            if forced:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if replace:
            os.replace(staged, path)  # noqa: PTH105 -- Path objects cost every write
        else:
            os.link(staged, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(staged)  # noqa: PTH108 -- same
