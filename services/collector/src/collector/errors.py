"""The collector's errors, and how one becomes an answer (problem+json, RFC 9457).

CollectorError
├── MalformedRequestError      400   not JSON, not UTF-8, bad gzip, not an event
├── WriteKeyError              401   no write key, or one that is not known
├── SlowRequestError           408   the request takes too long to arrive
├── TooLargeError              413   the body or the number of events
├── UnsupportedMediaError      415   content type, charset or content encoding
├── AllRejectedError           422   no event of the request is valid; carries what is wrong with each
├── HeadTooLargeError          431   the request's head
├── UnavailableError           503   retryable: nothing was acknowledged
│   ├── QueueFullError               more is waiting for the lake than the setting allows
│   └── NotStoredError               the lake did not take the write
└── ClientGoneError            no answer: the client hung up while sending
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

PROBLEM_JSON = "application/problem+json"


class CollectorError(Exception):
    """Base of all errors of the collector. ``detail`` says what was wrong, where, and what to do."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "The collector failed"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def members(self) -> dict[str, Any]:
        """Members of the problem beside type, title, status and detail."""
        return {}

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Headers of the answer beside its content type."""
        return ()


class MalformedRequestError(CollectorError):
    """The request's body cannot be read as events."""

    status, slug, title = 400, "malformed", "The body cannot be read"


class WriteKeyError(CollectorError):
    """The request carries no write key, or one that is not known."""

    status, slug, title = 401, "write-key", "A write key is needed"

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """HTTP wants every 401 to name a scheme; this one is ours."""
        return ((b"www-authenticate", b'WriteKey realm="clickstream"'),)


class SlowRequestError(CollectorError):
    """The request takes too long to arrive."""

    status, slug, title = 408, "slow-request", "The request took too long to arrive"

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Whatever still comes is not read."""
        return ((b"connection", b"close"),)


class TooLargeError(CollectorError):
    """The body or the number of events is past its limit."""

    status, slug, title = 413, "too-large", "The request is too large"

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The rest of the body is not read, so the connection cannot be used again."""
        return ((b"connection", b"close"),)


class UnsupportedMediaError(CollectorError):
    """Content type, charset or content encoding is not one that the collector reads."""

    status, slug, title = 415, "unsupported-media", "The body's type is not supported"


class AllRejectedError(CollectorError):
    """No event of the request is valid."""

    status, slug, title = 422, "all-rejected", "No event of the request is valid"

    def __init__(self, rejected: Sequence[dict[str, Any]]) -> None:
        super().__init__(f"{len(rejected)} of {len(rejected)} events are invalid; see `rejected` for each one's errors")
        self.rejected = rejected

    def members(self) -> dict[str, Any]:
        """The same list that a partly accepted request gets."""
        return {"rejected": self.rejected}


class HeadTooLargeError(CollectorError):
    """Request line and headers are past their limit."""

    status, slug, title = 431, "head-too-large", "The request's head is too large"

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Whatever still comes is not read."""
        return ((b"connection", b"close"),)


class UnavailableError(CollectorError):
    """Nothing of the request was acknowledged; the same request may succeed later."""

    status, slug, title, retryable = 503, "unavailable", "The events were not stored", True
    retry_after_seconds: ClassVar[int] = 5

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """When to come back."""
        return ((b"retry-after", str(self.retry_after_seconds).encode()),)


class QueueFullError(UnavailableError):
    """More bytes are waiting for the lake than the setting allows."""

    retry_after_seconds = 1


class NotStoredError(UnavailableError):
    """The lake did not take the write."""


class ClientGoneError(Exception):
    """The client hung up before its body was complete: there is nobody to answer."""


def problem_json(
    status: int, slug: str, title: str, detail: str, request_id: str | None = None, **members: object
) -> bytes:
    """Body of a problem+json answer."""
    problem: dict[str, object] = {
        "type": f"urn:clickstream:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if request_id is not None:
        problem["requestId"] = request_id
    return msgspec.json.encode(problem | members)
