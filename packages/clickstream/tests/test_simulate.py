import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clickstream.shop.reference import load_shop, slug
from clickstream.shop.traffic import hours
from clickstream.simulate import Plan, fill_lake
from lake import Lake, open_lake
from lake.contract import EVENT_MEMBERS, KNOWN_EVENT_NAMES, MEMBERS_DIGEST, Event

# A Sunday evening in the shop's time; four days hold each kind of thing.
PLAN = Plan(days=4, sessions_per_day=350, seed=7, until=datetime(2026, 11, 22, 15, tzinfo=UTC))


@pytest.fixture(scope="module")
def lines() -> list[tuple[datetime, str]]:
    traffic = hours(PLAN.seed, PLAN.sessions_per_day, PLAN.start, PLAN.until)
    return [(window, line.text) for window, found in traffic for line in found]


@pytest.fixture(scope="module")
def events(lines: list[tuple[datetime, str]]) -> list[dict[str, Any]]:
    found = []
    for _, text in lines:
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found


def test_a_line_says_that_the_contract_names_all_members_where_it_does(events: list[dict[str, Any]]) -> None:
    assert {event["_ingest"]["members"] for event in events} == {MEMBERS_DIGEST}
    assert EVENT_MEMBERS.issuperset(set().union(*events) - {"_ingest"})


def contents(lake: Lake) -> dict[str, bytes]:
    return {item.key: lake.get(item.key) for item in lake.list_all("events")}


def test_the_same_plan_gives_the_same_objects_and_a_second_time_adds_nothing(tmp_path: Path) -> None:
    plan = Plan(days=1, sessions_per_day=60, seed=3, until=PLAN.until)
    first, second = open_lake(f"file://{tmp_path}/a"), open_lake(f"file://{tmp_path}/b")
    written = fill_lake(first, plan)
    fill_lake(second, plan)
    assert contents(first) == contents(second)
    again = fill_lake(first, plan)
    assert (again.objects, again.objects_there, again.lines_there) == (0, written.objects, written.lines)


def test_another_seed_gives_other_visitors(tmp_path: Path) -> None:
    lake = open_lake("memory://")
    fill_lake(lake, Plan(days=1, sessions_per_day=20, seed=1, until=PLAN.until))
    count = len(lake.list_all("events"))
    assert fill_lake(lake, Plan(days=1, sessions_per_day=20, seed=2, until=PLAN.until)).objects_there == 0
    assert len(lake.list_all("events")) > count


def test_a_longer_plan_has_the_same_events_on_the_days_that_both_have() -> None:
    def ids(days: float) -> set[str]:
        found = hours(PLAN.seed, 40, PLAN.until - timedelta(days=days), PLAN.until)
        texts = (line.text for _, lines in found for line in lines)
        return {json.loads(text)["eventId"] for text in texts if text.endswith("}")}

    late_or_refunded = ids(1) - ids(3)
    assert late_or_refunded == set()
    assert len(ids(3)) > len(ids(1))


def test_every_object_lies_in_the_hour_of_its_lines_and_its_key_counts_them() -> None:
    lake = open_lake("memory://")
    fill_lake(lake, Plan(days=0.5, sessions_per_day=200, seed=1, until=PLAN.until))
    per_window = Counter(item.window for item in lake.list_all("events"))
    assert max(per_window.values()) > 1
    for item in lake.list_all("events"):
        text = gzip.decompress(lake.get(item.key)).decode()
        assert text.count("\n") == item.count
        times = [json.loads(line)["_ingest"]["receivedAt"] for line in text.splitlines() if line.endswith("}")]
        assert times == sorted(times)
        assert {time[:13] for time in times} == {f"{item.window:%Y-%m-%dT%H}"}


def test_nothing_is_received_outside_the_plan(events: list[dict[str, Any]]) -> None:
    received = [datetime.fromisoformat(event["_ingest"]["receivedAt"]) for event in events]
    assert PLAN.start - timedelta(milliseconds=1) <= min(received)
    assert max(received) < PLAN.until


def test_all_but_a_few_lines_are_valid_events_with_known_names(
    lines: list[tuple[datetime, str]], events: list[dict[str, Any]]
) -> None:
    invalid = len(lines) - len(events)
    names = set()
    for event in events:
        try:
            names.add(Event.model_validate(event).event_name)
        except ValidationError:
            invalid += 1
    assert 0 < invalid / len(lines) < 0.003
    assert names <= set(KNOWN_EVENT_NAMES)
    assert set(KNOWN_EVENT_NAMES) - names <= {"refund"}


def test_each_kind_of_broken_line_is_there(lines: list[tuple[datetime, str]]) -> None:
    kinds = Counter()
    for _, text in lines:
        if not text.endswith("}"):
            kinds["truncated"] += 1
        elif '"eventName"' not in text:
            kinds["nameless"] += 1
        elif '"price":"abc"' in text:
            kinds["priceless"] += 1
    assert set(kinds) == {"truncated", "nameless", "priceless"}


def test_sessions_narrow_step_by_step_to_a_believable_conversion(events: list[dict[str, Any]]) -> None:
    steps = ("page_view", "product_view", "add_to_cart_click", "checkout_start", "checkout_complete")
    people = [event for event in events if event.get("sessionId")]
    reached = [len({event["sessionId"] for event in people if event.get("eventName") == step}) for step in steps]
    assert reached == sorted(reached, reverse=True)
    assert 0.01 < reached[-1] / reached[0] < 0.05


def test_sequences_count_up_without_gaps_within_a_session(events: list[dict[str, Any]]) -> None:
    seen: dict[str, set[int]] = {}
    for event in events:
        if event.get("sessionId"):
            seen.setdefault(event["sessionId"], set()).add(event["sequence"])
    whole = [numbers for numbers in seen.values() if numbers == set(range(len(numbers)))]
    assert len(whole) / len(seen) > 0.95  # the others: sessions cut by the plan's end, late and truncated events


def test_some_events_are_repeated_late_or_of_a_wrong_clock(events: list[dict[str, Any]]) -> None:
    repeated = Counter(event["eventId"] for event in events)
    assert 0.002 < sum(count - 1 for count in repeated.values()) / len(events) < 0.01
    delays = []
    for event in events:
        stamps = (event["_ingest"]["receivedAt"], event["_ingest"].get("sentAt") or event["eventTimestamp"])
        received, sent = map(datetime.fromisoformat, stamps)
        delays.append((received - sent).total_seconds())
    assert sum(abs(delay) > 60 for delay in delays) / len(delays) > 0.005


def test_orders_add_up(events: list[dict[str, Any]]) -> None:
    orders = [event for event in events if event.get("eventName") == "checkout_complete"]
    assert len({event["order"]["id"] for event in orders}) > 10
    for event in orders:
        lines_total = sum(
            line.get("discountPrice", line["price"]) * line["quantity"]
            for line in event["items"]
            if line["price"] != "abc"
        )
        order = event["order"]
        assert order["total"] == lines_total - order["discount"] + order["shipping"]
        assert order["itemCount"] == sum(line["quantity"] for line in event["items"])


def test_a_client_id_stays_with_one_browser_and_some_return(events: list[dict[str, Any]]) -> None:
    agents: dict[str, set[str]] = {}
    sessions: dict[str, set[str]] = {}
    for event in events:
        if event.get("sessionId"):
            agents.setdefault(event["clientId"], set()).add(event["_ingest"]["userAgent"])
            sessions.setdefault(event["clientId"], set()).add(event["sessionId"])
    assert {len(found) for found in agents.values()} == {1}
    assert sum(len(found) > 1 for found in sessions.values()) > 20


def test_the_evening_is_busier_than_the_night(events: list[dict[str, Any]]) -> None:
    by_hour = Counter(datetime.fromisoformat(event["_ingest"]["receivedAt"]).hour for event in events)
    assert by_hour[13] > 5 * by_hour[20]  # 20:00 and 03:00 in the shop's time


def test_the_catalogue_has_distinct_pages_and_prices_that_make_sense() -> None:
    articles = load_shop().articles
    assert len({article.path for article in articles}) == len({article.id for article in articles}) == len(articles)
    assert all(article.to_pay <= article.price for article in articles)
    assert slug("Sen Vàng Study 14") == "sen-vang-study-14"
