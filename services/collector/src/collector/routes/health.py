"""Is the process up, and can it do its work?

Plain answers instead of a model of pydantic's: the first route with one has FastAPI import all of pydantic's version 1,
a tenth of a cold start. ``openapi.py`` has their schema.
"""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from collector.errors import NotStoredError
from collector.log import Log
from collector.openapi import REF, problem_answer
from collector.ports import EventStore
from lake import LakeError

_OK = {"status": "ok"}
_HEALTHY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Yes",
        "content": {"application/json": {"schema": {"$ref": REF.format(model="Health")}, "example": _OK}},
    }
}
_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: problem_answer("The lake cannot be written now.", NotStoredError("the lake cannot be written"))
}


def router_for(lake: EventStore, log: Log) -> APIRouter:
    """``/health/live`` and ``/health/ready``."""
    router = APIRouter(prefix="/health", tags=["Health"])

    @router.get("/live", summary="The process answers", operation_id="live", response_model=None, responses=_HEALTHY)
    async def live() -> JSONResponse:
        return JSONResponse(_OK)

    @router.get(
        "/ready",
        summary="The lake can be written",
        operation_id="ready",
        response_model=None,
        responses=_HEALTHY | _NOT_READY,
    )
    async def ready() -> JSONResponse:
        try:
            await lake.probe()
        except LakeError as error:
            # The cause names hosts and keys, and this door is public: it goes to the log.
            log.error("collector.lake.not_writable", error=str(error))
            raise NotStoredError("the lake cannot be written") from error
        return JSONResponse(_OK)

    return router
