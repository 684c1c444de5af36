"""Is the process up, and can it do its work?"""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from collector.errors import NotStoredError
from collector.log import Log
from collector.openapi import problem_answer
from collector.ports import EventStore
from lake import LakeError


class Health(BaseModel):
    """The answer of a healthy collector."""

    status: Literal["ok"] = Field("ok", description="Always ok: what is not is a problem", examples=["ok"])


def router_for(lake: EventStore, log: Log) -> APIRouter:
    """``/health/live`` and ``/health/ready``."""
    router = APIRouter(prefix="/health", tags=["Health"])

    @router.get("/live", summary="The process answers", operation_id="live")
    async def live() -> Health:
        return Health()

    @router.get(
        "/ready",
        summary="The lake can be written",
        operation_id="ready",
        responses={
            503: problem_answer("The lake cannot be written now.", NotStoredError("the lake cannot be written"))
        },
    )
    async def ready() -> Health:
        try:
            await lake.probe()
        except LakeError as error:
            # The cause names hosts and keys, and this door is public: it goes to the log.
            log.error("collector.lake.not_writable", error=str(error))
            raise NotStoredError("the lake cannot be written") from error
        return Health()

    return router
