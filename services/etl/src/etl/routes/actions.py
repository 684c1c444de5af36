"""`POST /v1/actions/…`: what an operator does by hand where nothing but the function reaches the warehouse."""

from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from etl.operations import Migrated
from warehouse.standing import Standing


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class NothingAsked(_Wire):
    """An action that takes no arguments."""


class MigrateAnswer(_Wire):
    """What a migration did."""

    revision_before: str | None = Field(description="Revision of the tables before; null where there were none")
    revision: str | None = Field(description="Revision that the warehouse has now")
    steps: list[str] = Field(description="What was done, a line each; empty where it was at this version already")


class StatusAnswer(_Wire):
    """How the warehouse stands. All but the revisions is null where it was never migrated."""

    revision: str | None = Field(description="Revision of its tables; null where it was never migrated")
    revision_of_code: str = Field(description="Revision that this version needs")
    watermark: datetime | None = Field(description="Moment of receipt up to which all is loaded; null before a tick")
    watermark_lag_seconds: float | None
    pending_windows: int | None
    failing_windows: int | None
    unbalanced_windows: int | None = Field(description="Windows whose books contradict the ledger; must be 0")
    partitions_to: datetime | None = Field(description="Up to when partitions are made")
    events_kept_from: datetime | None = Field(description="Since when events are kept; null: retention dropped none")


class Operations(Protocol):
    """What the actions do."""

    def migrate(self) -> Migrated:
        """Bring the warehouse to this version."""

    def standing(self) -> tuple[Standing, str]:
        """How the warehouse stands, and the revision that this version needs."""


def actions_router(operations: Operations) -> APIRouter:
    """Routes of actions."""
    router = APIRouter(prefix="/v1/actions", tags=["actions"])

    @router.post("/migrate", summary="Bring the warehouse to this version; nothing happens where it is")
    def migrate_now(asked: Annotated[NothingAsked, Body()] = NothingAsked()) -> MigrateAnswer:  # noqa: B008 -- FastAPI's way
        done = operations.migrate()
        return MigrateAnswer(revision_before=done.before, revision=done.after, steps=done.steps)

    @router.post("/status", summary="How the warehouse stands")
    def status_now(asked: Annotated[NothingAsked, Body()] = NothingAsked()) -> StatusAnswer:  # noqa: B008 -- FastAPI's way
        found, head = operations.standing()
        gauges = found.gauges
        return StatusAnswer(
            revision=found.revision,
            revision_of_code=head,
            watermark=found.watermark,
            watermark_lag_seconds=gauges.watermark_lag_seconds if gauges else None,
            pending_windows=gauges.pending_windows if gauges else None,
            failing_windows=gauges.failing_windows if gauges else None,
            unbalanced_windows=gauges.unbalanced_windows if gauges else None,
            partitions_to=found.partitions_to,
            events_kept_from=found.events_kept_from,
        )

    return router
