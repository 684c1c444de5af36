"""Which pages may call the collector, and the headers that tell a browser so."""

import re
from collections.abc import Mapping
from functools import lru_cache

Headers = tuple[tuple[bytes, bytes], ...]

MAX_AGE_SECONDS = 86_400
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?|\*", re.IGNORECASE)
_DEFAULT_HEADERS = b"content-type, content-encoding, x-write-key"


def check_origin(origin: str) -> None:
    """Refuse a setting that no browser's Origin header could ever match.

    Raises:
        ValueError: it is neither ``*``, nor ``https://host[:port]``, nor ``https://*.domain[:port]``.
    """
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f"{origin!r} is not an origin: expected https://shop.example, https://*.shop.example or *")


class CorsPolicy:
    """Answers for one list of allowed origins.

    An origin that is not allowed gets no CORS headers: its browser then hides the answer and sends no request that
    needs a preflight. The list is no access control; anybody can call without a browser.
    """

    def __init__(self, allowed_origins: tuple[str, ...]) -> None:
        self._everyone = "*" in allowed_origins
        self._allowed = re.compile("|".join(map(_pattern_of, allowed_origins)) or "(?!)", re.IGNORECASE)
        # Per policy; a shop has a handful of origins, 1,024 bounds what a hostile client can make it hold.
        self.answer_headers = lru_cache(maxsize=1024)(self._answer_headers)

    def _answer_headers(self, origin: bytes | None) -> Headers:
        """CORS headers of an actual answer to a page of this origin (None: not sent by a page)."""
        if self._everyone:
            return ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"retry-after"))
        if origin is None or not self._allowed.fullmatch(origin.decode("latin-1")):
            return ((b"vary", b"origin"),)
        return (
            (b"access-control-allow-origin", origin),
            # navigator.sendBeacon always sends credentials; without this header the browser would refuse its preflight
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", b"retry-after"),
            (b"vary", b"origin"),
        )

    def preflight_headers(self, request: Mapping[bytes, bytes]) -> Headers:
        """All headers of the answer to a preflight."""
        answer = self.answer_headers(request.get(b"origin"))
        if answer[0][0] != b"access-control-allow-origin":
            return (*answer, (b"allow", b"POST, OPTIONS"))
        asked = request.get(b"access-control-request-headers", _DEFAULT_HEADERS)
        return (
            *answer,
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", asked),
            (b"access-control-max-age", str(MAX_AGE_SECONDS).encode()),
            (b"vary", b"access-control-request-headers"),
        )


def _pattern_of(origin: str) -> str:
    return re.escape(origin).replace(r"://\*\.", r"://(?:[a-z0-9-]+\.)+")
