"""Reading objects: fetched side by side, unpacked, cut into lines. What cannot be read is told, never dropped."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
from isal import isal_zlib

from lake import LakeObject

# Gets wait on the network, not on the processor.
_FETCH_THREADS = 16
# To hand a small object's fetch to a thread takes as long as the fetch: a thread is given several.
_MOST_A_THREAD = 32
_STEP = 1 << 16
# Four times what a collector lets wait for one object, sixteen times what an import writes: more is a gzip bomb or a
# defect, and must not take the process with it. What lies beyond is rejects, which a replace can load after a change.
MAX_UNPACKED_BYTES = 128 << 20
_LINE_FEED = 10
_IsalError = cast("type[Exception]", isal_zlib.error)  # the stub takes it for an instance
# Bytes of the shortest line that can be an event, {"eventName":"a"} and its line feed; a shorter one may be blank.
_SHORTEST = 18
_ONE_LINE = struct.Struct("=2i")
# An escape of JSON, a surrogate pair as one.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_UNTAKEN = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_UNTAKEN_BEGIN = (b"\\u0000", b"\\ud", b"\\uD")
_REPLACEMENT = "�"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an object. ``text`` is None where the line is missing; ``reason`` says why it cannot be loaded."""

    number: int
    text: str | None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class WholeObject:
    """An object in which every line can be read: ``texts[n]`` is line n + 1, with its line feed. No copy is made."""

    texts: pa.StringArray

    def __len__(self) -> int:
        return len(self.texts)


Lines = WholeObject | Sequence[Line]


def fetch(get: Callable[[str], bytes], objects: Sequence[LakeObject]) -> list[bytes]:
    """The objects' bodies as stored, in the order given.

    Args:
        get: the body of a key.
        objects: all are held in memory, so the caller bounds their size.

    Raises:
        lake.LakeUnavailableError: the lake did not give an object.
    """
    size = min(max(len(objects) // (4 * _FETCH_THREADS), 1), _MOST_A_THREAD)
    pieces = [objects[start : start + size] for start in range(0, len(objects), size)]
    with ThreadPoolExecutor(_FETCH_THREADS) as pool:
        return [body for bodies in pool.map(lambda piece: [get(item.key) for item in piece], pieces) for body in bodies]


def read_whole(objects: Sequence[LakeObject], bodies: Sequence[bytes]) -> Iterator[tuple[LakeObject, Lines]]:
    """Objects and their lines. An object without any fault stays whole: to cut it takes longer than to parse it."""
    for item, body in zip(objects, bodies, strict=True):
        yield item, whole(item, body) or cut(item, body)


def whole(item: LakeObject, body: bytes) -> WholeObject | None:
    """An object's body as it is, or None where ``cut`` has to look at its lines: it is damaged, lacks lines, or has
    blank ones, or bytes or escapes that are no text.
    """
    text = _unpacked(body) if item.compressed else body
    if text is None or b"\0" in text or (b"\\" in text and any(escape in text for escape in _UNTAKEN_BEGIN)):
        return None
    if not item.key.endswith(".ndjson.gz") or text.find(b"\n") == len(text) - 1:
        if item.count > 1 or len(text) < _SHORTEST:
            return None
        lines, offsets = 1, pa.py_buffer(_ONE_LINE.pack(0, len(text)))  # numpy takes ten times as long for one
    else:
        found = _line_offsets(text)
        if len(found) <= item.count or found[-1] != len(text) or (np.diff(found) < _SHORTEST).any():
            return None
        lines, offsets = len(found) - 1, pa.py_buffer(found)
    texts = pa.StringArray.from_buffers(lines, offsets, pa.py_buffer(text))
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:  # not UTF-8
        return None
    return WholeObject(texts)


def _unpacked(body: bytes) -> bytes | None:
    """The content of a gzip of one member, or None where it is damaged or has more behind it."""
    unpacker = isal_zlib.decompressobj(wbits=31)
    try:
        text: bytes = unpacker.decompress(body)
    except _IsalError:  # a wrong checksum too
        return None
    return text if unpacker.eof and not unpacker.unused_data else None


def _line_offsets(text: bytes) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Where each line begins, and the end of the last one."""
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == _LINE_FEED)
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends + 1
    return offsets


def cut(item: LakeObject, body: bytes) -> list[Line]:
    """The lines of an object's body.

    Whole lines before a cut are kept. Lines whose checksum does not hold are set aside with their text. What the key's
    count promises beyond what is there is missing: such lines come back without text and with a reason, so that the
    books can balance. Blank lines are no lines.
    """
    sound, damage = len(body), None
    if item.compressed:
        body, sound, damage = _gunzip(body)
    if not item.key.endswith(".ndjson.gz"):
        return [_line(1, body)]
    lines = []
    end = number = 0
    for number, piece in enumerate(body.split(b"\n"), 1):
        end += len(piece) + 1
        if not piece.strip():
            continue
        line = _line(number, piece)
        if damage and end > sound:  # a last line that was cut too: its line feed is beyond the end
            line = Line(number, line.text, "object_damaged", damage)
        lines.append(line)
    missing = item.count - len(lines)
    detail = damage or f"the key promises {item.count} lines, the object has {len(lines)}"
    lines.extend(Line(number + offset, None, "line_missing", detail) for offset in range(1, missing + 1))
    return lines


def _line(number: int, raw: bytes) -> Line:
    try:
        text = raw.rstrip(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        shown = raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        return Line(number, shown, "not_utf8", f"byte {error.start} of the line is not UTF-8")
    if "\0" in text:
        return Line(number, text.replace("\0", "\\x00"), "not_json", f"byte {text.index(chr(0))} of the line is NUL")
    if "\\u0000" in text or "\\ud" in text or "\\uD" in text:
        text = _ESCAPE.sub(_taken, text)
    return Line(number, text)


def _taken(escape: re.Match[str]) -> str:
    """An escape that PostgreSQL takes; U+FFFD for NUL and for half of a surrogate pair.

    Browsers send such a half when they cut a text inside an emoji.
    """
    return _REPLACEMENT if _UNTAKEN.fullmatch(escape[0]) else escape[0]


def _gunzip(body: bytes) -> tuple[bytes, int, str | None]:
    """Unpack gzip, of several members too.

    Returns:
        What could be unpacked, how many bytes of it can be trusted, and the damage. Where the stream ends early all
        can, as where it is longer than ``MAX_UNPACKED_BYTES``; where it is damaged only the members whose checksum
        holds: a wrong bit may be in any line of the others.
    """
    out = bytearray()
    while body:
        unpacker = zlib.decompressobj(wbits=31)
        sound = len(out)
        for start in range(0, len(body), _STEP):
            step = body[start : start + _STEP]
            before = unpacker.copy()
            try:
                out += unpacker.decompress(step, MAX_UNPACKED_BYTES - len(out) + 1)
            except zlib.error as error:
                out += _up_to_damage(before, step)
                return bytes(out), sound, f"the gzip stream is damaged: {error}"
            if len(out) > MAX_UNPACKED_BYTES:
                del out[MAX_UNPACKED_BYTES:]
                return bytes(out), len(out), f"the object unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB"
            if unpacker.eof:
                body = unpacker.unused_data + body[start + _STEP :]
                break
        else:
            return bytes(out), len(out), "the gzip stream ends early"
        if not body.strip(b"\0"):  # some writers pad
            break
    return bytes(out), len(out), None


def _up_to_damage(unpacker: "zlib._Decompress", step: bytes) -> bytes:
    out = bytearray()
    with suppress(zlib.error):
        for position in range(len(step)):
            out += unpacker.decompress(step[position : position + 1])
    return bytes(out)
