"""The books, schema `etl`: what was collected and what became of it.

For every object and every window: collected = loaded + duplicates + rejected + withheld. What the collector refused is
collected too: its objects under rejected/ are in the ledger like all others.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Sequence, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from warehouse.tables.columns import column

# Ids are drawn before a batch is written, so that events can name the object they came from.
ObjectIds = Sequence("object_ids", schema="etl", metadata=SQLModel.metadata)
RejectIds = Sequence("reject_ids", schema="etl", metadata=SQLModel.metadata)
_BALANCE = "collected = loaded + duplicates + rejected + withheld"
_NO_DEBTS = "least(loaded, duplicates, rejected, withheld) >= 0"
RUN_STATES = ("queued", "running", "succeeded", "failed", "cancelled")
RUN_ACTIONS = ("load", "replay")
WINDOW_STATES = ("pending", "running", "loaded", "failed")
REJECT_SOURCES = ("etl", "collector")


def _one_of(name: str, values: tuple[str, ...], attribute: str = "state") -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{attribute} IN ({listed})", name=name)


def _json(comment: str) -> Any:
    # none_as_null: what is not there is NULL, not JSON's null.
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True, comment=comment))


class Run(SQLModel, table=True):
    """A run of the ETL."""

    __tablename__ = "runs"
    __table_args__ = (
        _one_of("runs_state", RUN_STATES),
        _one_of("runs_action", RUN_ACTIONS, "action"),
        Index("runs_requested", "requested_at"),
        Index("runs_queued", "requested_at", postgresql_where=text("state = 'queued'"), unique=False),
        Index("runs_idempotency", "idempotency_key", unique=True),
        {"schema": "etl", "comment": "One row a run of the ETL, asked for by schedule or by hand"},
    )

    run_id: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "Id of the run"})
    trigger: str = column("text", "schedule, manual (admin API) or cli")
    state: str = column("text", "queued, running, succeeded, failed, or cancelled while queued")
    replace: bool = column("boolean", "Whether loaded windows are deleted and loaded again")
    window_from: datetime | None = column("timestamptz", "First window; NULL: planned from the watermark", null=True)
    window_to: datetime | None = column("timestamptz", "End of the range, exclusive", null=True)
    requested_by: str = column("text", "Who asked")
    requested_at: datetime = column("timestamptz", "When it was asked for", default="now()")
    started_at: datetime | None = column("timestamptz", "When it began", null=True)
    finished_at: datetime | None = column("timestamptz", "When it ended", null=True)
    windows: int = column("integer", "Windows loaded", default="0")
    objects: int = column("integer", "Objects loaded", default="0")
    collected: int = column("bigint", "Lines in those objects", default="0")
    loaded: int = column("bigint", "Events loaded", default="0")
    duplicates: int = column("bigint", "Events already loaded", default="0")
    rejected: int = column("bigint", "Lines set aside in etl.rejects", default="0")
    withheld: int = column("bigint", "Events not kept: consent refused", default="0")
    error: str | None = column("text", "Why it failed", null=True)
    action: str = column(
        "text", "load: objects of windows; replay: lines of etl.rejects once more", default="'load'::text"
    )
    replay_filter: Any = _json("Rejects that a replay is limited to: reason, source, objectKey, rejectId")
    retries: int = column("integer", "How often something was tried again after a passing failure", default="0")
    difference: Any = _json("Books of the windows that it replaced or replayed, before and after; NULL for other runs")
    idempotency_key: str | None = column("text", "Given by who asked, so that asking twice makes one run", null=True)


class Window(SQLModel, table=True):
    """A window: one UTC hour of receipt, with its books."""

    __tablename__ = "windows"
    __table_args__ = (
        _one_of("windows_state", WINDOW_STATES),
        CheckConstraint(_BALANCE, name="windows_balance"),
        CheckConstraint(_NO_DEBTS, name="windows_no_debts"),
        Index("windows_unfinished", "ingest_window", postgresql_where=text("state <> 'loaded'")),
        {"schema": "etl", "comment": "One row a window (UTC hour of receipt) with its books"},
    )

    ingest_window: datetime = column("timestamptz", "Start of the hour of receipt; UTC", key=True)
    state: str = column("text", "pending, running, loaded or failed")
    objects: int = column("integer", "Objects loaded", default="0")
    pending_objects: int = column("integer", "Objects listed and not yet loaded", default="0")
    collected: int = column("bigint", "Lines in the loaded objects", default="0")
    loaded: int = column("bigint", "Events loaded", default="0")
    duplicates: int = column("bigint", "Events already loaded", default="0")
    rejected: int = column("bigint", "Lines set aside in etl.rejects", default="0")
    withheld: int = column("bigint", "Events not kept: consent refused", default="0")
    attempts: int = column("integer", "Failed tries since it last loaded", default="0")
    error: str | None = column("text", "Why the last try failed", null=True)
    updated_at: datetime = column("timestamptz", "Last change", default="now()")
    newest_event_at: datetime | None = column("timestamptz", "When the newest of its events happened", null=True)
    newest_received_at: datetime | None = column("timestamptz", "When the newest of them was received", null=True)


class LoadedObject(SQLModel, table=True):
    """An object of the raw lake that is in the warehouse. The ledger: an object is here, or was never loaded."""

    __tablename__ = "objects"
    __table_args__ = (
        CheckConstraint(_BALANCE, name="objects_balance"),
        CheckConstraint(_NO_DEBTS, name="objects_no_debts"),
        Index("objects_key", "object_key", unique=True),
        Index("objects_window", "ingest_window"),
        {"schema": "etl", "comment": "One row an object of the raw lake that was loaded"},
    )

    object_id: int | None = column(
        "bigint", "Id of the object", key=True, default="nextval('etl.object_ids'::regclass)"
    )
    object_key: str = column("text", "Its key in the raw lake")
    ingest_window: datetime = column("timestamptz", "Window it belongs to")
    size_bytes: int = column("bigint", "Size as stored, in bytes")
    collected: int = column("bigint", "Lines that its key or its body has, whichever is more")
    loaded: int = column("bigint", "Events loaded from it")
    duplicates: int = column("bigint", "Events that were already loaded")
    rejected: int = column("bigint", "Lines set aside in etl.rejects")
    withheld: int = column("bigint", "Events not kept: consent refused")
    run_id: UUID = Field(sa_column_kwargs={"comment": "Run that loaded it"})
    loaded_at: datetime = column("timestamptz", "When it was loaded", default="now()")


class Reject(SQLModel, table=True):
    """A line that could not be loaded, kept as it was."""

    __tablename__ = "rejects"
    __table_args__ = (
        _one_of("rejects_source", REJECT_SOURCES, "source"),
        Index("rejects_window", "ingest_window"),
        Index("rejects_line", "object_id", "line_number", unique=True),
        {"schema": "etl", "comment": "One row a line that could not be loaded, with the reason"},
    )

    reject_id: int | None = column(
        "bigint", "Id of the reject", key=True, default="nextval('etl.reject_ids'::regclass)"
    )
    object_id: int = column("bigint", "Object it came from (etl.objects)")
    ingest_window: datetime = column("timestamptz", "Window of that object")
    line_number: int = column("integer", "Line in the object, from 1")
    reason: str = column("text", "Reason code, such as not_json or invalid_price")
    detail: str = column("text", "What was wrong, with the place")
    line: str | None = column(
        "text", "The raw line; bytes that are not text as \\xNN; NULL where it is missing", null=True
    )
    created_at: datetime = column("timestamptz", "When it was set aside", default="now()")
    source: str = column("text", "Who refused it: etl, or collector (objects under rejected/)", default="'etl'::text")
    replayed_at: datetime | None = column("timestamptz", "Last replay that could not load it either", null=True)
