"""Loading windows: once, in any pieces, again, and anew."""

import gzip
import json
from datetime import timedelta

import pytest

from warehouse.books import Counts


def test_a_tick_loads_what_the_lake_holds_and_the_books_balance(lab):
    refused = lab.event(consent={"analytics": False})
    twice = lab.event()
    lab.put(lab.event(), twice, twice, refused, "not json")
    result = lab.tick()
    assert result.counts == Counts(collected=5, loaded=2, duplicates=1, rejected=1, withheld=1)
    assert (result.state, result.windows, result.objects, result.left) == ("succeeded", 1, 1, 0)
    assert lab.books() == result.counts
    assert lab.windows() == {0: "loaded"}


def test_a_bare_event_object_of_an_older_collector_is_loaded(lab):
    event = lab.event()
    key = f"events/2026/11/22/07/event-{event['eventId']}.json"
    lab.lake.put_new_blocking(key, json.dumps(event, indent=2).encode())
    assert lab.tick().counts == Counts(collected=1, loaded=1)


def test_a_second_tick_loads_nothing(lab):
    lab.put(lab.event(), "not json")
    lab.tick()
    before = lab.contents()
    result = lab.tick()
    assert (result.objects, result.counts) == (0, Counts())
    assert lab.contents() == before


def test_an_object_that_arrives_later_in_the_same_window_is_added(lab):
    lab.put(lab.event())
    lab.tick()
    lab.put(lab.event())
    result = lab.tick()
    assert (result.objects, result.counts.loaded) == (1, 1)
    assert lab.books() == Counts(collected=2, loaded=2)
    assert lab.one("SELECT objects FROM etl.windows") == 2


def test_an_event_that_came_before_is_a_duplicate_in_whatever_object_and_window(lab):
    event = lab.event()
    lab.put(event)
    lab.tick()
    lab.put({**event, "eventId": event["eventId"].upper()}, lab.event())
    lab.put(event, hours=1)
    assert lab.tick().counts == Counts(collected=3, loaded=1, duplicates=2)
    assert lab.books() == Counts(collected=4, loaded=2, duplicates=2)


def test_a_duplicate_leaves_no_items_and_no_order_behind(lab):
    order = lab.event(eventName="checkout_complete", order={"id": "o", "total": 5}, items=[{"id": "p"}])
    lab.put(order)
    lab.tick()
    later = {**order, "eventTimestamp": None, "_ingest": {"receivedAt": "2026-11-22T08:00:00Z"}}
    lab.put(later, lab.event(), hours=1)
    assert lab.tick().counts == Counts(collected=2, loaded=1, duplicates=1)
    assert lab.one("SELECT (SELECT count(*) FROM event_items), (SELECT count(*) FROM order_events)") == (1, 1)
    assert lab.one("SELECT repeats FROM orders") == 0


def test_an_event_id_used_again_beyond_the_look_back_is_another_event(lab):
    lab.now += timedelta(days=9)
    checkout = {"eventName": "checkout_complete", "order": {"id": "o", "total": 5}, "items": [{"id": "p", "price": 5}]}
    event = lab.event(**checkout)
    lab.put(event)
    lab.tick()
    lab.put(lab.event(60 * 24 * 8, eventId=event["eventId"], **checkout), hours=24 * 8)
    assert lab.tick().counts == Counts(collected=1, loaded=1)
    assert lab.books() == Counts(collected=2, loaded=2)
    assert lab.one("SELECT repeats, total FROM orders") == (1, 5)
    assert lab.one("SELECT sum(orders), sum(revenue) FROM products_daily") == (1, 5)


def test_an_event_of_the_same_id_and_moment_is_a_duplicate_however_late_it_is(lab):
    # The browser's clock is four minutes ahead; the second receipt is a little more than seven days after the first.
    lab.now += timedelta(days=8)
    event = lab.event(4, _ingest={"receivedAt": "2026-11-22T07:00:00Z"})
    lab.put(event)
    lab.put({**event, "_ingest": {"receivedAt": "2026-11-29T07:01:00Z"}}, hours=24 * 7)
    lab.runner().range(lab.window, lab.window + timedelta(hours=1))
    result = lab.tick()
    assert (result.errors, result.counts) == ([], Counts(collected=1, duplicates=1))


def test_the_duplicate_range_is_a_setting(lab):
    lab.now += timedelta(days=3)
    event = lab.event()
    lab.put(event)
    lab.tick(duplicate_days=1)
    lab.put(lab.event(60 * 48, eventId=event["eventId"]), hours=48)
    assert lab.tick(duplicate_days=1).counts == Counts(collected=1, loaded=1)


def test_damaged_objects_are_loaded_as_far_as_they_go_and_the_rest_is_in_the_books(lab):
    whole = gzip.compress(b"".join(json.dumps(lab.event()).encode() + b"\n" for _ in range(200)))
    lab.put(body=whole[: len(whole) // 2], promised=200)
    lab.put(lab.event(), promised=3)
    lab.put(lab.event(), lab.event(), promised=1)
    lab.put(body=b"", promised=2)
    lab.put(body=gzip.compress(b""), promised=0)
    result = lab.tick()
    assert result.errors == []
    assert result.counts.collected == 200 + 3 + 2 + 2
    assert 3 < result.counts.loaded < 203
    assert lab.books() == result.counts
    reasons = {reason for (reason,) in lab.warehouse.rows("SELECT DISTINCT reason FROM etl.rejects")}
    assert reasons == {"object_damaged", "line_missing"}


def test_a_reject_can_be_found_again(lab):
    key = lab.put(lab.event(), '{"eventName":"5"}')
    lab.tick()
    found = lab.one(
        "SELECT object_key, line_number, r.ingest_window, reason, line"
        " FROM etl.rejects r JOIN etl.objects USING (object_id)"
    )
    assert found == (key, 2, lab.window, "invalid_event_name", '{"eventName":"5"}')


def test_a_window_larger_than_a_batch_is_loaded_in_several_transactions(lab):
    for _ in range(3):
        lab.put(lab.event(), lab.event())
    result = lab.tick(commit_mib=0)  # every object is a batch of its own
    assert result.counts == Counts(collected=6, loaded=6)
    assert (result.windows, result.objects) == (1, 3)
    assert lab.one("SELECT count(DISTINCT xmin::text) FROM etl.objects") == 3
    assert lab.books() == result.counts


@pytest.mark.parametrize("few", [0, 100])
@pytest.mark.parametrize("known", [(0, 3, 4, 9), range(10), (5,)])
def test_known_events_are_left_out_wherever_they_lie(lab, monkeypatch, known, few):
    monkeypatch.setattr("etl.transform.stage._FEW", few)
    events = [lab.event(number, eventName="product_view", product={"id": f"p{number}"}) for number in range(10)]
    lab.put(*(events[number] for number in known))
    assert lab.tick().counts.loaded == len(known)
    lab.put(*events)
    assert lab.tick().counts == Counts(collected=10, loaded=10 - len(known), duplicates=len(known))
    products = "".join(f"p{number}" for number in range(10))
    assert lab.one(
        "SELECT string_agg(context_product_id, '' ORDER BY event_timestamp),"
        " (SELECT string_agg(product_id, '' ORDER BY event_timestamp) FROM event_items) FROM clickstream_events"
    ) == (products, products)


def test_transactions_are_cut_without_regard_to_windows(lab, monkeypatch):
    monkeypatch.setattr("etl.settings._MIB", 1000)
    keys = [lab.put(*(lab.event(60 * hours) for _ in range(4)), hours=hours) for hours in (-2, -2, -2, -1, 0, 0)]
    result = lab.tick(commit_mib=1)  # two objects of four lines
    assert (result.windows, result.objects, result.counts) == (3, 6, Counts(collected=24, loaded=24))
    found = lab.warehouse.rows("SELECT array_agg(object_key ORDER BY object_key) FROM etl.objects GROUP BY xmin::text")
    assert sorted(pair for (pair,) in found) == [keys[:2], keys[2:4], keys[4:]]
    assert set(lab.windows().values()) == {"loaded"}
    assert lab.books() == result.counts


def test_replacing_changes_nothing_where_nothing_changed(lab):
    order = {"order": {"id": "o", "total": 5}, "items": [{"id": "p", "name": "Aurora", "price": 5}]}
    lab.put(lab.event(clientId="c"), lab.event(5, clientId="c", eventName="checkout_complete", **order), "not json")
    lab.put(lab.event(70, clientId="c", eventName="refund", order={"id": "o"}), hours=1)
    lab.tick()
    before = lab.contents()
    result = lab.replace(0, 1)
    assert (result.state, result.windows, result.counts.loaded) == ("succeeded", 2, 3)
    assert lab.contents() == before
    lab.replace(1, 1)
    assert lab.contents() == before


def test_replacing_brings_in_what_a_changed_transform_makes(lab):
    lab.put(lab.event(clientId="c", product={"id": "p", "name": "Aurora"}, eventName="product_view"), lab.event())
    lab.tick()
    good = lab.contents()
    # As an older transform may have left it: another channel and name, an event missing, a reject too many.
    lab.warehouse.rows("UPDATE clickstream_events SET channel = 'Old', context_product_name = 'Old'")
    lab.warehouse.rows("UPDATE sessions SET channel = 'Old'")
    lab.warehouse.rows("UPDATE event_items SET product_name = 'Zz old'")
    lab.warehouse.rows("UPDATE products SET name = 'Zz old'")
    lab.warehouse.rows("UPDATE etl.product_attributes SET value = 'Zz old' WHERE attribute = 'name'")
    lab.warehouse.rows("DELETE FROM clickstream_events WHERE client_id IS NULL")
    lab.warehouse.rows("DELETE FROM events_hourly WHERE event_name = 'page_view'")
    lab.replace()
    assert lab.contents() == good


def test_replacing_one_of_two_windows_with_the_same_event_keeps_it_once(lab):
    event = lab.event()
    lab.put(event)
    lab.put(event, hours=1)
    lab.tick()
    for first, last in ((0, 0), (1, 1), (0, 1)):
        lab.replace(first, last)
        assert lab.books() == Counts(collected=2, loaded=1, duplicates=1)
        assert lab.one("SELECT count(*) FROM clickstream_events") == 1


def test_replacing_loads_what_is_new_too(lab):
    lab.put(lab.event())
    lab.tick()
    lab.put(lab.event())
    assert lab.replace().counts.loaded == 2
    assert lab.books().loaded == 2


def test_replacing_a_range_without_objects_does_nothing(lab):
    lab.put(lab.event())
    lab.tick()
    result = lab.replace(5, 9)
    assert (result.state, result.windows) == ("succeeded", 0)
    assert lab.books().loaded == 1


@pytest.mark.parametrize("all_gone", [True, False])
def test_replacing_is_refused_where_the_lake_has_lost_what_was_loaded(lab, tmp_path, all_gone):
    key = lab.put(lab.event())
    if not all_gone:
        lab.put(lab.event())
    lab.put(lab.event(60), hours=1)
    lab.tick()
    before = lab.contents()
    (tmp_path / "lake" / key).unlink()
    result = lab.replace(0, 1)
    assert result.state == "failed"
    assert f"1 loaded objects are no longer in the lake, such as {key}" in result.errors[0]
    assert result.windows == 1  # the other one
    assert lab.contents() == before


def test_a_range_is_rounded_to_whole_windows(lab):
    for hours in range(4):
        lab.put(lab.event(60 * hours), hours=hours)
    result = lab.runner().range(lab.window + timedelta(minutes=90), lab.window + timedelta(minutes=121))
    assert result.windows == 2
    assert lab.windows() == {1: "loaded", 2: "loaded"}


def test_a_range_up_to_an_hour_leaves_that_hour_out(lab):
    for hours in range(3):
        lab.put(lab.event(60 * hours), hours=hours)
    lab.runner().range(lab.window + timedelta(hours=1), lab.window + timedelta(hours=2))
    assert lab.windows() == {1: "loaded"}


def test_everything_may_be_loaded_at_once_and_the_progress_is_told(lab):
    for hours in (0, 50, 24 * 400):
        lab.put(lab.event(60 * hours), hours=hours)
    told = []
    result = lab.runner().range(None, None, progress=lambda done, total: told.append((done, total)))
    assert (result.windows, told) == (3, [(0, 3), (3, 3)])


def test_a_range_of_years_finds_its_windows(lab):
    for hours in (0, 24 * 300, 24 * 900):
        lab.put(lab.event(60 * hours), hours=hours)
    assert lab.runner().range(lab.window, lab.window + timedelta(days=500)).windows == 2


def test_events_of_many_months_find_their_partitions(lab):
    lab.put(*(lab.event(60 * 24 * 31 * month) for month in range(2)))
    for month in range(1, 15):
        lab.put(lab.event(60 * 24 * 31 * month), hours=24 * 31 * month)
    lab.runner().range(None, None)
    assert lab.books().loaded == 16
    assert lab.one("SELECT count(DISTINCT tableoid) FROM clickstream_events") > 10


def test_the_run_is_in_the_books(lab):
    lab.put(lab.event(), "not json")
    result = lab.runner().range(lab.window, lab.window + timedelta(hours=1), trigger="cli", requested_by="somebody")
    row = lab.one(
        "SELECT run_id::text, trigger, state, replace, window_from, window_to, requested_by, windows, objects,"
        " collected, loaded, duplicates, rejected, withheld, error, finished_at >= started_at FROM etl.runs"
    )
    assert row == (
        str(result.run_id), "cli", "succeeded", False, lab.window, lab.window + timedelta(hours=1), "somebody",
        1, 1, 2, 1, 0, 1, 0, None, True,
    )  # fmt: skip
