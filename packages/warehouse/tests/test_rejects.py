"""The quarantine: what is listed, streamed and taken for a replay, and the books when some of it passes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg2
import pytest

from warehouse import books, differences, rejects, runs
from warehouse.books import Counts, ObjectBooks, WindowBooks
from warehouse.differences import Difference
from warehouse.errors import RejectFilterError
from warehouse.rejects import RejectFilter, StillRejected

WINDOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
NEXT = WINDOW + timedelta(hours=1)
EVERYTHING = RejectFilter()


@pytest.fixture
def connection(warehouse):
    with warehouse.connection("clickstream_etl") as connection:
        connection.autocommit = False
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


def set_aside(cursor, window=WINDOW, key="events/k", *lines, source="etl"):
    """An object with one loaded line and rejects of (reason, line)."""
    (object_id,) = books.draw_object_ids(cursor, 1)
    counts = Counts(collected=len(lines) + 1, loaded=1, rejected=len(lines))
    books.record_objects(cursor, uuid4(), [ObjectBooks(object_id, key, window, 10, counts)])
    for number, (reason, line) in enumerate(lines, 2):
        cursor.execute(
            "INSERT INTO etl.rejects (object_id, ingest_window, line_number, reason, detail, line, source)"
            " VALUES (%s, %s, %s, %s, 'it is wrong', %s, %s)",
            (object_id, window, number, reason, line, source),
        )
    return object_id


def three_objects(cursor):
    set_aside(cursor, WINDOW, "events/a", ("not_json", "{"), ("invalid_price", '{"a":1}'))
    set_aside(cursor, NEXT, "events/b", ("invalid_price", '{"b":1}'), ("line_missing", None))
    set_aside(cursor, NEXT, "rejected/c", ("invalid_price", '{"body":{}}'), source="collector")


def lines(found):
    return [(row.object_key, row.line_number, row.reason) for row in found]


def test_counts_are_by_reason_and_source_the_most_frequent_first(cursor):
    three_objects(cursor)
    found = rejects.by_reason(cursor, EVERYTHING)
    assert [(each.reason, each.source, each.lines) for each in found] == [
        ("invalid_price", "etl", 2),
        ("invalid_price", "collector", 1),
        ("line_missing", "etl", 1),
        ("not_json", "etl", 1),
    ]
    assert (found[0].first_window, found[0].last_window) == (WINDOW, NEXT)


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (EVERYTHING, ["rejected/c", "events/b", "events/b", "events/a", "events/a"]),
        (RejectFilter(reason="invalid_price"), ["rejected/c", "events/b", "events/a"]),
        (RejectFilter(source="collector"), ["rejected/c"]),
        (RejectFilter(object_key="events/b"), ["events/b", "events/b"]),
        (RejectFilter(object_key="events/nothing"), []),
        (RejectFilter(window_to=NEXT), ["events/a", "events/a"]),
        (RejectFilter(window_from=NEXT, reason="line_missing"), ["events/b"]),
        (RejectFilter(reason="x' OR true --"), []),
    ],
)
def test_a_filter_limits_what_is_listed_streamed_and_counted(connection, cursor, wanted, keys):
    three_objects(cursor)
    connection.commit()
    assert [row.object_key for row in rejects.page(cursor, wanted, limit=10)] == keys
    assert [row.object_key for row in rejects.stream(connection, wanted)] == keys[::-1]
    assert sum(each.lines for each in rejects.by_reason(cursor, wanted)) == len(keys)


def test_pages_follow_each_other_without_gap_or_repeat(cursor):
    three_objects(cursor)
    found, before = [], None
    while page := rejects.page(cursor, EVERYTHING, limit=2, before=before):
        assert len(page) <= 2
        found += page
        before = page[-1].reject_id
    assert len(found) == len({row.reject_id for row in found}) == 5


def test_one_reject_is_found_by_its_id_with_its_place_in_the_lake(cursor):
    three_objects(cursor)
    newest = rejects.page(cursor, EVERYTHING, limit=1)[0]
    found = rejects.one(cursor, newest.reject_id)
    assert found == newest
    assert (found.source, found.line, found.window, found.line_number) == ("collector", '{"body":{}}', NEXT, 2)
    assert rejects.one(cursor, 10**15) is None


def test_lines_that_are_not_what_was_sent_are_not_taken_for_a_replay(cursor):
    set_aside(cursor, WINDOW, "events/a", ("line_missing", None), ("not_utf8", "\\xff"), ("object_damaged", "{"))
    set_aside(cursor, WINDOW, "events/b", ("not_json", "{"))
    taken = rejects.take_readable(cursor, EVERYTHING, after=0, up_to=10**15, max_lines=10, max_bytes=100)
    assert lines(taken) == [("events/b", 2, "not_json")]


def test_batches_of_a_replay_are_bounded_by_lines_and_bytes_and_miss_none(cursor):
    set_aside(cursor, WINDOW, "events/a", *(("not_json", "x" * size) for size in (5, 5, 50, 1, 1, 1)))
    up_to = rejects.newest_id(cursor)
    set_aside(cursor, WINDOW, "events/late", ("not_json", "x"))  # after the replay began
    sizes, after = [], 0
    while rows := rejects.take_readable(cursor, EVERYTHING, after=after, up_to=up_to, max_lines=2, max_bytes=10):
        sizes.append([len(row.line) for row in rows])
        after = rows[-1].reject_id
    assert sizes == [[5, 5], [50], [1, 1], [1]]


def test_what_passes_leaves_the_rejects_and_the_books_balance_all_the_way(cursor, warehouse, connection):
    object_id = set_aside(cursor, WINDOW, "events/a", ("not_json", "{"), ("invalid_price", "{}"), ("invalid_id", "{}"))
    books.close_windows(cursor, [(WINDOW, 3)])
    one, two, three = rejects.take_readable(cursor, EVERYTHING, after=0, up_to=10**9, max_lines=9, max_bytes=99)
    rejects.settle(
        cursor, [one.reject_id, two.reject_id], [StillRejected(three.reject_id, "invalid_price", "now this")]
    )
    books.move_rejected(cursor, {object_id: Counts(loaded=1, duplicates=1)}, [WINDOW])
    connection.commit()
    assert books.of_windows(cursor, [WINDOW, NEXT]) == {
        WINDOW: WindowBooks(1, Counts(collected=4, loaded=2, duplicates=1, rejected=1)),
        NEXT: WindowBooks(),
    }
    columns = "collected, loaded, duplicates, rejected, withheld"
    assert warehouse.rows(f"SELECT {columns} FROM etl.objects") == [(4, 2, 1, 1, 0)]
    assert warehouse.rows(f"SELECT {columns}, state, pending_objects FROM etl.windows") == [
        (4, 2, 1, 1, 0, "pending", 3)
    ]
    assert warehouse.rows("SELECT reason, detail, replayed_at IS NOT NULL FROM etl.rejects") == [
        ("invalid_price", "now this", True)
    ]


def test_more_than_was_rejected_cannot_be_moved(cursor):
    object_id = set_aside(cursor, WINDOW, "events/a", ("not_json", "{"))
    with pytest.raises(psycopg2.errors.CheckViolation, match="objects_no_debts"):
        books.move_rejected(cursor, {object_id: Counts(loaded=2)}, [WINDOW])


def test_a_queued_replay_keeps_its_filter(warehouse):
    wanted = RejectFilter("invalid_price", "collector", "rejected/c", 7, WINDOW, None)
    with warehouse.connection("clickstream_admin") as admin, admin.cursor() as cursor:
        run_id = runs.queue_replay(cursor, "somebody", wanted)
    with warehouse.connection("clickstream_etl") as etl, etl.cursor() as cursor:
        queued = runs.take_queued(cursor)
    assert (queued.run_id, queued.replay) == (run_id, wanted)


def test_a_queued_run_of_windows_is_no_replay(warehouse):
    warehouse.rows(
        "INSERT INTO etl.runs (run_id, trigger, state, replace, requested_by)"
        " VALUES (%s, 'manual', 'queued', true, 'me')",
        (str(UUID(int=1)),),
    )
    with warehouse.connection("clickstream_etl") as etl, etl.cursor() as cursor:
        assert runs.take_queued(cursor).replay is None


@pytest.mark.parametrize(
    ("given", "said"), [({"window": 1}, "rejects have no window"), ({"source": "browser"}, "know etl and collector")]
)
def test_a_filter_that_rejects_do_not_have_is_refused(given, said):
    with pytest.raises(RejectFilterError, match=said):
        RejectFilter.from_json(given, None, None)


def test_a_difference_keeps_what_the_windows_were_before_the_first_touch(cursor):
    run_id = runs.start(cursor, "cli", "me", replace=True)
    was, mid, now = (WindowBooks(1, Counts(collected=3, loaded=n, rejected=3 - n)) for n in (1, 2, 3))
    difference = Difference()
    difference.note({WINDOW: was, NEXT: was}, {WINDOW: mid, NEXT: was})
    difference.note({WINDOW: mid}, {WINDOW: now})
    differences.store(cursor, run_id, difference)
    found = differences.of_run(cursor, run_id)
    assert (found["before"]["loaded"], found["after"]["loaded"], found["after"]["windows"]) == (2, 4, 2)
    assert found["changedWindows"] == 1
    (changed,) = found["changed"]
    assert changed["window"] == "2026-11-22T07:00:00Z"
    assert (changed["before"]["rejected"], changed["after"]["rejected"]) == (2, 0)
    assert differences.of_run(cursor, uuid4()) is None


def test_a_long_difference_lists_its_first_windows_and_counts_all():
    hours = [WINDOW + timedelta(hours=hour) for hour in range(150)]
    difference = Difference()
    difference.note(dict.fromkeys(hours, WindowBooks()), dict.fromkeys(hours, WindowBooks(1)))
    found = difference.as_json()
    assert (found["changedWindows"], len(found["changed"])) == (150, differences.MAX_LISTED_WINDOWS)
    assert Difference().as_json() is None
