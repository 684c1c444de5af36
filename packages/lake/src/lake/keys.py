"""Key layout of the raw lake.

events/YYYY/MM/DD/HH/events-<uuid7>.<count>.ndjson.gz       written by the collector
events/YYYY/MM/DD/HH/event-<uuid>.json                      one bare event: read, never written
rejected/YYYY/MM/DD/HH/rejected-<uuid7>.<count>.ndjson.gz   what failed validation, with its errors

The hour is the UTC hour of receipt; the count is the number of lines inside, so that a listing alone says how many
events were collected.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

Root = Literal["events", "rejected"]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_KEY = re.compile(
    r"(?P<root>events|rejected)/(?P<hour>\d{4}/\d{2}/\d{2}/\d{2})/"
    r"(?:(?:events|rejected)-(?P<batch>[0-9a-fA-F-]{36})\.(?P<count>\d{1,9})\.ndjson\.gz"
    r"|event-(?P<single>[0-9a-fA-F-]{36})\.json)"
)


@dataclass(frozen=True, slots=True)
class LakeObject:
    """One object as a listing shows it.

    ``count`` is the number of lines that its key promises: the books' «collected». ``size`` is in bytes as stored
    (compressed).
    """

    key: str
    root: Root
    window: datetime
    count: int
    size: int

    @property
    def compressed(self) -> bool:
        """Whether the object's body is gzip."""
        return self.key.endswith(".gz")


def window_of(moment: datetime) -> datetime:
    """The window (UTC hour) that a moment of receipt belongs to.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: a window is an hour of UTC")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.replace(minute=0, second=0, microsecond=0)


def hour_prefix(root: Root, window: datetime) -> str:
    """Prefix of one window, with its closing slash: ``events/2026/11/22/07/``."""
    return f"{root}/{window:%Y/%m/%d/%H}/"


def range_prefixes(root: Root, start: datetime, end: datetime) -> Iterator[str]:
    """Prefixes that hold the windows of [start, end), in order: hours of a range of a day at the most, else UTC days.

    A day of a busy shop has millions of objects: a listing of all of them for its last hour would take minutes.
    """
    of_hours = end - start <= DAY
    step, form = (HOUR, "%Y/%m/%d/%H") if of_hours else (DAY, "%Y/%m/%d")
    moment = window_of(start) if of_hours else window_of(start).replace(hour=0)
    while moment < end:
        yield f"{root}/{moment:{form}}/"
        moment += step


def events_key(window: datetime, batch_id: UUID, count: int) -> str:
    """Key of a batch of ``count`` accepted events received in ``window``."""
    return f"{hour_prefix('events', window)}events-{batch_id}.{count}.ndjson.gz"


def rejected_key(window: datetime, batch_id: UUID, count: int) -> str:
    """Key of a batch of ``count`` bodies or events that failed validation in ``window``."""
    return f"{hour_prefix('rejected', window)}rejected-{batch_id}.{count}.ndjson.gz"


def parse_key(key: str, size: int = 0) -> LakeObject | None:
    """What a key says of its object, or None where it is not of the lake's layout."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    window = _window(match["hour"])
    if window is None:
        return None
    count = int(match["count"]) if match["count"] else 1
    root: Root = "events" if match["root"] == "events" else "rejected"
    return LakeObject(key=key, root=root, window=window, count=count, size=size)


@lru_cache(1024)  # a listing has thousands of keys of an hour; strptime takes as long as all else
def _window(hour: str) -> datetime | None:
    try:
        return datetime.strptime(hour, "%Y/%m/%d/%H").replace(tzinfo=UTC)
    except ValueError:  # 2026/13/40/25
        return None
