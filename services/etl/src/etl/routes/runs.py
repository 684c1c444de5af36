"""`POST /v1/runs` and `POST /v1/events/eventbridge`: both start the same run, and answer when it is done."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Request
from pydantic import Field

from etl.routes.run_answers import RunsAnswer, Wire, answer, deadline_of
from etl.runner import Runner


class RunRequest(Wire):
    """What to run: nothing for a tick, a range of windows, or a run that was queued."""

    window_from: datetime | None = Field(None, alias="from", description="First window (UTC hour of receipt)")
    window_to: datetime | None = Field(None, alias="to", description="End of the range, exclusive")
    replace: bool = Field(False, description="Delete what was loaded from the range, and load it again")
    run_id: UUID | None = Field(None, description="A queued run to begin")


def runs_router(runner: Runner, deadline_margin_seconds: float) -> APIRouter:
    """Routes that start runs."""
    router = APIRouter(prefix="/v1", tags=["runs"])

    @router.post("/actions/run", summary='The same, as an operator\'s event {"action": "run", …} asks for it')
    @router.post("/runs", summary="Run the ETL: a tick, a range of windows, or a queued run")
    def run(request: Request, asked: Annotated[RunRequest, Body()] = RunRequest()) -> RunsAnswer:  # noqa: B008 -- FastAPI's way
        deadline = deadline_of(request, deadline_margin_seconds)
        if asked.run_id is not None:
            return answer(runner.queued(asked.run_id, deadline))
        if asked.window_from is None and asked.window_to is None and not asked.replace:
            return answer(*runner.tick(deadline))
        return answer(runner.range(asked.window_from, asked.window_to, replace=asked.replace, deadline=deadline))

    @router.post("/events/eventbridge", summary="A tick, as EventBridge sends it")
    def eventbridge(request: Request, event: Annotated[dict[str, Any], Body()]) -> RunsAnswer:
        return answer(*runner.tick(deadline_of(request, deadline_margin_seconds)))

    return router
