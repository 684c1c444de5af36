"""Who gives way when all places are taken, and what is ended when its time has come."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Callable

import pytest

from collector.connections import Connections, places_for

pytestmark = pytest.mark.anyio


class FakeConnection:
    """A connection that notes what is asked of it."""

    def __init__(self, *, may_go: bool = True) -> None:
        self.deadline = 0.0
        self.crowded = False
        self.goes = may_go
        self.gave_way = self.ended = self.timed_out = False

    def give_way(self) -> bool:
        self.gave_way = self.goes
        return self.goes

    def may_go(self, now: float) -> bool:
        return self.goes

    def time_out(self) -> None:
        self.timed_out = True

    def end(self) -> None:
        self.ended = True


def connections(most: int = 3, request_seconds: float = 20) -> Connections:
    return Connections(most=most, most_bytes=1000, request_seconds=request_seconds)


def added(to: Connections, count: int, *, may_go: bool = True) -> list[FakeConnection]:
    made = [FakeConnection(may_go=may_go) for _ in range(count)]
    for each in made:
        to.add(each)
    return made


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 # the sweep has no event to wait for
            await asyncio.sleep(0.01)


async def test_the_one_whose_moment_is_next_gives_way() -> None:
    places = connections()
    first, second, third = added(places, 3)
    first.deadline, second.deadline, third.deadline = 30.0, 10.0, 20.0
    [new] = added(places, 1)
    assert [each.gave_way for each in (first, second, third)] == [False, True, False]
    assert not new.crowded
    added(places, 1)
    assert third.gave_way


async def test_a_request_that_waits_for_its_answer_keeps_its_place() -> None:
    places = connections()
    [busy] = added(places, 1, may_go=False)
    idle = added(places, 2)
    added(places, 2)
    assert not busy.gave_way
    assert all(each.gave_way for each in idle)


async def test_where_all_wait_the_new_ones_are_crowded_and_past_three_times_the_limit_ended() -> None:
    places = connections()
    added(places, 3, may_go=False)
    crowd = added(places, 6, may_go=False)
    assert all(each.crowded and not each.ended for each in crowd)
    [last] = added(places, 1)
    assert last.ended
    places.remove(crowd[0])
    [next_] = added(places, 1)
    assert not next_.ended


async def test_a_connection_that_has_moved_on_since_it_was_found_is_not_the_one_to_go() -> None:
    places = connections(most=2)
    first, second = added(places, 2)
    first.deadline, second.deadline = 10.0, 20.0
    added(places, 1)
    second.deadline = 60.0  # it sends a request meanwhile
    second.goes = False
    [new] = added(places, 1)
    assert not second.gave_way
    assert new.crowded  # for the moment: it is not looked again before 50 ms have passed


async def test_what_takes_too_long_is_told_so_and_the_rest_left_alone() -> None:
    places = connections(request_seconds=0.2)
    slow, busy = added(places, 2)
    busy.deadline += 60
    await until(lambda: slow.timed_out)
    assert not busy.timed_out
    for each in (slow, busy):
        places.remove(each)


async def test_bytes_of_unfinished_requests_are_bounded_together() -> None:
    places = connections()
    assert places.hold(600)
    assert places.hold(400)
    assert not places.hold(1)
    places.release(401)
    assert places.hold(100)


def test_there_are_no_more_places_than_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert places_for(10) == 10
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard)
    code = (
        "import resource\n"
        "from collector.connections import places_for\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 664))\n"
        "print(places_for(100), resource.getrlimit(resource.RLIMIT_NOFILE))\n"
        "print(places_for(1000), resource.getrlimit(resource.RLIMIT_NOFILE))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "100 (364, 664)\n200 (664, 664)\n"
