"""Errors as problem+json (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from aws_lambda_powertools import Logger
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from etl.errors import EtlError
from lake import LakeError
from warehouse.errors import WarehouseError, WarehouseUnavailableError

_RETRY_AFTER_SECONDS = 30


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem of a status, with what is wrong, where, and what to do."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def add_problem_handlers(app: FastAPI, logger: Logger) -> None:
    """Answer every error of the service, the lake and the warehouse as a problem."""

    @app.exception_handler(EtlError)
    async def ours(_: Request, error: EtlError) -> JSONResponse:
        return problem(error.status, str(error))

    async def outside(_: Request, error: Exception) -> JSONResponse:
        if getattr(error, "retryable", False):
            return problem(503, str(error), {"Retry-After": str(_RETRY_AFTER_SECONDS)})
        if isinstance(error, WarehouseUnavailableError):
            return problem(503, str(error))
        logger.error("etl.request.failed", exc_info=error)
        return problem(500, str(error))

    app.exception_handler(LakeError)(outside)
    app.exception_handler(WarehouseError)(outside)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, f"{request.method} {request.url.path}: {error.detail}", error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return problem(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        logger.error("etl.request.failed", exc_info=error)
        return problem(500, "unexpected; see the ETL's log")
