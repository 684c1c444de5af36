"""What the collector needs of the world, passed in by ``create_app``."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

Clock = Callable[[], datetime]


class EventStore(Protocol):
    """Where objects go: ``lake.Lake``, or a fake in tests."""

    async def put_new(self, key: str, body: bytes) -> None:
        """Write an object durably under a free key; raises ``lake.LakeError``."""

    def close(self) -> None:
        """Let go of what is kept open for writing."""

    async def probe(self) -> None:
        """Show that the store can be written; raises ``lake.LakeUnavailableError``."""


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)
