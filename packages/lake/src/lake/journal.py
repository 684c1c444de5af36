"""What makes a folder's small objects durable at the price of one write.

Forcing an object and its name to the disk takes about six writes of a file system's own, one after the other. So the
object goes into a journal first: a file whose blocks are there already, written with ``O_DSYNC``. When that returns,
the object survives a power cut; its file in the folder is written without waiting. Before a journal is used again, what
it stood for has been forced to the disk in its place.

A journal that nobody holds open any more was left behind by a process that was killed, or by a power cut: whoever opens
the lake next puts the objects in place that are missing or torn (``restore``).
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from uuid import uuid4
from weakref import finalize
from zlib import crc32

_SEGMENT_BYTES = 8 << 20
MAX_BODY_BYTES = 1 << 20  # larger objects are forced to the disk themselves
_FOLDER = ".journal"
# magic, generation, crc32 of key and body, bytes of the key, bytes of the body
_HEAD = struct.Struct("<4s16sIHI")
_MAGIC = b"CSJ1"
_ZEROS = bytes(256 << 10)
_FORCED_SINGLY = 200  # more objects than that go to the disk by sync(2), with whatever else waits for it


class Journal:
    """The journal of one writing process: two segments, one being written while the other's objects are settled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._segments: list[_Segment] = []
        self._settling: Thread | None = None
        self._lock = Lock()
        # At the end of the process, however it comes about, short of a kill.
        finalize(self, _close, self._segments, os.getpid())

    def append(self, key: str, body: bytes) -> None:
        """Return when key and body are on the disk.

        Raises:
            OSError: the disk did not take them.
        """
        with self._lock:
            if not self._segments:
                self._segments.append(_Segment(self._folder))
            if not self._segments[0].append(key, body):
                self._turn()
                self._segments[0].append(key, body)

    def _turn(self) -> None:
        """Go on in the other segment, once what that stood for is settled."""
        if self._settling is not None:
            self._settling.join()
        if len(self._segments) == 1:
            self._segments.append(_Segment(self._folder))
        self._segments.reverse()
        self._settling = Thread(target=self._segments[1].settle, name="journal", daemon=True)
        self._settling.start()

    def close(self) -> None:
        """Bring everything to its place on the disk and take the journal away."""
        if self._settling is not None:
            self._settling.join()
        _close(self._segments, os.getpid())


class _Segment:
    """A file of records, locked as long as its process lives."""

    def __init__(self, folder: Path) -> None:
        self._lake = folder.parent
        self._size = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{uuid4()}.log"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_DSYNC, 0o666)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            self._grow()
            for name in (folder, self._lake):
                force(name)
        except OSError:
            self.remove()
            raise
        self._begin()

    def _grow(self) -> None:
        """Give the file blocks: to write into those that are there already takes one write of the disk's."""
        self._size += os.pwrite(self._descriptor, _ZEROS, self._size)

    def _begin(self) -> None:
        self._at = 0
        self._keys: list[str] = []
        self._generation = uuid4().bytes

    def append(self, key: str, body: bytes) -> bool:
        """Whether there was room for the record; then it is on the disk."""
        name = key.encode()
        head = _HEAD.pack(_MAGIC, self._generation, crc32(body, crc32(name)), len(name), len(body))
        record = b"".join((head, name, body))
        if self._at + len(record) > _SEGMENT_BYTES:
            return False
        while self._size < self._at + len(record):
            self._grow()
        done = os.pwrite(self._descriptor, record, self._at)
        if done < len(record):
            raise OSError(f"{self._path}: {done} of {len(record)} bytes were written")
        self._at += done
        self._keys.append(key)
        return True

    def settle(self) -> None:
        """Make the segment empty, after all that it stands for is on the disk in its place."""
        _settle(self._lake, self._keys)
        os.pwrite(self._descriptor, _ZEROS[: _HEAD.size], 0)
        self._begin()

    def remove(self) -> None:
        """Take the file away and let go of it."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _close(segments: list[_Segment], process: int) -> None:
    if os.getpid() != process:
        return  # a fork's copy: the journal is its parent's
    while segments:
        segment = segments.pop()
        segment.settle()
        segment.remove()


def _settle(lake: Path, keys: list[str]) -> None:
    """Return when these objects and the names that lead to them are on the disk."""
    if len(keys) > _FORCED_SINGLY:
        os.sync()
        return
    folders: set[Path] = set()
    for key in keys:
        path = lake / key
        folders.update(path.parents[: len(Path(key).parts)])
        with suppress(FileNotFoundError, NotADirectoryError):  # somebody took it away
            force(path)
    for folder in sorted(folders, reverse=True):
        with suppress(FileNotFoundError, NotADirectoryError):
            force(folder)


def restore(folder: Path, place: Callable[[str, bytes], None]) -> int:
    """Read the journals that were left behind and take them away.

    Args:
        folder: the lake's.
        place: called with key and body of every object that is missing or differs; it forces the object to the disk.

    Returns:
        Number of objects that were put in place.

    Raises:
        OSError: the disk did not take one; the journal stays for the next time.
    """
    restored = 0
    for path in sorted((folder / _FOLDER).glob("*.log")):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # its process lives
            keys = []
            for key, body in _records(file.read()):
                keys.append(key)
                if _content(folder / key) != body:
                    place(key, body)
                    restored += 1
            _settle(folder, keys)
            path.unlink(missing_ok=True)
    return restored


def _records(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The records of the segment's last generation; whatever follows them is older, or was never finished."""
    at, first = 0, None
    while at + _HEAD.size <= len(content):
        magic, generation, checksum, name_bytes, body_bytes = _HEAD.unpack_from(content, at)
        start = at + _HEAD.size
        end = start + name_bytes + body_bytes
        first = first or generation
        if magic != _MAGIC or generation != first or end > len(content) or crc32(content[start:end]) != checksum:
            return
        yield content[start : start + name_bytes].decode(), content[start + name_bytes : end]
        at = end


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def force(path: str | Path) -> None:
    """Return when what a file holds, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
