"""The lake as the ETL reads it: asked again where it is busy or does not answer."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from etl.retry import Retries
from lake import LakeObject, LakeUnavailableError
from lake.keys import Root

Used = TypeVar("Used")


class LakeReader(Protocol):
    """What the ETL does with a lake."""

    def get(self, key: str) -> bytes:
        """The body of an object, as stored."""

    def each_object(self, root: Root, start: datetime | None, end: datetime | None) -> Iterator[LakeObject]:
        """The objects of the windows in [start, end), or all, as they are listed."""


class PatientLake:
    """A lake that is asked again where it is busy or does not answer."""

    def __init__(self, lake: LakeReader, retries: Retries) -> None:
        self._lake = lake
        self._retries = retries

    def get(self, key: str) -> bytes:
        """The body of an object, as stored."""
        return self._retries.call(f"get {key}", lambda: self._lake.get(key), when=_busy)

    def listed(
        self, root: Root, start: datetime | None, end: datetime | None, use: Callable[[Iterator[LakeObject]], Used]
    ) -> Used:
        """What ``use`` makes of a listing; where the lake breaks it off, of another one from its beginning."""
        return self._retries.call(f"list {root}", lambda: use(self._lake.each_object(root, start, end)), when=_busy)


def _busy(error: BaseException) -> bool:
    return isinstance(error, LakeUnavailableError)
