"""Reading objects: fetched side by side, unpacked, cut into lines. What cannot be read is told, never dropped."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lake import LakeObject

# Gets wait on the network, not on the processor.
_FETCH_THREADS = 16
_REPLACEMENT = "�"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an object. ``text`` is None where the line is missing; ``reason`` says why it cannot be loaded."""

    number: int
    text: str | None
    reason: str | None = None
    detail: str | None = None


def read_objects(get: Callable[[str], bytes], objects: Sequence[LakeObject]) -> Iterator[tuple[LakeObject, list[Line]]]:
    """Fetch objects and cut them into lines, in the order given.

    Args:
        get: the body of a key, as stored.
        objects: what to read; all are held in memory until consumed, so the caller bounds their size.

    Raises:
        lake.LakeUnavailableError: the lake did not give an object.
    """
    with ThreadPoolExecutor(_FETCH_THREADS) as pool:
        for item, body in zip(objects, pool.map(lambda item: get(item.key), objects), strict=True):
            yield item, cut(item, body)


def cut(item: LakeObject, body: bytes) -> list[Line]:
    """The lines of an object's body.

    Whole lines before damage are kept. What the key's count promises beyond them is missing: such lines come back
    without text and with a reason, so that the books can balance. Blank lines are no lines.
    """
    damage = None
    if item.compressed:
        body, damage = _gunzip(body)
    if not item.key.endswith(".ndjson.gz"):
        return [_line(1, body)]
    pieces = body.split(b"\n")
    last = pieces.pop()  # after the last newline: nothing, or a line that was not ended
    lines = [_line(number, piece) for number, piece in enumerate(pieces, 1) if piece.strip()]
    number = len(pieces) + 1
    if last.strip():
        if damage:
            # Cut in the middle: what is there of it is kept to look at.
            lines.append(Line(number, _line(number, last).text, "object_damaged", f"the line is cut: {damage}"))
        else:
            lines.append(_line(number, last))
        number += 1
    missing = item.count - len(lines)
    detail = damage or f"the key promises {item.count} lines, the object has {len(lines)}"
    lines.extend(Line(number + offset, None, "line_missing", detail) for offset in range(missing))
    return lines


def _line(number: int, raw: bytes) -> Line:
    try:
        text = raw.rstrip(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        shown = raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        return Line(number, shown, "not_utf8", f"byte {error.start} of the line is not UTF-8")
    if "\0" in text:
        return Line(number, text.replace("\0", "\\x00"), "not_json", f"byte {text.index(chr(0))} of the line is NUL")
    if "\\u0000" in text:
        # PostgreSQL's text has no NUL; U+FFFD is what Unicode puts in the place of what cannot be shown.
        text = text.replace("\\u0000", _REPLACEMENT)
    return Line(number, text)


def _gunzip(body: bytes) -> tuple[bytes, str | None]:
    """Unpack gzip, of several members too. Returns what could be unpacked, and the damage."""
    out = bytearray()
    while body:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            # In steps: what came before the damage is kept.
            for start in range(0, len(body), 1 << 16):
                out += unpacker.decompress(body[start : start + (1 << 16)])
                if unpacker.eof:
                    body = unpacker.unused_data + body[start + (1 << 16) :]
                    break
            else:
                return bytes(out), "the gzip stream ends early"
        except zlib.error as error:
            return bytes(out), f"the gzip stream is damaged: {error}"
    return bytes(out), None
