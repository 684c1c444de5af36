"""Lines into objects of the raw lake, so that the same lines always become the same object.

The object's id is a valid UUIDv7: its time bits are the window's hour, its random bits a SHA-256 of the uncompressed
content. Writing the same content a second time meets its own key, and nothing is added.
"""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lake import Lake, ObjectExistsError, events_key, rejected_key
from lake.keys import Root

_GZIP_LEVEL = 6
_DIGEST = (0xFFF << 64) | ((1 << 62) - 1)


@dataclass
class Written:
    """What was put into the lake so far, and what lay there already."""

    objects: int = 0
    lines: int = 0
    objects_there: int = 0
    lines_there: int = 0


def content_id(window: datetime, content: bytes) -> UUID:
    """The UUIDv7 of a content that was received in a window."""
    milliseconds = int(window.timestamp() * 1000)
    digest = int.from_bytes(hashlib.sha256(content).digest()[:10], "big")
    random_a, random_b = digest >> 68, digest & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (random_a << 64) | (0b10 << 62) | random_b)


def digest_of(object_id: UUID) -> int:
    """The bits of a content's id that come of the content, not of the window."""
    return object_id.int & _DIGEST


def id_in(key: str) -> UUID:
    """The id in an object's key: ``…/rejected-<uuid>.12.ndjson.gz``."""
    return UUID(key.rpartition("/")[2].partition("-")[2].partition(".")[0])


def put_lines(
    lake: Lake, root: Root, window: datetime, lines: Sequence[bytes], written: Written, *, identity: UUID | None = None
) -> None:
    """Write lines (each without its line feed) as one object, unless it is in the lake already.

    ``identity`` is the object's id where it is not the content's own.

    Raises:
        LakeUnavailableError: the store did not take it.
    """
    content = b"\n".join(lines) + b"\n"
    key_of = events_key if root == "events" else rejected_key
    key = key_of(window, identity or content_id(window, content), len(lines))
    try:
        # mtime=0: the same content gives the same bytes.
        lake.put_new_blocking(key, gzip.compress(content, _GZIP_LEVEL, mtime=0))
    except ObjectExistsError:
        written.objects_there += 1
        written.lines_there += len(lines)
    else:
        written.objects += 1
        written.lines += len(lines)
