"""Every step of every work is interrupted: the process killed, the connection cut, PostgreSQL killed.

Each interrupted work starts from a copy of the same warehouse. Whatever was struck, right afterwards the books balance
and no window is half replaced; and when the work has been asked for once more, every table is what it is without fault.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from fault_server import FaultServer
from killed_works import CUT, WORKS, Work, set_up
from postgres_proxy import Strike
from process_nursery import Nursery

# By PostgreSQL's death a point more costs a second of its recovery.
_SHARE_OF_CRASHES = 4


@pytest.fixture(scope="module", params=WORKS)
def work(
    request: pytest.FixtureRequest,
    fault_server: FaultServer,
    nursery: Nursery,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Work]:
    with set_up(request.param, fault_server, nursery, Path(tmp_path_factory.mktemp(request.param))) as made:
        yield made


@pytest.fixture(scope="module")
def clean(work: Work) -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
    """What the warehouse is without any fault."""
    return work.clean()


def _chosen(names: list[str], wanted: int | None, seed: int) -> list[tuple[int, str]]:
    """Points and sides, (number, when): all, or some of which each has another name as far as there are."""
    sides = [(at, when) for at in range(1, len(names) + 1) for when in ("before", "after")]
    if wanted is None:
        return sides
    roll = Random(seed)  # noqa: S311 -- faults are no secrets
    roll.shuffle(sides)
    commits = [side for side in sides if names[side[0] - 1] == "COMMIT"]
    seen: Counter[str] = Counter()
    for side in sides:
        seen[names[side[0] - 1]] += 1
    sides.sort(key=lambda side: side not in commits[:1])
    return sides[:wanted]


@pytest.mark.parametrize("how", ["process killed", "connection cut", "PostgreSQL killed"])
def test_interrupted_anywhere_it_ends_as_if_nothing_had_happened(work, clean, how, thorough):
    exact, any_receipt, names = clean
    acts = {"process killed": work.nursery.kill_child, "connection cut": CUT, "PostgreSQL killed": work.server.crash}
    act = acts[how]
    chosen = _chosen(names, thorough.points, thorough.seed)
    if how == "PostgreSQL killed":
        chosen = chosen[:: _SHARE_OF_CRASHES if thorough.points is None else 1]
    # A window whose connection was lost is loaded after the others.
    same_order = how == "process killed" or work.name != "load"
    expected = exact if same_order else any_receipt
    wrong = []
    for number, (at, when) in enumerate(chosen, 1):
        thorough.tell(f"{work.name}, {how}: {number}/{len(chosen)} {when} {names[at - 1]}")
        wrong += work.struck(Strike(at, when, act), expected, any_receipt=not same_order)
    thorough.notes.append(f"{work.name}, {how}: {len(chosen)} strikes at {len(names)} points")
    assert not wrong, f"seed {thorough.seed}, {len(wrong)} faults:\n" + "\n".join(wrong[:20])
