"""UUID version 7 (RFC 9562): ids that sort by the moment they were made.

Python has ``uuid.uuid7`` from 3.14 on only.
"""

import os
import time
from collections.abc import Iterator
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1
_IDS_AT_ONCE = 256


def uuid7_text() -> str:
    """A new UUIDv7 in its canonical form; twice as quick as making the object first."""
    digits = f"{_new():032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def uuid7() -> UUID:
    """A new UUIDv7."""
    return UUID(int=_new())


def _new() -> int:
    """48 bits of milliseconds since 1970 and 74 random bits, around version and variant."""
    noise = next(_noise, None)
    if noise is None:
        noise = _draw()
    return time.time_ns() // 1_000_000 << 80 | _VERSION_7 | noise & _RANDOM_A | _VARIANT | noise & _RANDOM_B


def _draw() -> int:
    """Draw the system's randomness for many ids at once: a call for each would take as long as all else.

    The system's, not ``random``'s: processes forked or restored from one snapshot (Lambda) must not agree. A fork
    draws its own; a snapshot is taken before the first id.
    """
    global _noise  # noqa: PLW0603 # an iterator: its next() is one step, so that threads can share it
    drawn = os.urandom(_IDS_AT_ONCE * 10)
    _noise = iter([int.from_bytes(drawn[at : at + 10], "big") for at in range(10, len(drawn), 10)])
    return int.from_bytes(drawn[:10], "big")


def _forget() -> None:
    global _noise  # noqa: PLW0603
    _noise = iter(())


_noise: Iterator[int] = iter(())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
