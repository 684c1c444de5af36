"""`/v1/rejects…`: the quarantine, listed, exported and replayed."""

from datetime import datetime
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field

from etl.quarantine import Quarantine
from etl.routes.run_answers import RunsAnswer, Wire, answer, deadline_of
from etl.runner import Runner
from warehouse.reject_export import MEDIA_TYPES, Format, cells
from warehouse.rejects import RejectFilter, Source

_MAX_BIGINT = 2**63 - 1


class RejectsWanted(Wire):
    """Which rejects; everything that is left out is no limit."""

    reason: str | None = Field(None, description="Reason code", examples=["invalid_price"])
    source: Source | None = Field(None, description="Who refused it")
    object_key: str | None = Field(None, description="Object of the raw lake")
    reject_id: int | None = Field(None, ge=0, le=_MAX_BIGINT, description="One reject")
    window_from: AwareDatetime | None = Field(None, alias="from", description="First window (UTC hour of receipt)")
    window_to: AwareDatetime | None = Field(None, alias="to", description="End of the range, exclusive")

    def filter(self) -> RejectFilter:
        """The same as the warehouse takes it."""
        return RejectFilter(self.reason, self.source, self.object_key, self.reject_id, self.window_from, self.window_to)


class PageWanted(RejectsWanted):
    """A page of the list."""

    limit: int = Field(50, ge=1, le=1000)
    before: int | None = Field(None, ge=0, le=_MAX_BIGINT, description="`next` of the page before")


class ExportWanted(RejectsWanted):
    """A file."""

    file_format: Format = Field("ndjson", alias="format")


class ReasonAnswer(Wire):
    """Lines that one side refused for one reason."""

    reason: str
    source: Source
    lines: int
    first_window: datetime
    last_window: datetime


class RejectsAnswer(Wire):
    """A page of rejects, the newest first; the counts are of all that the filter names."""

    by_reason: list[ReasonAnswer]
    rejects: list[dict[str, Any]]
    next: int | None = Field(description="`before` of the next page; null on the last")


def rejects_router(runner: Runner, quarantine: Quarantine, deadline_margin_seconds: float) -> APIRouter:
    """Routes of the quarantine."""
    router = APIRouter(prefix="/v1", tags=["rejects"])

    @router.get("/rejects", summary="Lines that could not be loaded: counts by reason, and a page of them")
    def listed(asked: Annotated[PageWanted, Query()]) -> RejectsAnswer:
        found = quarantine.page(asked.filter(), limit=asked.limit, before=asked.before)
        return RejectsAnswer(
            by_reason=[
                ReasonAnswer(
                    reason=each.reason,
                    source=each.source,
                    lines=each.lines,
                    first_window=each.first_window,
                    last_window=each.last_window,
                )
                for each in found.by_reason
            ],
            rejects=[cells(row) for row in found.rows],
            next=found.following,
        )

    @router.get("/rejects/export", summary="Rejects as NDJSON or CSV", response_class=StreamingResponse)
    def export(asked: Annotated[ExportWanted, Query()]) -> StreamingResponse:
        file_format = asked.file_format
        chunks = quarantine.export(asked.filter(), file_format)
        first = next(chunks, b"")  # a warehouse that is away is a problem while the answer has not begun
        return StreamingResponse(
            chain([first], chunks),
            media_type=MEDIA_TYPES[file_format],
            headers={"Content-Disposition": f'attachment; filename="rejects.{file_format}"'},
        )

    @router.post("/actions/replay", summary='The same, as an operator\'s event {"action": "replay", …} asks for it')
    @router.post("/rejects/replay", summary="Try rejects once more, as after a fix; what can be loaded by now is")
    def replay(request: Request, asked: Annotated[RejectsWanted, Body()] = RejectsWanted()) -> RunsAnswer:  # noqa: B008 -- FastAPI's way
        return answer(runner.replay(asked.filter(), deadline=deadline_of(request, deadline_margin_seconds)))

    return router
