"""What is answered of runs."""

from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from etl.run import Deadline, RunResult, deadline_in


class Wire(BaseModel):
    """camelCase outside, and nothing that is not known."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class RunAnswer(Wire):
    """How a run went; the books of what it loaded, or of the lines that it replayed."""

    run_id: UUID
    action: str = Field(description="load or replay", examples=["load"])
    state: str = Field(examples=["succeeded"])
    windows: int
    objects: int
    collected: int = Field(description="Lines of the objects loaded; of a replay, lines that were tried")
    loaded: int
    duplicates: int
    rejected: int = Field(description="Lines set aside; of a replay, those that are rejects still")
    withheld: int
    left: int = Field(description="Windows that another run was loading, or for which no time was left")
    retries: int = Field(description="How often something was tried again after a passing failure")
    difference: dict[str, Any] | None = Field(
        description="Books of the windows that were replaced or replayed: before, after, changedWindows, changed"
    )
    error: str | None = None


class RunsAnswer(Wire):
    """The runs that were done."""

    runs: list[RunAnswer]


def answer(*results: RunResult) -> RunsAnswer:
    """Runs as they are answered."""
    return RunsAnswer(
        runs=[
            RunAnswer(
                run_id=result.run_id,
                action=result.action,
                state=result.state,
                windows=result.windows,
                objects=result.objects,
                collected=result.counts.collected,
                loaded=result.counts.loaded,
                duplicates=result.counts.duplicates,
                rejected=result.counts.rejected,
                withheld=result.counts.withheld,
                left=result.left,
                retries=result.measures.retries,
                difference=result.difference.as_json(),
                error="; ".join(result.errors) or None,
            )
            for result in results
        ]
    )


def deadline_of(request: Request, margin_seconds: float) -> Deadline:
    """On Lambda a run ends before the function does; elsewhere it has all the time."""
    context = request.scope.get("aws.context")
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None:
        return Deadline()
    return deadline_in(remaining() / 1000 - margin_seconds)
