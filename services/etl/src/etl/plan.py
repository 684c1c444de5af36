"""Planning: which objects are to be loaded, in which batches. Pure: a listing and a ledger in, batches out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil

from lake import LakeObject

# A batch's windows are locked together; PostgreSQL's lock table has room for some thousands.
_MAX_WINDOWS = 500
# As a line is stored, about. Lines that are alike take less room in the lake, and as much memory as others.
_LINE_BYTES = 100


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the lake and objects of it: all that a replace loads, else those that the ledger does not hold."""

    start: datetime
    objects: tuple[LakeObject, ...]

    def without(self, keys: set[str]) -> "Window":
        """The same window less the objects that the ledger holds."""
        return Window(self.start, tuple(item for item in self.objects if item.key not in keys))

    @property
    def size(self) -> int:
        """Bytes of its objects, as ``size_of`` has them."""
        return sum(map(size_of, self.objects))


def size_of(item: LakeObject) -> int:
    """How large an object is to be taken for: its bytes as stored, or what as many lines usually take."""
    return max(item.size, item.count * _LINE_BYTES)


def windows_of(objects: Iterable[LakeObject], starts: Iterable[datetime] = ()) -> list[Window]:
    """The windows of the objects, and those that begin at ``starts`` though none is theirs; oldest first."""
    ordered = sorted(objects, key=lambda item: (item.window, item.key))
    held = {start: tuple(items) for start, items in groupby(ordered, key=lambda item: item.window)}
    return [Window(start, held.get(start, ())) for start in sorted({*held, *starts})]


def groups(windows: Sequence[Window], max_bytes: int) -> Iterator[list[Window]]:
    """Consecutive windows whose objects fit into one batch; a window that is larger alone is a group of its own."""
    group: list[Window] = []
    size = 0
    for window in windows:
        if group and (size + window.size > max_bytes or len(group) >= _MAX_WINDOWS):
            yield group
            group, size = [], 0
        group.append(window)
        size += window.size
    if group:
        yield group


def batches(
    objects: Sequence[LakeObject], max_bytes: int, first_bytes: int | None = None
) -> Iterator[list[LakeObject]]:
    """Objects in order, cut so that a batch holds at most ``max_bytes`` (or one object that is larger).

    Args:
        objects: to be cut.
        max_bytes: as ``size_of`` has them.
        first_bytes: of the first batch; each may be twice as large as the one before. Left out: as large as any.
    """
    batch: list[LakeObject] = []
    size = 0
    most = min(first_bytes or max_bytes, max_bytes)
    for item in objects:
        if batch and size + size_of(item) > most:
            yield batch
            batch, size = [], 0
            most = min(2 * most, max_bytes)
        batch.append(item)
        size += size_of(item)
    if batch:
        yield batch


def tapered_batches(objects: Sequence[LakeObject], max_bytes: int) -> Iterator[list[LakeObject]]:
    """As ``batches``, all of about the same size but the last, which is half as large: nothing is done beside it."""
    whole = sum(map(size_of, objects))
    if whole <= max_bytes:
        return batches(objects, max_bytes)
    pieces = ceil(whole / max(max_bytes, 1) + 0.5)
    # A little more than its share, lest what is left over by rounding be one more.
    largest = max(map(size_of, objects))
    return batches(objects, min(ceil(whole / (pieces - 0.5)) + largest, max_bytes))
