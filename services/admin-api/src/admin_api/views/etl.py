"""What the API says of the ETL: its books, windows, runs and rejects."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from admin_api.wire import MAX_BIGINT, Moment, Text, Wire


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
    lag_seconds: int | None = Field(
        description="What was received before so many seconds is loaded: since the last good tick, the last one before"
        " the oldest window that waits was noted, or the beginning of the oldest window that fails"
    )
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
    newest_event_at: datetime | None = Field(description="When the newest of its events happened; null: it has none")
    newest_received_at: datetime | None = Field(description="When the newest of them was received")


class Windows(Wire):
    """A page of windows, newest first."""

    windows: list[WindowView]
    next: str | None = Field(description="`before` of the next page; null on the last")


class Books(Wire):
    """The sum of windows' books."""

    model_config = ConfigDict(extra="ignore")

    windows: int
    objects: int
    collected: int
    loaded: int
    duplicates: int
    rejected: int
    withheld: int


class WindowBooks(Wire):
    """The books of a window."""

    model_config = ConfigDict(extra="ignore")

    objects: int
    collected: int
    loaded: int
    duplicates: int
    rejected: int
    withheld: int


class WindowDifference(Wire):
    """A window whose books a run changed."""

    window: datetime
    before: WindowBooks
    after: WindowBooks


class Difference(Wire):
    """The books of the windows that a run replaced or replayed, before and after."""

    before: Books
    after: Books
    changed_windows: int
    changed: list[WindowDifference] = Field(description="The first hundred")


class RunView(Wire):
    """A run of the ETL."""

    run_id: UUID
    action: str = Field(description="load, or replay of rejects", examples=["load"])
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
    retries: int = Field(description="How often something was tried again after a passing failure")
    error: str | None
    difference: Difference | None = Field(description="What a replace or replay changed; null for other runs")


class Runs(Wire):
    """Runs, newest first."""

    runs: list[RunView]
    next: str | None = Field(description="`before` of the next page; null on the last")


class RunRequest(Wire):
    """A range of windows to load."""

    window_from: Moment = Field(alias="from", description="First window", examples=["2026-11-22T07:00:00Z"])
    window_to: Moment = Field(alias="to", description="End, exclusive", examples=["2026-11-22T09:00:00Z"])
    replace: bool = Field(False, description="Delete what was loaded from the range, and load it again")


class ReasonCount(Wire):
    """Lines that one side refused for a reason."""

    reason: str = Field(examples=["not_json"])
    source: str = Field(description="etl, or collector", examples=["etl"])
    lines: int
    first_window: datetime
    last_window: datetime


class RejectView(Wire):
    """A line that was set aside."""

    reject_id: int
    source: str = Field(description="Who refused it: etl, or collector", examples=["etl"])
    reason: str = Field(examples=["not_json"])
    detail: str = Field(description="What was wrong, with the place")
    line: str | None = Field(
        description="The raw line (in a list its first 2,000 characters); null where it is missing"
    )
    object_key: str
    line_number: int
    window: datetime
    created_at: datetime
    replayed_at: datetime | None = Field(description="Last replay that could not load it either")


class Rejects(Wire):
    """What was set aside: counts by reason, and a page of lines, newest first."""

    by_reason: list[ReasonCount]
    rejects: list[RejectView]
    next: str | None = Field(description="`before` of the next page; null on the last")


class ReplayRequest(Wire):
    """Which rejects to try once more; nothing given: all."""

    reason: Text | None = Field(None, examples=["invalid_price"])
    source: Literal["etl", "collector"] | None = None
    window_from: Moment | None = Field(None, alias="from", description="First window")
    window_to: Moment | None = Field(None, alias="to", description="End, exclusive")
    reject_id: int | None = Field(None, ge=1, le=MAX_BIGINT, description="One reject alone")


class AuditView(Wire):
    """A call that asked for a change."""

    audit_id: int
    called_at: datetime
    caller: str = Field(description="Fingerprint of the token: first 12 hex digits of its SHA-256")
    action: str = Field(examples=["run.start"])
    target: str | None = Field(description="Id of the run")
    request: str = Field(description="The call's body, as JSON")
    status: int = Field(description="HTTP status of the answer")
    detail: str | None = Field(description="Why it was refused")


class Audit(Wire):
    """Calls that asked for changes, newest first."""

    entries: list[AuditView]
    next: int | None = Field(description="`before` of the next page; null on the last")
