"""The numbers of one small day, and what is asked for wrongly."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from etl.runner import Runner

DAY = {"from": "2026-03-02", "to": "2026-03-02"}


@pytest.mark.usefixtures("filled")
def test_the_overview_counts_people_and_not_bots(api: TestClient) -> None:
    answer = api.get("/v1/dw/overview", params=DAY).json()

    assert answer["complete"] is True
    assert answer["currency"] == "VND"
    assert answer["current"] == {
        "events": 7, "visitors": 2, "sessions": 2, "pageViews": 4, "productViews": 2, "addToCarts": 1, "orders": 1,
        "revenue": 200, "ordersInOtherCurrencies": 0, "conversionRate": 0.5, "averageOrderValue": 200,
        "bounceRate": 1, "averageSessionSeconds": 150,  # both saw one page, however many events say so
    }  # fmt: skip
    assert answer["previous"]["events"] == 0
    assert answer["previous"]["conversionRate"] is None
    assert answer["eventsByName"][0] in (
        {"eventName": "page_view", "events": 2},
        {"eventName": "product_view", "events": 2},
    )


@pytest.mark.usefixtures("filled")
def test_bots_are_counted_when_asked_for(api: TestClient) -> None:
    assert api.get("/v1/dw/overview", params=DAY | {"bots": True}).json()["current"]["visitors"] == 3


@pytest.mark.usefixtures("filled")
def test_without_a_period_the_last_28_days_up_to_the_newest_event_are_meant(api: TestClient) -> None:
    answer = api.get("/v1/dw/funnel").json()

    assert (answer["from"], answer["to"]) == ("2026-02-03", "2026-03-02")
    assert [(step["step"], step["sessions"]) for step in answer["steps"]] == [
        ("page_view", 2), ("product_view", 2), ("add_to_cart", 1), ("checkout", 1), ("purchase", 1),
    ]  # fmt: skip
    assert answer["steps"][2]["rateFromPrevious"] == 0.5


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("metric", "total"),
    [("events", 7), ("visitors", 2), ("sessions", 2), ("pageViews", 4), ("orders", 1), ("revenue", 200)],
)
@pytest.mark.parametrize(("grain", "buckets"), [("hour", 24), ("day", 1), ("week", 1)])
def test_a_timeseries_has_every_bucket_and_the_whole_sum(
    api: TestClient, metric: str, total: int, grain: str, buckets: int
) -> None:
    points = api.get("/v1/dw/timeseries", params=DAY | {"metric": metric, "grain": grain}).json()["points"]

    assert len(points) == buckets
    assert sum(point["value"] for point in points) == total


@pytest.mark.usefixtures("filled")
def test_products_tell_their_way_from_view_to_purchase(api: TestClient) -> None:
    answer = api.get("/v1/dw/products", params=DAY).json()

    assert answer["products"] == [
        {
            "productId": "laptop", "name": "Aurora 14", "category": "Laptops", "brand": "Aurora", "views": 2,
            "addToCarts": 1, "purchases": 2, "orders": 1, "revenue": 200, "viewToCartRate": 0.5,
            "cartToPurchaseRate": 1,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "parameters", "says"),
    [
        ("overview", {"from": "2026-03-02", "to": "2026-03-01"}, "after"),
        ("overview", {"from": "1900-01-01", "to": "2026-03-01"}, "too many"),
        ("overview", {"from": "0001-01-01", "to": "0001-01-02"}, "calendar"),
        ("overview", {"from": "yesterday"}, "from"),
        ("timeseries", {"metric": "love"}, "metric"),
        ("timeseries", {"grain": "minute"}, "grain"),
        ("products", {"sort": "name; drop table orders"}, "sort"),
        ("products", {"limit": "0"}, "limit"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    api: TestClient, path: str, parameters: dict[str, str], says: str
) -> None:
    answer = api.get(f"/v1/dw/{path}", params=parameters)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.text


def test_an_empty_warehouse_answers_with_zeros(api: TestClient) -> None:
    overview = api.get("/v1/dw/overview").json()

    assert overview["current"]["events"] == 0
    assert overview["currency"] is None
    assert overview["asOf"] is None
    assert api.get("/v1/dw/products").json()["products"] == []


@pytest.mark.usefixtures("filled")
def test_a_question_that_takes_too_long_is_a_504(api: TestClient, warehouse: Any) -> None:
    warehouse.rows(f"ALTER ROLE clickstream_admin IN DATABASE {warehouse.name} SET statement_timeout = '1ms'")
    answer = api.get("/v1/dw/overview", params={"from": "2025-01-01", "to": "2026-03-02"})

    assert (answer.status_code, answer.headers["content-type"]) == (504, "application/problem+json")
    assert "/v1/dw/overview was given up" in answer.json()["detail"]


@pytest.mark.parametrize("given", ["20260302", "0", "1772409600.5", "tomorrow"])
def test_a_day_is_written_as_a_day(api: TestClient, given: str) -> None:
    answer = api.get("/v1/dw/overview", params={"from": given})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("query.from: ")


def test_a_warehouse_that_is_away_is_a_503_with_a_time_to_ask_again(
    api: TestClient, filled: Runner, warehouse: Any
) -> None:
    warehouse.rows("ALTER ROLE clickstream_admin NOLOGIN")
    try:
        warehouse.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clickstream_admin'")
        answer = api.get("/v1/dw/overview")
    finally:
        warehouse.rows("ALTER ROLE clickstream_admin LOGIN")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert api.get("/v1/dw/overview").status_code == 200
