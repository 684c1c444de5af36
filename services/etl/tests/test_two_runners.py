"""Runs at the same time on one lake: nothing twice, nothing missed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from etl.running import RunKeeper
from warehouse import books
from warehouse.books import Counts


@pytest.mark.parametrize("kept", [False, True])
def test_runners_at_once_load_everything_once(lab, monkeypatch, kept):
    if kept:  # the ids that a load has seen, as a large one does
        monkeypatch.setattr("etl.load.transactions._MANY_LINES", 1)
    twice = lab.event(-120, clientId="e")
    for hours in range(-5, 1):
        for _ in range(2):
            lab.put(lab.event(60 * hours, clientId="c"), lab.event(60 * hours, clientId="d"), twice, hours=hours)
    start = threading.Barrier(3)

    def tick(_):
        start.wait(10)
        return lab.runner(commit_mib=0).tick()[0]

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(tick, range(3)))
    assert [result.errors for result in results] == [[], [], []]
    assert sum(result.counts.loaded for result in results) == 25
    # What one found busy and the other had noted as pending is settled by the next tick.
    assert lab.tick().objects == 0
    assert lab.books() == Counts(collected=36, loaded=25, duplicates=11)
    assert set(lab.windows().values()) == {"loaded"}
    together = lab.contents()
    lab.clear()
    lab.tick()
    assert lab.books() == Counts(collected=36, loaded=25, duplicates=11)
    apart = lab.contents()
    assert _whoever_came_first(apart, twice) == _whoever_came_first(together, twice)


def _whoever_came_first(contents, twice):
    """Contents without what tells from which of its receipts an event was loaded. Nothing that is derived does."""
    for row in contents["etl.objects"] + contents["etl.windows"]:
        row["loaded or known"] = row.pop("loaded") + row.pop("duplicates")
    for row in contents["etl.windows"]:
        del row["newest_event_at"], row["newest_received_at"]
    for row in contents["clickstream_events"]:
        if row["event_id"] == twice["eventId"]:
            del row["ingest_window"]
    for table in ("etl.objects", "etl.windows"):  # they came in the order of all that they say
        contents[table].sort(key=str)
    return contents


@pytest.mark.parametrize("moment", ["keep", "_finish"])
def test_a_run_that_just_began_or_is_about_to_end_is_not_taken_for_abandoned(lab, monkeypatch, moment):
    lab.put(lab.event())
    seen = []
    original = getattr(RunKeeper, moment)

    def beside_another(*given):
        monkeypatch.undo()
        lab.tick()
        seen.extend(lab.warehouse.rows("SELECT state, error FROM etl.runs ORDER BY started_at LIMIT 1"))
        return original(*given)

    monkeypatch.setattr(RunKeeper, moment, beside_another)
    assert lab.tick().state == "succeeded"
    assert seen == [("running", None)]
    assert lab.warehouse.rows("SELECT DISTINCT state, error FROM etl.runs") == [("succeeded", None)]


def test_a_busy_window_is_skipped_counted_and_loaded_by_the_next_tick(lab):
    for hours in (-1, 0):
        lab.put(lab.event(60 * hours), hours=hours)
    with lab.warehouse.connection("clickstream_etl") as other, other.cursor() as cursor:
        assert books.lock_windows(cursor, [lab.window]) == [lab.window]
        result = lab.tick()
        assert (result.state, result.windows, result.left) == ("succeeded", 1, 1)
        assert lab.windows() == {-1: "loaded", 0: "pending"}
        books.unlock_windows(cursor, [lab.window])
    assert lab.tick().windows == 1


def test_a_busy_window_is_not_replaced_and_that_is_an_error(lab):
    lab.put(lab.event())
    lab.tick()
    with lab.warehouse.connection("clickstream_etl") as other, other.cursor() as cursor:
        books.lock_windows(cursor, [lab.window])
        result = lab.replace()
    assert (result.state, result.left) == ("failed", 1)
    assert "because another run was loading them" in result.errors[0]


def test_a_window_that_another_run_loads_between_plan_and_lock_ends_as_loaded(lab):
    lab.put(lab.event())
    lake = lab.refusing()
    listed = lake.each_object

    def overtaken(root, start, end):
        if root == "rejected":  # the last one that is listed
            lab.tick()
        return listed(root, start, end)

    lake.each_object = overtaken
    (result,) = lab.runner(lake).tick()
    assert (result.objects, result.left) == (0, 0)
    assert lab.windows() == {0: "loaded"}
    assert lab.books() == Counts(collected=1, loaded=1)


def test_a_window_that_was_noted_as_pending_after_it_was_loaded_is_settled_by_the_next_tick(lab):
    lab.put(lab.event())
    lab.tick()
    with lab.warehouse.connection("clickstream_etl") as late, late.cursor() as cursor:
        books.note_pending(cursor, [(lab.window, 1)])  # planned before, noted after
    assert lab.one("SELECT pending_windows FROM mart.freshness()") == 1
    lab.tick()
    assert lab.one("SELECT state, pending_objects FROM etl.windows") == ("loaded", 0)


def test_locks_are_given_back(lab):
    lab.put(lab.event())
    lab.tick()
    lab.runner().range(lab.window, lab.window + timedelta(hours=1), replace=True)
    assert lab.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
