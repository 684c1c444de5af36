"""What a request's headers say of its body, and the body's plain bytes, never more than the limit."""

import zlib
from collections.abc import Mapping

from starlette.types import Receive

from collector.errors import ClientGoneError, MalformedRequestError, TooLargeError, UnsupportedMediaError
from lake.contract import MAX_BODY_BYTES

# text/plain is what navigator.sendBeacon and fetch send for a string: it needs no preflight. No type at all is what
# sendBeacon sends for bytes.
_CONTENT_TYPES = frozenset({b"application/json", b"text/plain", b""})
# The exact forms that nearly every request carries need no parsing.
_COMMON_CONTENT_TYPES = frozenset({b"application/json", b"text/plain;charset=UTF-8"})
_CHARSETS = frozenset({b"utf-8", b"utf8", b"us-ascii"})
_GZIP = frozenset({b"gzip", b"x-gzip"})
_DIGITS_ALWAYS_FINE = len(str(MAX_BODY_BYTES)) - 1
_GZIP_WINDOW = 31  # zlib's way to say: a gzip header and trailer around the deflate stream


def check_head(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body is gzip.

    Raises:
        UnsupportedMediaError: content type, charset or encoding.
        TooLargeError: over 1 MiB by its own account.
    """
    content_type = headers.get(b"content-type", b"")
    if content_type not in _COMMON_CONTENT_TYPES:
        _check_content_type(content_type)
    length = headers.get(b"content-length", b"")
    if len(length) > _DIGITS_ALWAYS_FINE and length.isdigit() and int(length[:12]) > MAX_BODY_BYTES:
        raise TooLargeError(f"the body takes {length.decode()} bytes, at most {MAX_BODY_BYTES} are read")
    encoding = headers.get(b"content-encoding", b"")
    if not encoding:
        return False
    encoding = encoding.strip().lower()
    if encoding and encoding != b"identity" and encoding not in _GZIP:
        raise UnsupportedMediaError(
            f"Content-Encoding {encoding.decode('latin-1')!r} is not read: expected gzip or none"
        )
    return encoding in _GZIP


def _check_content_type(content_type: bytes) -> None:
    media_type, *parameters = (part.strip() for part in content_type.lower().split(b";"))
    if media_type not in _CONTENT_TYPES:
        raise UnsupportedMediaError(
            f"Content-Type {media_type.decode('latin-1')!r} is not read: expected application/json or text/plain"
        )
    for parameter in parameters:
        name, _, value = parameter.partition(b"=")
        charset = value.strip(b" \"'")
        if name.strip() == b"charset" and charset not in _CHARSETS:
            raise UnsupportedMediaError(f"charset {charset.decode('latin-1')!r} is not read: events are sent as UTF-8")


async def receive_body(receive: Receive) -> bytes:
    """The body as sent.

    Raises:
        TooLargeError: over 1 MiB; reading stops there.
        ClientGoneError: the client hung up.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        check_size(size)
        if not message.get("more_body", False):
            return b"".join((*chunks, chunk)) if chunks else chunk
        chunks.append(chunk)


def check_size(size: int) -> None:
    """Refuse a body that has come to more than 1 MiB.

    Raises:
        TooLargeError: it has.
    """
    if size > MAX_BODY_BYTES:
        raise TooLargeError(f"the body is longer than {MAX_BODY_BYTES} bytes")


def inflate(body: bytes) -> bytes:
    """Decompress gzip of one or more members, stopping one byte past the limit.

    Raises:
        TooLargeError: over 1 MiB decompressed.
        MalformedRequestError: bad gzip.
    """
    plain = b""
    rest = body
    while rest:
        inflater = zlib.decompressobj(_GZIP_WINDOW)
        try:
            plain += inflater.decompress(rest, MAX_BODY_BYTES + 1 - len(plain))
        except zlib.error as error:
            raise MalformedRequestError(f"the body is not gzip: {error}") from error
        if len(plain) > MAX_BODY_BYTES:
            raise TooLargeError(f"the body is longer than {MAX_BODY_BYTES} bytes when decompressed")
        if not inflater.eof:
            raise MalformedRequestError(f"the gzip body is cut short after {len(body)} bytes")
        rest = inflater.unused_data
    return plain
