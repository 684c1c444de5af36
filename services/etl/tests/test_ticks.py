"""What a tick plans: the watermark, the look-back, queued runs, the deadline."""

from datetime import timedelta
from uuid import uuid4

import pytest

from etl.errors import RunNotFoundError
from warehouse.books import Counts

HOUR = timedelta(hours=1)


def watermark(lab):
    found = lab.one("SELECT watermark FROM mart.freshness()")
    return None if found is None else (found - lab.window) / HOUR


def queue(lab, first, last, replace=False, requested_at="now()"):
    run_id = uuid4()
    lab.warehouse.rows(
        "INSERT INTO etl.runs (run_id, trigger, state, replace, window_from, window_to, requested_by, requested_at)"
        f" VALUES (%s, 'manual', 'queued', %s, %s, %s, 'somebody', {requested_at})",
        (str(run_id), replace, *(None if hours is None else lab.window + hours * HOUR for hours in (first, last))),
        role="clickstream_admin",
    )
    return run_id


def runs(lab):
    return lab.warehouse.rows("SELECT run_id::text, trigger, state, error FROM etl.runs ORDER BY started_at")


def test_the_first_tick_loads_everything_however_old(lab):
    for hours in (-24 * 700, -24 * 30, -1, 0, 1):
        lab.put(lab.event(60 * hours), hours=hours)
    assert watermark(lab) is None
    assert lab.tick().counts.loaded == 5
    assert watermark(lab) == 1


def test_a_tick_of_an_empty_lake_is_a_tick(lab):
    result = lab.tick()
    assert (result.state, result.windows) == ("succeeded", 0)
    assert watermark(lab) == 1


def test_a_window_of_the_future_waits_until_its_hour_has_come(lab):
    lab.put(lab.event(60 * 5), hours=5)
    lab.tick()
    assert lab.windows() == {}
    lab.now += 4 * HOUR
    assert lab.tick().counts.loaded == 1


def test_a_late_object_within_the_look_back_is_found_and_an_older_one_is_not(lab):
    lab.tick(look_back_hours=48)
    lab.put(lab.event(60 * -47), hours=-47)
    lab.put(lab.event(60 * -48), hours=-48)
    assert lab.tick(look_back_hours=48).windows == 1
    assert lab.windows() == {-47: "loaded"}


def test_what_is_older_than_the_look_back_can_be_asked_for(lab):
    lab.tick()
    lab.put(lab.event(60 * -100), hours=-100)
    run_id = queue(lab, -101, -99)
    done = lab.runner().tick()
    assert done[0].run_id == run_id
    assert [result.windows for result in done] == [1, 0]


def test_a_range_before_the_first_tick_does_not_keep_the_tick_from_the_older_windows(lab):
    for hours in (-24 * 30, 0):
        lab.put(lab.event(60 * hours), hours=hours)
    lab.runner().range(lab.window, lab.window + HOUR, deadline=lab.deadline(-1))
    assert lab.windows() == {0: "pending"}
    assert lab.tick().windows == 2


def test_a_deadline_that_has_passed_leaves_the_windows_to_the_next_tick(lab):
    for hours in range(-60, 1, 20):
        lab.put(lab.event(60 * hours), hours=hours)
    (result,) = lab.runner().tick(lab.deadline(0))
    assert (result.state, result.windows, result.left) == ("succeeded", 0, 4)
    assert set(lab.windows().values()) == {"pending"}
    assert lab.one("SELECT sum(pending_objects) FROM etl.windows") == 4
    assert watermark(lab) == -60
    assert lab.tick().windows == 4
    assert watermark(lab) == 1
    assert lab.one("SELECT sum(pending_objects) FROM etl.windows") == 0


class Clock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self, start):
        self.now = start

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def test_a_deadline_in_the_middle_of_a_window_stops_between_batches(lab):
    for _ in range(6):
        lab.put(lab.event())
    runner = lab.runner(clock=Clock(lab.now), commit_mib=0)
    (result,) = runner.tick(lab.deadline(10))
    assert 0 < result.objects < 6
    assert (result.windows, result.left) == (0, 1)
    assert lab.one("SELECT state, objects, pending_objects FROM etl.windows") == (
        "pending", result.objects, 6 - result.objects,
    )  # fmt: skip
    assert lab.books().loaded == result.objects
    rest = lab.tick(commit_mib=0)
    assert rest.objects == 6 - result.objects
    assert lab.books() == Counts(collected=6, loaded=6)
    assert lab.windows() == {0: "loaded"}


def test_no_queued_run_is_begun_after_the_deadline(lab):
    queue(lab, 0, 1)
    done = lab.runner().tick(lab.deadline(-1))
    assert len(done) == 1
    assert lab.one("SELECT count(*) FROM etl.runs WHERE state = 'queued'") == 1


def test_queued_runs_are_done_by_the_tick_oldest_first(lab):
    for hours in range(3):
        lab.put(lab.event(60 * hours), hours=hours)
    second = queue(lab, 1, 2)
    first = queue(lab, 0, 1, requested_at="now() - interval '1 hour'")
    everything = queue(lab, None, None, requested_at="now() + interval '1 hour'")
    done = lab.runner().tick()
    assert [result.run_id for result in done[:3]] == [first, second, everything]
    assert [result.windows for result in done] == [1, 1, 1, 0]
    assert [(trigger, state) for _, trigger, state, _ in runs(lab)] == [("manual", "succeeded")] * 3 + [
        ("schedule", "succeeded")
    ]


def test_a_queued_run_that_cannot_be_done_does_not_keep_the_tick_from_its_own_work(lab):
    lab.put(lab.event())
    broken = lab.put(lab.event(60 * -100), hours=-100)
    lab.lake = lab.refusing(broken)
    lab.tick(commit_mib=0)
    asked = queue(lab, -100, -99, replace=True)
    lab.put(lab.event(60), hours=1)
    done = lab.runner().tick()
    assert [result.state for result in done] == ["failed", "failed"]
    assert lab.books().loaded == 2
    assert {run_id: error for run_id, _, _, error in runs(lab)}[str(asked)].startswith("LakeUnavailableError")


def test_one_queued_run_can_be_begun_by_its_id(lab):
    lab.put(lab.event())
    run_id, other = queue(lab, 0, 1), queue(lab, 0, 1)
    assert lab.runner().queued(run_id).windows == 1
    assert lab.one("SELECT run_id::text FROM etl.runs WHERE state = 'queued'") == str(other)


def test_a_run_that_is_not_queued_is_told(lab):
    for run_id in (uuid4(), lab.tick().run_id):
        with pytest.raises(RunNotFoundError, match=f"run {run_id} is not queued"):
            lab.runner().queued(run_id)


def test_a_replace_for_which_no_time_was_left_has_not_succeeded(lab):
    lab.put(lab.event())
    lab.tick()
    result = lab.runner().range(lab.window, lab.window + HOUR, replace=True, deadline=lab.deadline(-1))
    assert result.state == "failed"
    assert "1 windows were not replaced, for want of time" in result.errors[0]
    assert lab.windows() == {0: "loaded"}


def test_runs_whose_process_ended_are_ended_and_those_that_live_are_not(lab):
    for run in ("dead", "beef"):
        lab.warehouse.rows(
            "INSERT INTO etl.runs (run_id, trigger, state, replace, requested_by, started_at) VALUES"
            f" ('00000000-0000-0000-0000-00000000{run}', 'schedule', 'running', false, 'schedule', now())"
        )
    with lab.warehouse.connection("clickstream_etl") as alive:
        alive.cursor().execute("SELECT pg_advisory_lock(hashtextextended('00000000-0000-0000-0000-00000000beef', 0))")
        lab.tick()
        found = {run_id[-4:]: (state, error) for run_id, _, state, error in runs(lab)}
    assert found["dead"] == ("failed", "the process that ran it ended")
    assert found["beef"] == ("running", None)


def test_idle_ticks_are_forgotten_after_a_day_and_the_watermark_stays(lab):
    lab.put(lab.event())
    lab.tick()
    for _ in range(3):
        lab.tick()
    lab.warehouse.rows(
        "UPDATE etl.runs SET started_at = started_at - interval '2 days', finished_at = finished_at - interval '2 days'"
    )
    lab.now += 3 * HOUR
    lab.tick()
    assert sorted(objects for (objects,) in lab.warehouse.rows("SELECT objects FROM etl.runs")) == [0, 1]
    assert watermark(lab) == 4


def test_a_run_is_interrupted_as_a_failure(lab):
    class Interrupting:
        def each_object(self, root, start, end):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.runner(Interrupting()).tick()
    ((_, _, state, error),) = runs(lab)
    assert (state, error) == ("failed", "KeyboardInterrupt")
    assert watermark(lab) is None
