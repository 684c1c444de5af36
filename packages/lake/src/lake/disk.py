"""Making an object in a folder survive a power cut: obstore writes and renames, but leaves the rest to the kernel."""

import os
from pathlib import Path


class FolderSync:
    """Forces objects of one lake's folder to the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: Path | None = None

    def sync(self, key: str) -> None:
        """Return when the object and the names that lead to it are on the disk.

        Raises:
            OSError: the disk did not take it.
        """
        path = self._folder / key
        _fsync(path)
        parent = path.parent
        _fsync(parent)
        if parent != self._known:  # a new hour: its folder, maybe its day's and month's, are new names too
            while parent != self._folder:
                parent = parent.parent
                _fsync(parent)
            self._known = path.parent


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
