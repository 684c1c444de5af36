"""Which objects are loaded together. Pure: a listing in, batches out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from etl import plan
from etl.errors import RangeError
from etl.runner import check_range
from lake import events_key, parse_key

START = datetime(2026, 11, 22, 7, tzinfo=UTC)


def item(hours, number, size=100, lines=1):
    return parse_key(events_key(START + timedelta(hours=hours), UUID(int=number), lines), size)


def test_a_listing_becomes_windows_oldest_first():
    found = plan.windows_of([item(1, 3), item(0, 2), item(1, 1)])
    assert [(window.start, len(window.objects)) for window in found] == [(START, 1), (START + timedelta(hours=1), 2)]
    assert [entry.key for entry in found[1].objects] == sorted(entry.key for entry in found[1].objects)


def test_what_the_ledger_holds_is_taken_out():
    (window,) = plan.windows_of([item(0, 1), item(0, 2)])
    assert window.without({window.objects[0].key}).objects == window.objects[1:]


def test_windows_are_grouped_until_a_batch_is_full():
    windows = plan.windows_of([item(hours, 1, size) for hours, size in enumerate([400, 400, 400, 2000, 100, 100])])
    groups = list(plan.groups(windows, 1000))
    assert [[window.size for window in group] for group in groups] == [[400, 400], [400], [2000], [100, 100]]


def test_no_group_has_more_than_500_windows():
    windows = plan.windows_of([item(hours, 1, 0) for hours in range(1201)])
    assert [len(group) for group in plan.groups(windows, 100_000)] == [500, 500, 201]


def test_a_window_that_is_too_large_is_cut_into_batches_and_nothing_is_left_out():
    items = [item(0, number, 400) for number in range(5)] + [item(0, 9, 5000)]
    cuts = list(plan.batches(items, 1000))
    assert [len(cut) for cut in cuts] == [2, 2, 1, 1]
    assert [entry for cut in cuts for entry in cut] == items


def test_many_lines_in_few_bytes_fill_a_batch_too():
    items = [item(0, number, 300, lines=6) for number in range(4)]
    assert [len(cut) for cut in plan.batches(items, 1200)] == [2, 2]
    (window,) = plan.windows_of(items)
    assert window.size == 2400


def test_the_first_batch_may_be_small_and_each_twice_as_large_as_the_one_before():
    items = [item(0, number, 100) for number in range(20)]
    assert [len(cut) for cut in plan.batches(items, 800, 100)] == [1, 2, 4, 8, 5]


def test_tapered_batches_are_even_but_the_last_and_none_is_too_large():
    items = [item(0, number, 100) for number in range(31)]
    cuts = list(plan.tapered_batches(items, 1000))
    assert [len(cut) for cut in cuts] == [9, 9, 9, 4]
    assert [entry for cut in cuts for entry in cut] == items
    assert [len(cut) for cut in plan.tapered_batches(items[:11], 1000)] == [8, 3]
    assert [len(cut) for cut in plan.tapered_batches(items, 10_000)] == [31]
    assert [len(cut) for cut in plan.tapered_batches(items[:3], 0)] == [1, 1, 1]


def test_nothing_is_no_batch():
    assert list(plan.tapered_batches([], 100)) == []
    assert list(plan.batches([], 100)) == []
    assert list(plan.groups([], 100)) == []


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (START, None, "both «from» and «to»"),
        (None, START, "both «from» and «to»"),
        (START, START, "the range is empty"),
        (START, START - timedelta(hours=1), "the range is empty"),
        (START.replace(tzinfo=None), START.replace(tzinfo=None, hour=9), "need a time zone"),
        (datetime(1, 1, 1, tzinfo=UTC), START, "no windows there"),
        (START, datetime(9999, 12, 31, 23, tzinfo=UTC), "no windows there"),
    ],
)
def test_a_range_that_cannot_be_one_is_refused(first, last, said):
    with pytest.raises(RangeError, match=said):
        check_range(first, last)


def test_a_range_or_everything_is_taken():
    check_range(None, None)
    check_range(START, START + timedelta(minutes=1))
