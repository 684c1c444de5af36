"""What the API says of the ETL: its books, windows, runs and rejects."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from admin_api.wire import Wire


class Totals(Wire):
    """The books of everything: collected = loaded + duplicates + rejected + withheld."""

    windows: int
    objects: int
    collected: int
    loaded: int
    duplicates: int
    rejected: int
    withheld: int


class Status(Wire):
    """How new the warehouse is, and whether its books balance."""

    as_of: datetime
    state: str = Field(description="ok, behind, failing or empty", examples=["ok"])
    newest_event_at: datetime | None
    newest_received_at: datetime | None
    watermark: datetime | None = Field(description="All that was received before it and listed is loaded")
    lag_seconds: int | None = Field(description="Since the last good tick, or the oldest unfinished window")
    last_tick_at: datetime | None
    failing_windows: int
    pending_windows: int
    balanced: bool
    totals: Totals


class WindowView(Wire):
    """A window (UTC hour of receipt) and its books."""

    window: datetime = Field(validation_alias="ingest_window")
    state: str
    objects: int
    pending_objects: int
    collected: int
    loaded: int
    duplicates: int
    rejected: int
    withheld: int
    balanced: bool = True
    error: str | None
    updated_at: datetime


class Windows(Wire):
    """A page of windows, newest first."""

    windows: list[WindowView]
    next: str | None = Field(description="`before` of the next page; null on the last")


class RunView(Wire):
    """A run of the ETL."""

    run_id: UUID
    trigger: str
    state: str
    window_from: datetime | None = Field(serialization_alias="from")
    window_to: datetime | None = Field(serialization_alias="to")
    replace: bool
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    windows: int
    objects: int
    collected: int
    loaded: int
    duplicates: int
    rejected: int
    withheld: int
    error: str | None


class Runs(Wire):
    """Runs, newest first."""

    runs: list[RunView]


class RunRequest(Wire):
    """A range of windows to load."""

    window_from: datetime = Field(alias="from", description="First window", examples=["2026-11-22T07:00:00Z"])
    window_to: datetime = Field(alias="to", description="End, exclusive", examples=["2026-11-22T09:00:00Z"])
    replace: bool = Field(False, description="Delete what was loaded from the range, and load it again")


class ReasonCount(Wire):
    """Lines that were set aside for a reason."""

    reason: str
    lines: int


class RejectView(Wire):
    """A line that was set aside."""

    reject_id: int
    reason: str
    detail: str
    line: str | None
    object_key: str
    line_number: int
    window: datetime


class Rejects(Wire):
    """What was set aside: counts by reason, and the newest lines."""

    by_reason: list[ReasonCount]
    samples: list[RejectView]
