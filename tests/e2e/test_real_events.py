"""4,537 real events: imported, loaded, counted, and the same on every way out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from .conftest import Platform, eventually, run_clickstream

pytestmark = pytest.mark.stack
PERIOD = {"from": "2022-10-01", "to": "2022-12-31"}


def test_all_lines_are_loaded_and_every_window_balances(platform: Platform, real_data: list[Path]) -> None:
    books = platform.sql("SELECT collected, loaded, duplicates, rejected, withheld, balanced FROM mart.freshness()")[0]
    windows = platform.ask("/v1/etl/windows", limit=1000)["windows"]
    old = [window for window in windows if window["window"] < "2023"]

    assert sum(window["collected"] for window in old) == 423 + 4114
    assert sum(window["loaded"] for window in old) == 423 + 4114
    assert all(window["balanced"] and window["state"] == "loaded" for window in old)
    assert books[5]


def test_importing_and_loading_again_adds_nothing(platform: Platform, real_data: list[Path]) -> None:
    before = platform.sql("SELECT count(*) FROM clickstream_events WHERE event_timestamp < '2023-01-01'")

    printed = run_clickstream("import", *real_data, "--home", platform.home.path)
    run_clickstream("etl", "run", "--all", "--home", platform.home.path)

    assert "0 objects new" in printed
    assert platform.sql("SELECT count(*) FROM clickstream_events WHERE event_timestamp < '2023-01-01'") == before


def test_an_order_that_came_twice_under_two_event_ids_counts_once(platform: Platform, real_data: list[Path]) -> None:
    checkouts = platform.sql(
        "SELECT count(*), count(DISTINCT order_id) FROM clickstream_events"
        " WHERE event_name = 'checkout_complete' AND event_timestamp < '2023-01-01'"
    )
    overview = platform.ask("/v1/dw/overview", **PERIOD)

    assert checkouts == [(15, 14)]
    assert overview["current"]["orders"] == 14
    assert (overview["currency"], overview["current"]["ordersInOtherCurrencies"]) == ("EUR", 1)
    assert overview["current"]["revenue"] == 1_234_863.89  # the first checkout of each order in the file, added up
    assert platform.sql("SELECT sum(repeats) FROM orders WHERE ordered_at < '2023-01-01'") == [(1,)]


def test_the_admin_api_says_what_the_events_say(platform: Platform, real_data: list[Path]) -> None:
    def sessions_with(name: str) -> str:
        return f"count(DISTINCT session_id) FILTER (WHERE event_name = '{name}')"

    def events_named(name: str) -> str:
        return f"count(*) FILTER (WHERE event_name = '{name}')"

    def select(*columns: str) -> tuple[object, ...]:
        return platform.sql(
            f"SELECT {', '.join(columns)} FROM clickstream_events"
            " WHERE event_timestamp >= '2022-10-01' AND event_timestamp < '2023-01-01' AND NOT is_bot"
        )[0]

    counted = select(
        "count(*)", "count(DISTINCT client_id)", "count(DISTINCT session_id)",
        events_named("product_view"), events_named("add_to_cart_click"),
    )  # fmt: skip
    reached = select(*map(sessions_with, ("product_view", "add_to_cart_click", "checkout_start", "checkout_complete")))

    current = platform.ask("/v1/dw/overview", **PERIOD)["current"]
    steps = platform.ask("/v1/dw/funnel", **PERIOD)["steps"]
    series = platform.ask("/v1/dw/timeseries", metric="events", grain="day", **PERIOD)["points"]

    assert (
        current["events"], current["visitors"], current["sessions"], current["productViews"], current["addToCarts"]
    ) == counted  # fmt: skip
    assert tuple(step["sessions"] for step in steps[1:]) == reached
    assert sum(point["value"] for point in series) == counted[0]


def test_a_rerun_that_replaces_changes_no_number(platform: Platform, real_data: list[Path]) -> None:
    def numbers() -> list[object]:
        return [platform.ask(f"/v1/dw/{what}", **PERIOD) for what in ("overview", "funnel", "products")]

    before = numbers()
    run = platform.tell("/v1/etl/runs", {"from": "2022-10-25T00:00:00Z", "to": "2022-12-23T00:00:00Z", "replace": True})
    done = eventually(
        lambda: (now := platform.ask(f"/v1/etl/runs/{run['runId']}"))["state"] in ("succeeded", "failed") and now
    )

    assert done["state"] == "succeeded", done["error"]
    assert done["loaded"] == done["collected"] == 423
    assert datetime.fromisoformat(done["finishedAt"]) <= datetime.now(UTC)
    assert numbers() == before
