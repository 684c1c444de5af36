"""The books: locks, states of windows, runs that are taken once."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg2
import pytest

from warehouse import books, load, runs
from warehouse.books import Counts, ObjectBooks
from warehouse.connect import make_engine

WINDOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
NEXT = WINDOW + timedelta(hours=1)


@pytest.fixture
def cursor(warehouse):
    with warehouse.connection("clickstream_etl") as connection, connection.cursor() as cursor:
        yield cursor


def states(warehouse):
    return {
        window: (state, pending, attempts)
        for window, state, pending, attempts in warehouse.rows(
            "SELECT ingest_window, state, pending_objects, attempts FROM etl.windows"
        )
    }


def test_a_window_is_locked_by_one_at_a_time(warehouse, cursor):
    with warehouse.connection("clickstream_etl") as other, other.cursor() as theirs:
        assert books.lock_windows(cursor, [WINDOW]) == [WINDOW]
        assert books.lock_windows(theirs, [WINDOW, NEXT]) == [NEXT]
        books.unlock_windows(cursor, [WINDOW])
        assert books.lock_windows(theirs, [WINDOW]) == [WINDOW]


def test_locks_end_with_the_connection(warehouse, cursor):
    with warehouse.connection("clickstream_etl") as other:
        books.lock_windows(other.cursor(), [WINDOW])
    deadline = time.monotonic() + 10  # the server notices a moment later
    while not (free := books.lock_windows(cursor, [WINDOW])) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert free == [WINDOW]


def test_the_states_of_a_window(warehouse, cursor):
    books.note_pending(cursor, [(NEXT, 1), (WINDOW, 2)])
    assert states(warehouse) == {WINDOW: ("pending", 2, 0), NEXT: ("pending", 1, 0)}
    books.set_running(cursor, [WINDOW])
    books.fail_window(cursor, WINDOW, "no")
    assert states(warehouse)[WINDOW] == ("failed", 2, 1)
    books.note_pending(cursor, [(WINDOW, 3)])
    assert states(warehouse)[WINDOW] == ("failed", 3, 1)
    assert books.failed_windows(cursor, [WINDOW, NEXT]) == [WINDOW]
    books.set_running(cursor, [WINDOW, NEXT])
    books.set_not_running(cursor, [WINDOW, NEXT])
    assert states(warehouse) == {WINDOW: ("pending", 3, 1), NEXT: ("pending", 1, 0)}
    books.close_windows(cursor, [(WINDOW, 0), (NEXT, 4)])
    assert states(warehouse) == {WINDOW: ("loaded", 0, 0), NEXT: ("pending", 4, 0)}
    books.note_nothing_pending(cursor, [WINDOW, NEXT])
    assert states(warehouse)[NEXT] == ("loaded", 0, 0)


def test_a_windows_books_are_the_sums_of_its_objects(warehouse, cursor):
    ids = books.draw_object_ids(cursor, 3)
    assert len(set(ids)) == 3
    counts = [Counts(5, 1, 1, 1, 2), Counts(2, 2), Counts()]
    entries = [ObjectBooks(i, f"k{i}", WINDOW, 10, c) for i, c in zip(ids, counts, strict=True)]
    books.record_objects(cursor, uuid4(), entries)
    books.close_windows(cursor, [(WINDOW, 0), (NEXT, 0)])
    found = warehouse.rows(
        "SELECT objects, collected, loaded, duplicates, rejected, withheld FROM etl.windows ORDER BY ingest_window"
    )
    assert found == [(3, 7, 3, 1, 1, 2), (0, 0, 0, 0, 0, 0)]
    assert books.loaded_keys(cursor, [WINDOW]) == {f"k{i}" for i in ids}
    assert books.windows_with_objects(cursor, None, None) == [WINDOW]
    assert books.windows_with_objects(cursor, NEXT, None) == []
    assert books.windows_with_objects(cursor, WINDOW, NEXT) == [WINDOW]


def test_books_that_do_not_balance_are_refused(cursor):
    with pytest.raises(psycopg2.errors.CheckViolation, match="objects_balance"):
        books.record_objects(cursor, uuid4(), [ObjectBooks(1, "k", WINDOW, 10, Counts(collected=2, loaded=1))])


def test_an_object_is_entered_once(cursor):
    books.record_objects(cursor, uuid4(), [ObjectBooks(1, "k", WINDOW, 10)])
    with pytest.raises(psycopg2.errors.UniqueViolation, match="objects_key"):
        books.record_objects(cursor, uuid4(), [ObjectBooks(2, "k", WINDOW, 10)])


def queue(warehouse, number):
    warehouse.rows(
        "INSERT INTO etl.runs (run_id, trigger, state, replace, requested_by)"
        " VALUES (%s, 'manual', 'queued', false, 'me')",
        (str(UUID(int=number)),),
    )


def test_a_queued_run_is_taken_once_however_many_ask(warehouse):
    for number in range(20):
        queue(warehouse, number)

    def take(_):
        found = []
        with warehouse.connection("clickstream_etl") as connection, connection.cursor() as cursor:
            while (queued := runs.take_queued(cursor)) is not None:
                found.append(queued.run_id)
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [run_id for found in pool.map(take, range(4)) for run_id in found]
    assert sorted(taken) == [UUID(int=number) for number in range(20)]


def test_writers_take_turns(warehouse):
    order = []

    def write(number):
        with warehouse.connection("clickstream_etl") as connection:
            connection.autocommit = False
            with connection.cursor() as cursor:
                load.begin(cursor)
                order.append(("in", number))
                cursor.execute("SELECT pg_sleep(0.02)")
                order.append(("out", number))
                connection.commit()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(3)))
    assert [step for step, _ in order] == ["in", "out"] * 3


def test_an_engine_replaces_a_connection_that_died(warehouse):
    engine = make_engine(warehouse.role_url("clickstream_admin"), "test-engine")
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
        warehouse.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-engine'")
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_the_lag_of_a_warehouse_that_never_ticked_is_unknown(warehouse, cursor):
    lag = "SELECT lag_seconds FROM mart.freshness()"
    assert warehouse.value(lag) is None
    books.note_pending(cursor, [(WINDOW, 1)])
    assert warehouse.value(lag) is None
    run_id = runs.start(cursor, "schedule", "schedule")
    runs.finish(cursor, run_id, Counts(), windows=0, objects=0, planned_to=NEXT, error=None, retries=0)
    assert warehouse.value(lag) == warehouse.value("SELECT extract(epoch FROM now() - %s)::bigint", (WINDOW,))


def test_the_lag_does_not_jump_to_the_beginning_of_a_window_while_a_tick_loads_it(warehouse, cursor):
    def lag_since(moment):
        return warehouse.value(
            "SELECT abs(lag_seconds - extract(epoch FROM now() - %s)) <= 1 FROM mart.freshness()", (moment,)
        )

    def tick(*, error=None):
        run_id = runs.start(cursor, "schedule", "schedule")
        runs.finish(cursor, run_id, Counts(), windows=0, objects=0, planned_to=NEXT, error=error, retries=0)
        return run_id

    first = tick()
    warehouse.rows(
        "UPDATE etl.runs SET started_at = now() - interval '20 min', finished_at = now() - interval '19 min'"
    )
    (seen,) = warehouse.rows("SELECT started_at FROM etl.runs WHERE run_id = %s", (str(first),))[0]
    assert lag_since(seen)
    books.note_pending(cursor, [(WINDOW, 1)])
    assert lag_since(seen)
    books.set_running(cursor, [WINDOW])
    assert lag_since(seen)
    books.set_not_running(cursor, [WINDOW])
    tick()  # it has left the window to the next one
    books.note_pending(cursor, [(WINDOW, 2)])
    assert lag_since(seen)
    books.fail_window(cursor, WINDOW, "torn")
    assert lag_since(WINDOW)
    books.set_running(cursor, [WINDOW])
    assert lag_since(WINDOW)
    books.close_windows(cursor, [(WINDOW, 0)])
    newest = warehouse.value("SELECT max(started_at) FROM etl.runs")
    assert lag_since(newest)
