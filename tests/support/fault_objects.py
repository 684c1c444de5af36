"""Objects that tests of the lake's writing put: each number has its key and its body."""

import gzip
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from lake import events_key

_WINDOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def key_of(number: int) -> str:
    """Key of the object of a number."""
    return events_key(_WINDOW, UUID(int=number + 1), 1)


def body_of(number: int, size: int) -> bytes:
    """Body of the object: about ``size`` bytes that do not compress."""
    return gzip.compress(Random(number).randbytes(size), 0, mtime=0)  # noqa: S311 -- faults are no secrets
