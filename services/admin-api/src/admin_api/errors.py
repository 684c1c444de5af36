"""Errors of the admin API: each is answered as problem+json (RFC 9457).

Problem (rfc9457)
├── UnauthorizedError       401  no token, or a wrong one
├── InvalidRangeError       422  a range that cannot be one, or is too long
├── RunNotFoundError        404  no run has this id
└── WarehouseAwayError      503  the warehouse does not answer; Retry-After says when to ask again
"""

from fastapi_problem.error import NotFoundProblem, ServerProblem, UnauthorisedProblem, UnprocessableProblem

RETRY_AFTER_SECONDS = 5


class UnauthorizedError(UnauthorisedProblem):
    """No token, or a wrong one."""

    title = "A valid bearer token is needed"


class InvalidRangeError(UnprocessableProblem):
    """A range that is empty, reversed, without a time zone, or too long."""

    title = "The range cannot be used"


class RunNotFoundError(NotFoundProblem):
    """No run has this id."""

    title = "No such run"


class WarehouseAwayError(ServerProblem):
    """The warehouse does not answer, or took too long."""

    status = 503
    title = "The warehouse does not answer"


class UnexpectedError(ServerProblem):
    """Our own fault. The cause may hold what is nobody's business: it goes into the log only."""

    title = "Unexpected error"

    def __init__(self, cause: str) -> None:
        super().__init__("see the admin API's log")
