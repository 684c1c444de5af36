"""A problem of every kind that the OpenAPI document names."""

from typing import Any

from fastapi_problem.error import Problem

from admin_api.errors import (
    ForbiddenError,
    InvalidRequestError,
    KeyUsedError,
    ProductNotFoundError,
    RejectNotFoundError,
    RunBegunError,
    RunNotFoundError,
    SessionNotFoundError,
    TooSlowError,
    UnauthorizedError,
    WarehouseAwayError,
)

_RUN = "ee6ef503-e426-454e-a74d-61b2bc3664d0"
_NO_MOMENT = "expected ISO 8601, such as 2026-11-22T07:00:00Z or 2026-11-22, not a number"


def _invalid(place: str, message: str) -> Problem:
    return InvalidRequestError(f"{place}: {message}", errors=[{"place": place, "message": message}])


# By status, or by status and route where that has one of its own.
_PROBLEMS: dict[str, Problem] = {
    "400": Problem("Bad Request", type_="http-bad-request", status=400, detail="There was an error parsing the body"),
    "401": UnauthorizedError("send «Authorization: Bearer <token>» with a token of the scope read"),
    "403": ForbiddenError("this needs a token with the scope operate; yours has read"),
    "404 product": ProductNotFoundError("no event names a product 'LP-1003x'"),
    "404 session": SessionNotFoundError("no session has the id 's-8e92e6d5ef64a1bf'"),
    "404 run": RunNotFoundError(f"no run has the id {_RUN}"),
    "404 cancel_run": RunNotFoundError(f"no run has the id {_RUN}"),
    "404 reject": RejectNotFoundError(
        "no reject has the id 49: there never was one, or a replay has loaded it",
    ),
    "409 start_run": KeyUsedError(f"run {_RUN} was asked for with the key 'after-the-price-fix', for another range"),
    "409 cancel_run": RunBegunError(f"run {_RUN} is running; only queued runs can be cancelled"),
    "422": _invalid("query.from", _NO_MOMENT),
    "422 start_run": _invalid("body.from", _NO_MOMENT),
    "422 replay_rejects": _invalid("body.from", _NO_MOMENT),
    "422 run": _invalid("path.run_id", "Input should be a valid UUID, invalid length: found 1"),
    "422 cancel_run": _invalid("path.run_id", "Input should be a valid UUID, invalid length: found 1"),
    "422 reject": _invalid("path.reject_id", "Input should be greater than or equal to 1"),
    "503": WarehouseAwayError('connection to server at "127.0.0.1", port 8006 failed: Connection refused'),
    "504": TooSlowError("/v1/dw/funnel was given up: canceling statement due to statement timeout; ask for fewer days"),
}


def problem_of(status: str, route: str) -> dict[str, Any]:
    """The body of a refusal of a route.

    Raises:
        KeyError: there is no example for this status.
    """
    own = f"{status} {route}"
    return dict(_PROBLEMS[own if own in _PROBLEMS else status].marshal())
