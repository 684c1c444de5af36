"""Replaying rejects: what can be loaded by now is loaded, as if it had been from the first."""

import gzip
import json
import os
import subprocess
import sys
import time
from datetime import timedelta

from warehouse import runs
from warehouse.books import Counts
from warehouse.rejects import RejectFilter

EVERYTHING = RejectFilter()
BROKEN = '"price": "broken'


class OlderRelease:
    """The lab's lake as a release saw it that could not read prices: it took each for a fault of its line."""

    def __init__(self, lake):
        self.each_object = lake.each_object
        self._lake = lake

    def get(self, key):
        body = gzip.decompress(self._lake.get(key)).decode()
        return gzip.compress(body.replace('"price": "', BROKEN).encode())


def loaded_by_an_older_release(lab):
    """Load the lake with rejects in place of all events that have a price, kept with the lines that were sent."""
    lab.runner(OlderRelease(lab.lake)).tick()
    lab.warehouse.rows("UPDATE etl.rejects SET line = replace(line, %s, %s)", (BROKEN, '"price": "'))


def a_shop(lab):
    """Two clients over three windows: views, a cart, an order, a refund. Five events have prices, a line is no JSON."""
    product = {"id": "p", "name": "Aurora", "price": "5"}
    order = {"order": {"id": "o", "total": 5}, "items": [{**product, "quantity": 1}]}
    lab.put(lab.event(0, clientId="a"), lab.event(1, clientId="a", eventName="product_view", product=product))
    lab.put(lab.event(5, clientId="b", product=product), "not json", lab.event(6, clientId="b"))
    lab.put(lab.event(61, clientId="a", eventName="checkout_complete", userId="u", **order), hours=1)
    lab.put(lab.event(119, clientId="a", eventName="refund", order={"id": "o", "total": 1}, product=product), hours=1)
    lab.put(lab.event(121, clientId="b", eventName="add_to_cart_click", items=[product]), hours=2)
    lab.now += timedelta(hours=3)


def told(lab):
    """Contents, without when rejects were tried and which run loaded what."""
    found = lab.contents()
    for reject in found["etl.rejects"]:
        del reject["replayed_at"]
    return found


def run(lab, wanted=EVERYTHING, **settings):
    return lab.runner(**settings).replay(wanted)


def test_a_replay_leaves_the_warehouse_as_if_all_had_been_loaded_from_the_first(lab):
    a_shop(lab)
    lab.tick()
    from_the_first = told(lab)
    lab.clear()
    loaded_by_an_older_release(lab)
    assert lab.books() == Counts(collected=8, loaded=2, rejected=6)
    result = run(lab)
    assert result.counts == Counts(collected=6, loaded=5, rejected=1)
    assert (result.state, result.action, result.windows, result.objects) == ("succeeded", "replay", 3, 5)
    assert lab.books() == Counts(collected=8, loaded=7, rejected=1)
    assert told(lab) == from_the_first
    lab.replace(0, 2)
    assert told(lab) == from_the_first


def test_a_second_replay_changes_nothing(lab):
    a_shop(lab)
    loaded_by_an_older_release(lab)
    run(lab)
    before = told(lab)
    ids = lab.warehouse.rows("SELECT reject_id, replayed_at IS NOT NULL FROM etl.rejects")
    result = run(lab)
    assert result.counts == Counts(collected=1, rejected=1)
    assert (result.windows, result.objects, result.difference.as_json()) == (0, 0, None)
    assert told(lab) == before
    assert lab.warehouse.rows("SELECT reject_id, replayed_at IS NOT NULL FROM etl.rejects") == ids
    assert ids[0][1]


def test_a_replay_in_many_batches_ends_like_one(lab):
    a_shop(lab)
    lab.tick()
    from_the_first = told(lab)
    lab.clear()
    loaded_by_an_older_release(lab)
    assert run(lab, replay_lines=1).counts == Counts(collected=6, loaded=5, rejected=1)
    assert told(lab) == from_the_first


def test_only_what_the_filter_names_is_replayed(lab):
    a_shop(lab)
    loaded_by_an_older_release(lab)
    hour = timedelta(hours=1)
    result = run(lab, RejectFilter(window_from=lab.window + hour, window_to=lab.window + 2 * hour))
    assert result.counts == Counts(collected=2, loaded=2)
    assert run(lab, RejectFilter(source="collector")).counts == Counts()
    key = lab.one("SELECT object_key FROM etl.objects ORDER BY ingest_window DESC LIMIT 1")
    assert run(lab, RejectFilter(object_key=key)).counts == Counts(collected=1, loaded=1)
    assert lab.books() == Counts(collected=8, loaded=5, rejected=3)


def test_what_is_known_already_or_withheld_is_so_in_the_books(lab):
    twice = lab.event(clientId="a", product={"id": "p", "price": "5"})
    refused = lab.event(product={"id": "p", "price": "5"}, consent={"analytics": False})
    lab.put(twice, twice, refused)
    loaded_by_an_older_release(lab)
    lab.put({**twice, "product": None}, hours=1)
    lab.now += timedelta(hours=1)
    lab.tick()
    assert lab.books() == Counts(collected=4, loaded=1, rejected=3)
    assert run(lab).counts == Counts(collected=3, duplicates=2, withheld=1)
    assert lab.books() == Counts(collected=4, loaded=1, duplicates=2, withheld=1)


def test_an_event_without_an_id_gets_the_same_one_as_by_a_load(lab):
    lab.put(lab.event(eventId=None), lab.event(eventId=None, product={"id": "p", "price": "5"}))
    lab.tick()
    ids = lab.one("SELECT array_agg(event_id ORDER BY event_id) FROM clickstream_events")
    lab.clear()
    loaded_by_an_older_release(lab)
    run(lab)
    assert lab.one("SELECT array_agg(event_id ORDER BY event_id) FROM clickstream_events") == ids


def test_what_still_fails_says_what_keeps_it_now(lab):
    lab.put('{"eventName": "5"}', "not json")
    lab.tick()
    lab.warehouse.rows('UPDATE etl.rejects SET line = \'{"eventName": "a", "sequence": -1}\' WHERE line_number = 1')
    run(lab)
    assert lab.warehouse.rows("SELECT line_number, reason FROM etl.rejects ORDER BY 1") == [
        (1, "invalid_sequence"),
        (2, "not_json"),
    ]


def test_lines_that_are_not_what_was_sent_are_left_to_a_replace(lab):
    lab.put(b"\xff{}", lab.event(), promised=3)
    lab.tick()
    assert run(lab).counts == Counts()
    assert lab.books() == Counts(collected=3, loaded=1, rejected=2)


def test_a_replay_is_in_the_books_with_its_difference(lab):
    a_shop(lab)
    loaded_by_an_older_release(lab)
    result = lab.runner().replay(RejectFilter(reason="invalid_price"), trigger="cli", requested_by="somebody")
    row = lab.one(
        "SELECT run_id::text, action, trigger, state, replay_filter, requested_by, collected, loaded, rejected,"
        " retries, difference FROM etl.runs WHERE action = 'replay'"
    )
    assert row[:-1] == (
        str(result.run_id), "replay", "cli", "succeeded", {"reason": "invalid_price"}, "somebody", 5, 5, 0, 0,
    )  # fmt: skip
    difference = row[-1]
    assert difference == result.difference.as_json()
    assert (difference["before"]["loaded"], difference["after"]["loaded"], difference["changedWindows"]) == (2, 7, 3)


def test_a_window_that_is_not_finished_keeps_its_state(lab):
    lab.put(lab.event(product={"id": "p", "price": "5"}))
    loaded_by_an_older_release(lab)
    late = lab.put(lab.event())
    lab.runner(lab.refusing(late)).tick()
    assert lab.windows() == {0: "failed"}
    run(lab)
    assert lab.windows() == {0: "failed"}
    assert lab.books() == Counts(collected=1, loaded=1)
    assert lab.tick().counts.loaded == 1


def test_a_deadline_stops_a_replay_between_batches_and_says_so(lab):
    a_shop(lab)
    loaded_by_an_older_release(lab)
    result = lab.runner(replay_lines=2).replay(EVERYTHING, deadline=lab.deadline(0))
    assert (result.state, result.counts.collected) == ("failed", 2)
    assert "no time was left for the rejects from" in result.errors[0]
    lab.books()
    assert run(lab).counts.collected >= 4


def test_a_queued_replay_is_done_by_the_tick(lab):
    a_shop(lab)
    loaded_by_an_older_release(lab)
    with lab.warehouse.connection("clickstream_admin") as admin, admin.cursor() as cursor:
        runs.queue_replay(cursor, "somebody", EVERYTHING)
    replayed, tick = lab.runner().tick()
    assert (replayed.action, replayed.counts.loaded, tick.action) == ("replay", 5, "load")


def test_retention_keeps_a_replay_from_the_windows_that_it_dropped(lab):
    a_shop(lab)
    loaded_by_an_older_release(lab)
    lab.warehouse.rows(
        "UPDATE etl.objects SET ingest_window = ingest_window - interval '1 year';"
        "UPDATE etl.windows SET ingest_window = ingest_window - interval '1 year';"
        "UPDATE etl.rejects SET ingest_window = ingest_window - interval '1 year'"
    )
    lab.warehouse.rows("SELECT etl.ensure_partitions('2025-10-01', '2026-12-01')")
    lab.warehouse.rows("SELECT etl.drop_events_before('2026-01-01')")
    assert run(lab).counts == Counts()


SCRIPT = """
import sys
from etl.app import make_logger
from etl.runner import Runner
from etl.settings import Settings
from lake import open_lake
from warehouse.rejects import RejectFilter
settings = Settings(lake_url=sys.argv[1], warehouse_url=sys.argv[2], log_level="CRITICAL", threads=1)
runner = Runner(settings, open_lake(settings.lake_url), make_logger(settings))
print("ready", flush=True)
sys.stdin.readline()
print([r.counts.loaded for r in (runner.tick() if sys.argv[3] == "tick" else [runner.replay(RejectFilter())])])
"""


def process(lab, what):
    """An ETL process of its own that begins when it is sent a line."""
    started = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, lab.settings.lake_url, lab.settings.warehouse_url, what],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    assert started.stdout.readline() == "ready\n"
    return started


def begin(started):
    started.stdin.write("\n")
    started.stdin.flush()


def ended(started):
    output, _ = started.communicate(timeout=60)
    assert started.returncode == 0
    return sum(json.loads(output))


def waits_for_a_lock(lab):
    return lab.one(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND application_name = 'clickstream-etl-load'"
    )


def test_a_replay_that_is_killed_has_changed_nothing_and_the_next_does_it_all(lab):
    a_shop(lab)
    lab.tick()
    from_the_first = told(lab)
    lab.clear()
    loaded_by_an_older_release(lab)
    before = told(lab)
    started = process(lab, "replay")
    with lab.warehouse.connection() as other:
        other.autocommit = False
        other.cursor().execute("LOCK TABLE sessions IN EXCLUSIVE MODE")
        begin(started)
        give_up = time.monotonic() + 30
        while not waits_for_a_lock(lab):  # in the middle: the events are written, the sessions are not made
            assert time.monotonic() < give_up
            time.sleep(0.02)
        started.kill()
        started.communicate()
        other.rollback()
    assert told(lab) == before
    assert run(lab).counts.loaded == 5
    assert told(lab) == from_the_first
    assert lab.one("SELECT error FROM etl.runs WHERE state = 'failed'") == "the process that ran it ended"


def test_two_processes_at_once_load_and_replay_everything_once(lab):
    a_shop(lab)
    lab.tick()
    from_the_first = told(lab)
    lab.clear()
    loaded_by_an_older_release(lab)
    replays = [process(lab, "replay") for _ in range(2)]
    for each in replays:
        begin(each)
    assert sum(ended(each) for each in replays) == 5
    assert told(lab) == from_the_first
    lab.clear()
    ticks = [process(lab, "tick") for _ in range(2)]
    for each in ticks:
        begin(each)
    assert sum(ended(each) for each in ticks) == 7
    lab.tick()
    assert told(lab) == from_the_first
