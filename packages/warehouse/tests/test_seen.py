"""Ids that a large load keeps: none that the warehouse has is taken for new."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyarrow as pa
import pytest

from warehouse import load, seen
from warehouse.seen import SeenIds

START = datetime(2026, 11, 22, 7, tzinfo=UTC)  # the loader's


def ids_of(events):
    return pa.chunked_array([pa.array([event["event_id"].bytes for event in events], pa.binary())])


@pytest.fixture
def turn(loader):
    """Begins a transaction, tells the ids, and ends it."""

    def take(ids):
        with loader._connection.cursor() as cursor:
            ids.begin(cursor, load.begin(cursor))
        loader._connection.commit()

    return take


def seen_ids(lines):
    return SeenIds(lines, *load.time_range(START, START + timedelta(hours=1), timedelta(days=7)))


def test_what_the_warehouse_has_and_what_was_added_is_found_and_nearly_nothing_else(loader, turn):
    had = [loader.event(number, event_id=uuid4()) for number in range(20)]
    loader.load(*had)
    ids = seen_ids(20_000)
    turn(ids)
    assert ids.among(ids_of(had)).to_pylist() == [True] * 20
    new = [{"event_id": uuid4()} for _ in range(10_000)]
    assert sum(ids.among(ids_of(new)).to_pylist()) < 100
    ids.add(ids_of(new))
    turn(ids)
    assert ids.among(ids_of([*had, *new])).to_pylist() == [True] * 10_020
    assert sum(ids.among(ids_of([{"event_id": uuid4()} for _ in range(10_000)])).to_pylist()) < 1_500


def test_a_slice_of_ids_is_that_slice(loader, turn):
    ids = seen_ids(10_000)
    turn(ids)
    some = ids_of([{"event_id": uuid4()} for _ in range(10)])
    ids.add(some.slice(3, 4))
    assert ids.among(some).to_pylist() == [False] * 3 + [True] * 4 + [False] * 3
    assert ids.among(some.slice(5)).to_pylist() == [True] * 2 + [False] * 3


def test_where_somebody_else_wrote_in_between_all_are_looked_up(loader, turn):
    ids = seen_ids(1_000)
    turn(ids)
    other = loader.event(event_id=uuid4())
    loader.load(other)
    turn(ids)
    assert ids.among(ids_of([other])) is None
    ids.add(ids_of([other]))
    turn(ids)
    assert ids.among(ids_of([other])) is None


def test_a_turn_that_came_to_nothing_does_not_end_it(loader):
    ids = seen_ids(1_000)
    with loader._connection.cursor() as cursor:
        ids.begin(cursor, load.begin(cursor))
        loader._connection.rollback()
        ids.begin(cursor, load.begin(cursor))
        loader._connection.rollback()
    assert ids.among(ids_of([{"event_id": uuid4()}])).to_pylist() == [False]


def test_of_a_warehouse_that_has_more_than_comes_nothing_is_kept(loader, turn, monkeypatch):
    loader.load(*(loader.event(number, event_id=uuid4()) for number in range(3)))
    monkeypatch.setattr(seen, "_MOST_READ", 2)
    ids = seen_ids(1_000)
    turn(ids)
    assert ids.among(ids_of([{"event_id": uuid4()}])) is None
