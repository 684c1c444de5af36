"""Answers as CSV, and answers that the client has already."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from admin_api.csv_table import Table, csv_of, prefers_csv
from admin_api.views.visitors import SearchFigures

DAY = {"from": "2026-03-02", "to": "2026-03-02"}
CSV = {"Accept": "text/csv"}
# Tables that have no row in an empty warehouse.
EMPTY = {
    "dimensions": "dimension,value,sessions",
    "funnel?by=channel": "step,sessions,rateFromPrevious,rateFromFirst,segment",
    "categories": "views,addToCarts,purchases,orders,revenue,viewToCartRate,cartToPurchaseRate,value",
    "paths": "path,sessions,share",
    "searches": "query,searches,sessions,productViews,orders,conversionRate",
    "retention": "cohort,visitors,week,returned,rate",
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "path",
    [
        *("dimensions", "overview", "timeseries", "heatmap", "funnel", "funnel?by=channel", "products", "categories"),
        *("products/laptop", "channels", "pages", "paths", "visitors", "sessions", "events"),
    ],
)
def test_every_answer_is_a_table_for_who_asks_for_csv(api: TestClient, path: str) -> None:
    answer = api.get(f"/v1/dw/{path}", params=DAY if "?" not in path else None, headers=CSV)
    rows = list(csv.reader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


def test_a_table_without_rows_has_its_header(api: TestClient) -> None:
    without = {path: api.get(f"/v1/dw/{path}", headers=CSV) for path in EMPTY}

    assert {path: answer.text for path, answer in without.items()} == {
        path: f"{header}\r\n" for path, header in EMPTY.items()
    }


@pytest.mark.usefixtures("filled")
def test_the_table_says_what_the_json_says(api: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(api.get("/v1/dw/products", params=DAY, headers=CSV).text)))

    assert [(row["productId"], float(row["revenue"]), int(row["views"])) for row in rows] == [("laptop", 200.0, 2)]


@pytest.mark.parametrize("query", ["=HYPERLINK(1)", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_cell_of_a_table_is_a_formula(query: str) -> None:
    row = SearchFigures(query=query, searches=1, sessions=1, product_views=0, orders=0, conversion_rate=0)  # type: ignore[arg-type]
    (_, cells) = csv.reader(io.StringIO(csv_of(Table(SearchFigures, [row])), newline=""))

    assert cells[0] == f"'{query}"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/csv", True),
        ("text/csv, application/json;q=0.5", True),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        ("text/html, */*", False),
        ("text/csv;q=0, */*", False),
        ("text/csv;q=high", False),
    ],
)
def test_csv_is_for_who_prefers_it(accept: str, wanted: bool) -> None:
    assert prefers_csv(accept) is wanted


def test_an_answer_that_the_client_has_is_not_sent_again_until_something_is_loaded(api: TestClient, etl: Any) -> None:
    etl.tick()
    first = api.get("/v1/dw/overview", params=DAY)
    known = {"If-None-Match": first.headers["etag"]}
    again = api.get("/v1/dw/overview", params=DAY, headers=known)
    other = api.get("/v1/dw/overview", params=DAY | {"device": "mobile"}, headers=known)
    table = api.get("/v1/dw/overview", params=DAY, headers=known | CSV)
    etl.range(None, None, replace=True)
    reloaded = api.get("/v1/dw/overview", params=DAY, headers=known)

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (other.status_code, table.status_code, reloaded.status_code) == (200, 200, 200)
    assert reloaded.json() | {"asOf": None} == first.json() | {"asOf": None}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("path", ["sessions", "events"])
@pytest.mark.parametrize("before", ["now", "2026-03-02", "2026-03-02T09:00:00~1", "2026-03-02T09:00:00Z~one", "~"])
def test_a_cursor_that_is_none_is_refused(api: TestClient, path: str, before: str) -> None:
    answer = api.get(f"/v1/dw/{path}", params=DAY | {"before": before})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
