"""Batches are made while others are written: in their order, two side by side only where one is waited for."""

import time
from threading import Barrier, Lock

import pytest

from etl.load.ahead import Ahead

_SECONDS = 20


def test_what_is_made_comes_in_order_and_once_more_where_it_is_asked_for_again():
    with Ahead(lambda item: item * 10, lambda item, fetched: (item, fetched), range(7)) as ahead:
        assert list(ahead.take(range(3))) == [(0, 0), (1, 10), (2, 20)]
        assert list(ahead.take(range(1, 5))) == [(1, 10), (2, 20), (3, 30), (4, 40)]
        assert list(ahead.take(range(5, 7))) == [(5, 50), (6, 60)]


def test_two_are_made_side_by_side_where_one_is_waited_for():
    together = Barrier(2, timeout=_SECONDS)

    def make(item, _fetched):
        together.wait()
        return item

    with Ahead(lambda item: item, make, range(4)) as ahead:
        assert list(ahead.take(range(4))) == [0, 1, 2, 3]


def test_one_is_made_after_the_other_where_nobody_waits():
    lock, busy, most, made = Lock(), 0, 0, []

    def make(item, _fetched):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.01)
        with lock:
            busy -= 1
            made.append(item)
        return item

    with Ahead(lambda item: item, make, range(8)) as ahead:
        for item in ahead.take(range(8)):
            until = time.monotonic() + _SECONDS
            while len(made) < min(item + 3, 8):  # two ahead
                assert time.monotonic() < until
                time.sleep(0.001)
            most = 1 if item == 0 else most  # the first one was waited for
    assert (sorted(made), most) == (list(range(8)), 1)


def test_what_could_not_be_fetched_or_made_is_told_where_it_would_come():
    def fetch(item):
        if item == 2:
            raise OSError("the lake is dry")
        return item

    with Ahead(fetch, lambda item, fetched: item, range(4)) as ahead:
        coming = ahead.take(range(4))
        assert [next(coming), next(coming)] == [0, 1]
        with pytest.raises(OSError, match="dry"):
            next(coming)
