"""Heads of answers, made once for all answers that share one."""

from uvicorn.protocols.http.httptools_impl import HEADER_VALUE_RE, STATUS_LINE

from collector.cors import Headers

_MOST = 1024


class AnswerHeads:
    """Status line and headers as bytes. A second's answers carry the same date, and most the same headers."""

    def __init__(self) -> None:
        self._defaults: list[tuple[bytes, bytes]] = []
        self._made: dict[tuple[int, Headers], tuple[bytes, bool]] = {}

    def head(self, status: int, headers: Headers, defaults: list[tuple[bytes, bytes]]) -> tuple[bytes, bool]:
        """The head up to its ``Content-Length``, and whether it says that the connection will be closed.

        Args:
            defaults: uvicorn's own headers, a new list each second.

        Raises:
            ValueError: a value would end its line.
        """
        if defaults is not self._defaults or len(self._made) > _MOST:
            self._defaults, self._made = defaults, {}
        made = self._made.get((status, headers))
        if made is None:
            made = self._made[status, headers] = (
                STATUS_LINE[status] + b"".join(map(_line, (*defaults, *headers))),
                (b"connection", b"close") in headers,
            )
        return made


def _line(header: tuple[bytes, bytes]) -> bytes:
    if HEADER_VALUE_RE.search(header[1]):
        raise ValueError(f"the value of {header[0]!r} is no header's: {header[1]!r}")
    return b"%b: %b\r\n" % header
