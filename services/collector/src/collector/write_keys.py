"""Who may send events: anybody, or whoever knows one of the write keys."""

from collections.abc import Mapping
from hmac import compare_digest
from urllib.parse import parse_qs

from pydantic import SecretStr

from collector.errors import WriteKeyError

HEADER = "X-Write-Key"
QUERY = "writeKey"  # for navigator.sendBeacon, which can set no header
_HEADER = HEADER.lower().encode()


class WriteKeys:
    """The keys of the settings. Several at once, so that a new one can be spread before an old one is withdrawn."""

    def __init__(self, keys: tuple[SecretStr, ...]) -> None:
        self._keys = [key.get_secret_value().encode() for key in keys]

    def check(self, headers: Mapping[bytes, bytes], query: bytes) -> None:
        """Let a request pass that carries a key, in the header or else in the query; any where none are set.

        Raises:
            WriteKeyError: no key, or a wrong one. The message does not say which keys there are.
        """
        if not self._keys:
            return
        given = headers.get(_HEADER)
        if given is None:
            given = _in_query(query)
        if given is None:
            raise WriteKeyError(f"a write key is needed: send it in {HEADER}, or as {QUERY} in the query")
        # All are compared, however early one fits: the time taken must not tell which, nor how much of one was right.
        if sum(compare_digest(given, key) for key in self._keys) == 0:
            raise WriteKeyError("the write key is not known: it may have been withdrawn")


def _in_query(query: bytes) -> bytes | None:
    values = parse_qs(query.decode("latin-1")).get(QUERY)
    return values[0].encode() if values else None
