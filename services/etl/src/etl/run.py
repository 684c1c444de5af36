"""A run as it goes on: until when it may, what it has done so far, what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from etl.metrics import RunMeasures
from warehouse.books import Counts
from warehouse.differences import Difference

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
Span = tuple[datetime, datetime]
Action = Literal["load", "replay"]


@dataclass(slots=True)
class RunResult:
    """How a run goes. ``left`` counts windows that somebody else was loading, or for which no time was left.

    Of a replay, ``counts.collected`` is the lines that were tried, ``counts.rejected`` those that are rejects still.
    ``planned_to`` is what the watermark moves to where a tick succeeds.
    """

    run_id: UUID
    action: Action = "load"
    planned_to: datetime | None = None
    counts: Counts = field(default_factory=Counts)
    windows: int = 0
    objects: int = 0
    left: int = 0
    errors: list[str] = field(default_factory=list)
    measures: RunMeasures = field(default_factory=RunMeasures)
    difference: Difference = field(default_factory=Difference)

    @property
    def state(self) -> str:
        """succeeded or failed."""
        return "failed" if self.errors else "succeeded"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when batches may begin; never, where there is no end."""

    ends_at: datetime | None = None

    def passed(self, now: datetime) -> bool:
        """Whether no further batch may begin."""
        return self.ends_at is not None and now >= self.ends_at


NO_DEADLINE = Deadline()


def deadline_in(seconds: float) -> Deadline:
    """A deadline that many seconds from now."""
    return Deadline(datetime.now(UTC) + timedelta(seconds=seconds))


def told(error: BaseException) -> str:
    """An error as the books keep it."""
    # PostgreSQL's text has no NUL, and an error may quote a line that holds one.
    text = str(error).strip().replace("\0", "\\x00")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
