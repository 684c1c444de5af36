"""Errors as problem+json (RFC 9457), and what the OpenAPI document says of them: one shape for all."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem
from fastapi_problem.handler import ExceptionHandler, add_exception_handler, new_exception_handler
from psycopg2.errors import QueryCanceled
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from admin_api.errors import (
    RETRY_AFTER_SECONDS,
    InvalidRequestError,
    TooSlowError,
    UnchangedError,
    UnexpectedError,
    WarehouseAwayError,
)
from admin_api.examples import example_of
from admin_api.examples.problems import problem_of

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_SCHEMA = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "The kind of problem, the same for all of its kind"},
        "title": {"type": "string", "description": "The kind of problem, for people"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was wrong, where, and what to do"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "Of an invalid request: each place"},
    },
}
# What any route with a token may answer; a route names its further ones by `refusals`.
_OF_ALL = {
    401: "No token, or one that is not known",
    422: "The request is not as documented, or asks for what cannot be",
    503: "The warehouse does not answer: Retry-After says when to ask again",
    504: "The question took longer than the warehouse gives it: ask for fewer days",
}


def refusals(**reasons: str) -> dict[int | str, dict[str, Any]]:
    """Responses of a route beside its answer: ``refusals(_404="No such run")``."""
    return {int(name[1:]): {"description": reason} for name, reason in reasons.items()}


def add_problems(app: FastAPI, logger: Logger) -> None:
    """Answer every error as a problem, and document that."""

    @app.exception_handler(UnchangedError)
    def unchanged(_: Request, known: UnchangedError) -> Response:
        return Response(status_code=304, headers={"ETag": known.etag, "Vary": "Accept, Authorization"})

    def log_failure(request: Request, error: Exception) -> None:
        if not isinstance(error, Problem | HTTPException | RequestValidationError):
            logger.error("admin.request.failed", extra={"path": request.url.path}, exc_info=error)

    add_exception_handler(
        app,
        new_exception_handler(
            pre_hooks=[log_failure],
            unhandled_wrappers={"default": UnexpectedError},
            handlers={OperationalError: _away, InterfaceError: _away, PoolTimeoutError: _away},
            request_validation_handler=_invalid,
        ),
        generic_swagger_defaults=False,
    )
    setattr(app, "openapi", _documented(app.openapi))  # noqa: B010 -- FastAPI's own way, which mypy does not know


def _away(_: ExceptionHandler, request: Request, error: Exception) -> Problem:
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, QueryCanceled):  # by the statement timeout of our role: asking again would take as long
        return TooSlowError(f"{request.url.path} was given up: {_first_line(cause)}; ask for fewer days")
    return WarehouseAwayError(_first_line(cause), headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _invalid(_: ExceptionHandler, request: Request, error: RequestValidationError) -> Problem:
    places = [{"place": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in error.errors()]
    return InvalidRequestError("; ".join(f"{each['place']}: {each['message']}" for each in places), errors=places)


def _documented(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The document with one shape for every error, and an example of every answer."""

    def document() -> dict[str, Any]:
        made = make()
        schemas = made["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = _SCHEMA
        for operation in (each for path in made["paths"].values() for each in path.values()):
            route, responses = operation["operationId"], operation["responses"]
            if "requestBody" in operation:
                responses["400"] = {"description": "The body is no text in UTF-8"}
            if "security" in operation:
                responses |= {str(status): {"description": reason} for status, reason in _OF_ALL.items()}
            else:
                responses.pop("422", None)
                responses["503"] = {"description": _OF_ALL[503]}
            for status in responses:
                if status >= "400":
                    example = problem_of(status, route)
                    responses[status]["content"] = {
                        "application/problem+json": {"schema": _REFERENCE, "example": example}
                    }
                elif answer := responses[status].get("content", {}).get("application/json"):
                    answer["example"] = example_of(route)
        return made

    return document
