"""UUID version 7 (RFC 9562): ids that sort by the moment they were made.

Python has ``uuid.uuid7`` from 3.14 on only.
"""

import os
import time
from collections.abc import Iterator
from uuid import UUID

_IDS_AT_ONCE = 256
_HEX_DIGITS_EACH = 20  # of which one chooses the variant's two bits, and one is left over
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def uuid7() -> UUID:
    """A new UUIDv7."""
    return UUID(uuid7_text())


def uuid7_text() -> str:
    """A new UUIDv7 in its canonical form: 48 bits of milliseconds since 1970, and 74 random ones."""
    global _head  # noqa: PLW0603 # ids of one millisecond begin alike
    milliseconds = time.time_ns() // 1_000_000
    head = _head
    if head[0] != milliseconds:
        text = f"{milliseconds:012x}"
        head = _head = (milliseconds, f"{text[:8]}-{text[8:]}")
    return head[1] + (next(_tails, None) or _draw())


def _draw() -> str:
    """Draw the system's randomness for many ids at once: a call for each would take as long as all else.

    The system's, not ``random``'s: processes forked or restored from one snapshot (Lambda) must not agree. A fork
    draws its own; a snapshot is taken before the first id.
    """
    global _tails  # noqa: PLW0603 # an iterator: its next() is one step, so that threads can share it
    text = os.urandom(_IDS_AT_ONCE * _HEX_DIGITS_EACH // 2).hex()
    first, *others = [
        f"-7{text[at : at + 3]}-{_VARIANT[text[at + 3]]}{text[at + 4 : at + 7]}-{text[at + 7 : at + 19]}"
        for at in range(0, len(text), _HEX_DIGITS_EACH)
    ]
    _tails = iter(others)
    return first


def _forget() -> None:
    global _tails  # noqa: PLW0603 -- an iterator that threads share: next() is one step
    _tails = iter(())


_head = (-1, "")
_tails: Iterator[str] = iter(())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
