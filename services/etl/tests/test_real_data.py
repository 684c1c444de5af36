"""Real events of a shop and of a web site, placed into the lake as an import places them."""

import gzip
import json
import random
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from lake import open_lake, window_of
from warehouse.books import Counts

DATA = Path(__file__).parents[4] / "shared" / "data"


def lines_of(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return gzip.decompress(path.read_bytes()).splitlines()


def window(line):
    return window_of(datetime.fromisoformat(json.loads(line)["_ingest"]["receivedAt"]))


def place(lab, lines):
    for start, group in groupby(lines, key=window):
        lab.put(*group, hours=int((start - lab.window) / timedelta(hours=1)))


def test_a_shops_two_months_are_loaded_and_the_order_that_was_sent_twice_counts_once(lab):
    lines = lines_of("shop-events-2022.ndjson.gz")
    place(lab, lines)
    result = lab.tick()
    assert result.counts == lab.books()
    assert (result.counts.collected, result.counts.loaded, result.errors) == (len(lines), len(lines), [])
    events = [json.loads(line) for line in lines]
    checkouts = [event["order"] for event in events if event["eventName"] == "checkout_complete" and "order" in event]
    orders = {str(order["id"]): order for order in reversed(checkouts)}
    assert len(orders) == len(checkouts) - 1
    count, repeats, total = lab.one("SELECT count(*), sum(repeats), sum(total) FROM orders")
    assert (count, repeats) == (len(orders), 1)
    assert float(total) == pytest.approx(sum(float(order["total"]) for order in orders.values()))
    assert lab.one("SELECT sum(orders) FROM sessions") == len(orders)
    before = lab.contents()
    lab.runner().range(None, None, replace=True)
    assert lab.contents() == before


def test_a_web_sites_three_days_have_inferred_sessions_and_many_bots(lab):
    lines = lines_of("web-access-2015.ndjson.gz")
    place(lab, lines)
    result = lab.tick()
    assert (result.errors, lab.books()) == ([], Counts(collected=len(lines), loaded=len(lines)))
    visits = {}
    for event in map(json.loads, lines):
        visits.setdefault(event["clientId"], []).append(datetime.fromisoformat(event["_ingest"]["receivedAt"]))
    pauses = [later - earlier for moments in visits.values() for earlier, later in pairwise(sorted(moments))]
    expected = len(visits) + sum(pause >= timedelta(minutes=30) for pause in pauses)
    assert lab.one("SELECT count(*) FROM sessions") == expected
    assert lab.one("SELECT count(*) FROM clients") == len(visits)
    bots = lab.one("SELECT count(*) FROM clickstream_events WHERE is_bot")
    assert 500 < bots < len(lines) - 1000
    assert lab.one("SELECT is_bot FROM clickstream_events WHERE browser = 'Googlebot' LIMIT 1")


def test_the_same_events_in_other_objects_and_another_order_give_the_same_tables(lab):
    lines = lines_of("shop-events-2022.ndjson.gz")
    place(lab, lines)
    lab.tick()
    once = lab.contents()
    lab.clear()
    lake = lab.lake = open_lake("memory://")
    rng = random.Random(7)  # noqa: S311 -- reproducible
    shuffled = rng.sample(lines, len(lines))
    for start in range(0, len(shuffled), 60):  # seven deliveries, each with events of many windows
        delivery = sorted(shuffled[start : start + 60] + rng.sample(lines, 5), key=window)
        place(lab, delivery)
        assert lab.runner(lake).range(None, None).errors == []
    found = lab.contents()
    for table in ("etl.objects", "etl.windows"):
        del once[table], found[table]
    assert found == once
    assert lab.books().duplicates == 5 * -(-len(lines) // 60)
