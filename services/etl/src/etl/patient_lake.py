"""The lake as the ETL reads it: asked again where it is busy or does not answer."""

from datetime import datetime
from typing import Protocol

from etl.retry import Retries
from lake import LakeObject, LakeUnavailableError
from lake.keys import Root


class LakeReader(Protocol):
    """What the ETL does with a lake."""

    def get(self, key: str) -> bytes:
        """The body of an object, as stored."""

    def list_objects(self, root: Root, start: datetime, end: datetime) -> list[LakeObject]:
        """The objects of the windows in [start, end)."""

    def list_all(self, root: Root) -> list[LakeObject]:
        """All objects under a root."""


class PatientLake:
    """A lake that is asked again where it is busy or does not answer."""

    def __init__(self, lake: LakeReader, retries: Retries) -> None:
        self._lake = lake
        self._retries = retries

    def get(self, key: str) -> bytes:
        """The body of an object, as stored."""
        return self._retries.call(f"get {key}", lambda: self._lake.get(key), when=_busy)

    def list_objects(self, root: Root, start: datetime, end: datetime) -> list[LakeObject]:
        """The objects of the windows in [start, end)."""
        return self._retries.call(f"list {root}", lambda: self._lake.list_objects(root, start, end), when=_busy)

    def list_all(self, root: Root) -> list[LakeObject]:
        """All objects under a root."""
        return self._retries.call(f"list {root}", lambda: self._lake.list_all(root), when=_busy)


def _busy(error: BaseException) -> bool:
    return isinstance(error, LakeUnavailableError)
