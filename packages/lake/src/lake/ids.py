"""UUID version 7 (RFC 9562): ids that sort by the moment they were made.

Python has ``uuid.uuid7`` from 3.14 on only.
"""

import os
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1


def uuid7_text() -> str:
    """A new UUIDv7 in its canonical form; twice as quick as making the object first."""
    digits = f"{_new():032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def uuid7() -> UUID:
    """A new UUIDv7."""
    return UUID(int=_new())


def _new() -> int:
    """48 bits of milliseconds since 1970 and 74 random bits, around version and variant.

    The system's randomness, not ``random``'s: processes forked or restored from one snapshot (Lambda) must not agree.
    """
    noise = int.from_bytes(os.urandom(10), "big")
    return time.time_ns() // 1_000_000 << 80 | _VERSION_7 | noise & _RANDOM_A | _VARIANT | noise & _RANDOM_B
