"""Errors of the admin API: each is answered as problem+json (RFC 9457).

Problem (rfc9457)
├── UnauthorizedError       401  no token, or one that is not known
├── ForbiddenError          403  the token's scope does not reach so far
├── ProductNotFoundError    404  no event names this product
├── SessionNotFoundError    404  no session has this id
├── RunNotFoundError        404  no run has this id
├── RejectNotFoundError     404  no reject has this id (any more)
├── RunBegunError           409  the run cannot be cancelled: it has begun
├── KeyUsedError            409  the idempotency key belongs to another request
├── InvalidRequestError     422  not as documented; `errors` names each place
├── InvalidCursorError      422  `before` is no `next` of a page
├── InvalidRangeError       422  a range that cannot be one, or is too long
├── WarehouseAwayError      503  the warehouse does not answer; Retry-After says when to ask again
├── TooSlowError            504  the question took longer than the statement timeout
└── UnexpectedError         500  our own fault; the cause is in the log

UnchangedError                   no error: 304, the client has the answer already
"""

from fastapi_problem.error import (
    ConflictProblem,
    ForbiddenProblem,
    NotFoundProblem,
    ServerProblem,
    UnauthorisedProblem,
    UnprocessableProblem,
)

RETRY_AFTER_SECONDS = 5


class UnauthorizedError(UnauthorisedProblem):
    """No token, or one that is not known."""

    title = "A valid bearer token is needed"


class ForbiddenError(ForbiddenProblem):
    """The token may read, and not operate."""

    title = "The token may not do this"


class ProductNotFoundError(NotFoundProblem):
    """No event names this product."""

    title = "No such product"


class SessionNotFoundError(NotFoundProblem):
    """No session has this id."""

    title = "No such session"


class RunNotFoundError(NotFoundProblem):
    """No run has this id."""

    title = "No such run"


class RejectNotFoundError(NotFoundProblem):
    """No reject has this id: it never had, or a replay has loaded it."""

    title = "No such reject"


class RunBegunError(ConflictProblem):
    """The run is not queued any more."""

    title = "The run cannot be cancelled"


class KeyUsedError(ConflictProblem):
    """Another request was sent with the same idempotency key."""

    title = "The idempotency key was used for another request"


class InvalidRequestError(UnprocessableProblem):
    """The request is not as documented: `errors` names each place."""

    title = "The request is not as documented"


class InvalidCursorError(UnprocessableProblem):
    """`before` is no `next` of a page."""

    title = "The page cannot be found"


class InvalidRangeError(UnprocessableProblem):
    """A range that is empty, reversed, without a time zone, or too long."""

    title = "The range cannot be used"


class WarehouseAwayError(ServerProblem):
    """The warehouse does not answer."""

    status = 503
    title = "The warehouse does not answer"


class TooSlowError(ServerProblem):
    """The question took longer than the warehouse gives one; asking again would take as long."""

    status = 504
    title = "The question takes too long"


class UnexpectedError(ServerProblem):
    """Our own fault. The cause may hold what is nobody's business: it goes into the log only."""

    title = "Unexpected error"

    def __init__(self, cause: str) -> None:
        super().__init__("see the admin API's log")


class UnchangedError(Exception):
    """What the client has is still the answer."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag
