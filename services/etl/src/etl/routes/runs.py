"""`POST /v1/runs` and `POST /v1/events/eventbridge`: both start the same run, and answer when it is done."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from etl.runner import Deadline, Runner, RunResult


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class RunRequest(_Wire):
    """What to run: nothing for a tick, a range of windows, or a run that was queued."""

    window_from: datetime | None = Field(None, alias="from", description="First window (UTC hour of receipt)")
    window_to: datetime | None = Field(None, alias="to", description="End of the range, exclusive")
    replace: bool = Field(False, description="Delete what was loaded from the range, and load it again")
    run_id: UUID | None = Field(None, description="A queued run to begin")


class RunAnswer(_Wire):
    """How a run went; the books of what it loaded."""

    run_id: UUID
    state: str = Field(examples=["succeeded"])
    windows: int
    objects: int
    collected: int
    loaded: int
    duplicates: int
    rejected: int
    withheld: int
    left: int = Field(description="Windows that another run was loading, or for which no time was left")
    error: str | None = None


class RunsAnswer(_Wire):
    """The runs that were done."""

    runs: list[RunAnswer]


def runs_router(runner: Runner, deadline_margin_seconds: float) -> APIRouter:
    """Routes that start runs."""
    router = APIRouter(prefix="/v1", tags=["runs"])

    @router.post("/runs", summary="Run the ETL: a tick, a range of windows, or a queued run")
    def run(request: Request, asked: Annotated[RunRequest, Body()] = RunRequest()) -> RunsAnswer:  # noqa: B008 -- FastAPI's way
        deadline = _deadline(request, deadline_margin_seconds)
        if asked.run_id is not None:
            return _answer([runner.queued(asked.run_id, deadline)])
        if asked.window_from is None and asked.window_to is None and not asked.replace:
            return _answer(runner.tick(deadline))
        return _answer([runner.range(asked.window_from, asked.window_to, replace=asked.replace, deadline=deadline)])

    @router.post("/events/eventbridge", summary="A tick, as EventBridge sends it")
    def eventbridge(request: Request, event: Annotated[dict[str, Any], Body()]) -> RunsAnswer:
        return _answer(runner.tick(_deadline(request, deadline_margin_seconds)))

    return router


def _deadline(request: Request, margin_seconds: float) -> Deadline:
    """On Lambda a run ends before the function does; elsewhere it has all the time."""
    context = request.scope.get("aws.context")
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None:
        return Deadline()
    left = timedelta(milliseconds=remaining()) - timedelta(seconds=margin_seconds)
    return Deadline(datetime.now().astimezone() + left)


def _answer(results: list[RunResult]) -> RunsAnswer:
    return RunsAnswer(
        runs=[
            RunAnswer(
                run_id=result.run_id,
                state=result.state,
                windows=result.windows,
                objects=result.objects,
                collected=result.counts.collected,
                loaded=result.counts.loaded,
                duplicates=result.counts.duplicates,
                rejected=result.counts.rejected,
                withheld=result.counts.withheld,
                left=result.left,
                error="; ".join(result.errors) or None,
            )
            for result in results
        ]
    )
