"""What a megabyte that unpacks to a gigabyte may cost."""

import tracemalloc
import zlib
from typing import Any

import pytest

pytestmark = pytest.mark.anyio

_BLOCK = 16 << 20
_LIMIT = 20 << 20


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Just under the 1 MiB that a request may have, and 992 MiB when unpacked: one gzip member."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(bytes(_BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(_BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    made = first + again * 61  # after a full flush a block stands alone, and can be repeated
    assert (1 << 19) < len(made) <= 1 << 20
    return made


async def test_a_bomb_is_refused_for_little_memory(collector: Any, bomb: bytes) -> None:
    await collector.send({"eventName": "page_view"})
    tracemalloc.start()
    try:
        answer = await collector.send(bomb, content_encoding="gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert "when decompressed" in answer.json()["detail"]
    assert peak < _LIMIT
    assert len(collector.lake.tries) == 1


async def test_a_bomb_of_many_members_is_refused_for_little_memory(collector: Any) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    member = packer.compress(bytes(100_000)) + packer.flush()
    tracemalloc.start()
    try:
        answer = await collector.send(member * 4000, content_encoding="gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < _LIMIT
