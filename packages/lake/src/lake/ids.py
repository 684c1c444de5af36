"""UUID version 7 (RFC 9562): ids that sort by the moment they were made.

Python has ``uuid.uuid7`` from 3.14 on only.
"""

import secrets
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of milliseconds since 1970, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    noise = secrets.randbits(76)
    return UUID(int=milliseconds << 80 | _VERSION_7 | noise & _RANDOM_A | _VARIANT | noise & _RANDOM_B)
