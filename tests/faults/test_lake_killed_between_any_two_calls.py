"""The process that writes a folder lake dies before every single step and system call of the writing.

What was acknowledged before is in the lake, whole; nothing is in it that is not whole. A power cut is another matter:
what the kernel had not yet written is still there after a mere kill.
"""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from fault_objects import body_of, key_of
from process_nursery import Nursery

from lake import open_lake

_MIB = 1 << 20
_WRITINGS = {
    "small objects": [100, 2_000, 60_000],
    "a journal that is full": [_MIB - 200] * 9 + [300],
    "an object larger than the journal takes": [100, 2 * _MIB, 100],
}
_IN_A_SHORT_PASS = 6


@pytest.mark.parametrize("writing", _WRITINGS)
def test_what_was_acknowledged_is_there_whole_whenever_the_writer_dies(
    writing: str, nursery: Nursery, tmp_path: Path, thorough: Any
) -> None:
    sizes = _WRITINGS[writing]

    def write(at: int, lake: Path) -> object:
        noted = lake.with_suffix(".noted")
        return nursery.run("put", lake_url=f"file://{lake}", sizes=sizes, at=at, noted=str(noted))

    whole = write(0, tmp_path / "whole")
    steps = whole.result
    assert steps > 20, whole
    chosen = list(range(1, steps + 1))
    if thorough.points is not None:
        chosen = sorted(Random(thorough.seed).sample(chosen, min(_IN_A_SHORT_PASS, steps)))  # noqa: S311 -- faults are no secrets
    for at in chosen:
        lake = tmp_path / f"lake{at}"
        ending = write(at, lake)
        assert ending.signal == 9 or at > steps - 5, (at, ending)  # the settling thread may end a step earlier or later
        acknowledged = [int(line) for line in lake.with_suffix(".noted").read_text().split()]
        # A second one dies while it restores; the third finishes.
        if at % 3 == 0:
            write(at % 17 + 1, lake)
        opened = open_lake(f"file://{lake}")
        listed = {item.key for item in opened.list_all("events")}
        missing = [number for number in acknowledged if key_of(number) not in listed]
        assert not missing, f"died before step {at}: acknowledged and not there: {missing}"
        torn = [
            number
            for number, size in enumerate(sizes)
            if key_of(number) in listed and opened.get(key_of(number)) != body_of(number, size)
        ]
        assert not torn, f"died before step {at}: not whole: {torn}"
        assert not list(lake.glob(".journal/*.log")), f"died before step {at}: its journal is still there"
        opened.close()
        for path in sorted(lake.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    thorough.notes.append(f"lake, {writing}: {len(chosen)} kills at {steps} steps")
