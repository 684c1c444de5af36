"""The dashboard in a real browser, on the real events: its pages, its numbers, and what it does when things fail."""

import csv
import io
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psutil
import psycopg2
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from .conftest import PATIENCE_SECONDS, REPOSITORY, Platform

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("real_data")]
FROM, TO = "2022-10-01", "2022-12-31"
PERIOD = f"from={FROM}&to={TO}"
PAGES = {
    "overview": "Login state",
    "acquisition": "Landing pages",
    "behaviour": "Common paths",
    "funnel": "Add to cart",
    "products": "Shoes",
    "trends": "Busiest: ",
    "retention": "Who comes back",
    "sessions": "Page 1",
    "events": "product_view",
    "quality": "Balanced",
}
AXE = REPOSITORY / "shiny" / "node_modules" / "axe-core" / "axe.min.js"
_PATIENCE_MS = PATIENCE_SECONDS * 1000


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of."""
    return []


@pytest.fixture
def page(platform: Platform, browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A browser's page; closed at the end, as one that stays open asks for its numbers again and again."""
    if not platform.home.ports.get("dashboard"):
        pytest.skip("no dashboard")
    page = browser.new_page(viewport={"width": 1360, "height": 900}, locale="en-US")

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(_PATIENCE_MS)
    yield page
    page.close()


def open_page(page: Page, platform: Platform, query: str, below: str = "") -> None:
    """Open a view and wait until its content stands."""
    page.goto(f"{platform.home.dashboard_url}{below}/?{query}")
    until_ready(page)


def until_ready(page: Page, phase: str = "ready") -> None:
    """Wait until the open page is in a phase, and nothing in it is a grey block any more."""
    shown = page.locator(".page:not([hidden])")
    expect(shown.locator(f".phase[data-phase={phase}]")).to_have_count(1, timeout=_PATIENCE_MS)
    if phase == "ready":
        expect(shown.locator(".skeleton:visible")).to_have_count(0, timeout=_PATIENCE_MS)


def figure(page: Page, name: str) -> Locator:
    """The number of a card of the overview."""
    return page.locator(f"[data-kpi={name}] .kpi-value")


def visits(platform: Platform, device: str | None = None) -> dict[str, int]:
    """Visitors and sessions by plain SQL on the warehouse's tables."""
    [(visitors, sessions)] = platform.sql(
        "SELECT count(DISTINCT client_id), count(*) FROM sessions, site"
        " WHERE NOT is_bot AND (started_at AT TIME ZONE time_zone)::date BETWEEN %s AND %s"
        " AND (%s::text IS NULL OR device_type = %s)",
        FROM, TO, device, device,
    )  # fmt: skip
    return {"visitors": visitors, "sessions": sessions}


@pytest.mark.parametrize(("name", "shows"), PAGES.items())
def test_every_page_opens_with_its_content_and_no_complaint(
    platform: Platform, page: Page, complaints: list[str], name: str, shows: str
) -> None:
    open_page(page, platform, f"page={name}&{PERIOD}")

    expect(page.locator(f"#page-{name}")).to_contain_text(re.compile(re.escape(shows), re.I))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
    if not AXE.exists():
        pytest.skip("axe-core is missing: npm ci in shiny/")
    # What is being asked for again stands behind a veil until its answer is there, which may begin while axe looks.
    page.add_style_tag(content=".page-content { opacity: 1 !important; transition: none !important; }")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-scheme", scheme)
        until_ready(page)
        assert serious_problems(page) == [], scheme


def serious_problems(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{problem['id']}: {problem['nodes'][0]['html'][:200]}"
        for problem in found["violations"]
        if problem["impact"] in ("serious", "critical")
    ]


def test_the_numbers_are_those_of_the_warehouse_and_a_filter_changes_them_as_it_changes_sql(
    platform: Platform, page: Page
) -> None:
    open_page(page, platform, f"page=overview&{PERIOD}")
    whole = visits(platform)
    [(orders, revenue, currency)] = platform.sql(
        "SELECT sum(n)::int, (array_agg(revenue ORDER BY n DESC))[1], (array_agg(currency ORDER BY n DESC))[1] FROM ("
        " SELECT o.currency, count(*) AS n, sum(o.total - o.refunded) AS revenue FROM orders o, site"
        " WHERE NOT o.is_bot AND (o.ordered_at AT TIME ZONE time_zone)::date BETWEEN %s AND %s GROUP BY 1) by_currency",
        FROM, TO,
    )  # fmt: skip
    expect(figure(page, "visitors")).to_have_text(str(whole["visitors"]))
    expect(figure(page, "sessions")).to_have_text(str(whole["sessions"]))
    expect(figure(page, "orders")).to_have_text(str(orders))
    sign = {"EUR": "€", "USD": "$"}[currency]
    expect(figure(page, "revenue")).to_have_attribute("title", f"{sign}{revenue:,.2f}")

    [(device,)] = platform.sql(
        "SELECT device_type FROM sessions WHERE NOT is_bot AND started_at BETWEEN %s AND %s"
        " GROUP BY 1 ORDER BY count(*) LIMIT 1", FROM, TO,
    )  # fmt: skip
    page.locator("#filter-device").select_option(device)
    part = visits(platform, device)
    assert 0 < part["sessions"] < whole["sessions"]
    expect(figure(page, "sessions")).to_have_text(str(part["sessions"]))
    expect(figure(page, "visitors")).to_have_text(str(part["visitors"]))
    page.wait_for_url(re.compile(f"device={device}"))


def test_a_link_shows_the_same_view_to_somebody_else(platform: Platform, page: Page, browser: Browser) -> None:
    open_page(page, platform, f"page=overview&{PERIOD}")
    page.locator("#filter-device").select_option("desktop")
    page.locator("#filter-bots + .switch-track").click()
    page.get_by_role("link", name="Products").click()
    page.wait_for_url(re.compile("page=products"))
    until_ready(page)
    page.get_by_text("Categories", exact=True).click()
    expect(page.locator("#products-table caption")).to_have_text("All categories")
    page.wait_for_url(re.compile("by=category"))
    until_ready(page)
    ranked = page.locator("#products-table").inner_text()

    other = browser.new_page(locale="en-US")
    other.goto(page.url)
    until_ready(other)
    expect(other.locator("#products-table caption")).to_have_text("All categories")
    assert other.locator("#products-table").inner_text() == ranked
    assert other.locator("#filter-device").input_value() == "desktop"
    assert other.locator("#filter-bots").is_checked()
    assert other.locator("#filter-from").input_value() == FROM
    other.close()


def test_vietnamese_has_its_words_numbers_and_dates(platform: Platform, page: Page, complaints: list[str]) -> None:
    open_page(page, platform, f"page=overview&{PERIOD}&lang=vi")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.locator("h1")).to_have_text("Tổng quan")
    expect(page.locator("#page-overview")).to_contain_text("31/12/2022")
    expect(figure(page, "revenue")).to_have_attribute("title", re.compile(r"^[\d.]+,\d\d\s€$"))
    page.get_by_role("link", name="Dữ liệu").or_(page.get_by_role("link", name="Chất lượng dữ liệu")).first.click()
    expect(page.locator("#page-quality")).to_contain_text("Cân đối")
    expect(page.locator("a[data-lang=en]")).to_have_attribute("href", re.compile("lang=en"))
    assert complaints == []


def test_a_download_has_the_rows_that_are_shown(platform: Platform, page: Page) -> None:
    open_page(page, platform, f"page=products&{PERIOD}")
    with page.expect_download() as download:
        page.locator("#products-csv").click()
    assert download.value.suggested_filename == f"clickstream-products-{FROM}-{TO}.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    answer = platform.ask("/v1/dw/products", **{"from": FROM, "to": TO, "limit": 500})
    assert [row["productId"] for row in rows] == [product["productId"] for product in answer["products"]]
    assert [float(row["revenue"]) for row in rows] == [product["revenue"] for product in answer["products"]]


def test_a_rerun_from_the_page_changes_the_books(platform: Platform, page: Page) -> None:
    [(window,)] = platform.sql("SELECT max(ingest_window) FROM clickstream_events WHERE ingest_window < '2023-01-01'")
    before = windows_books(platform, window)
    late = uuid4()
    late_event = {
        "eventId": str(late), "eventName": "page_view", "clientId": "late", "pageUrl": "https://shop.example/late",
        "eventTimestamp": window.isoformat(),
        "_ingest": {"receivedAt": window.isoformat(), "userAgent": "Mozilla/5.0 (X11; Linux x64) Firefox/120.0"},
    }  # fmt: skip
    # An hour of long ago: no tick looks there again by itself.
    target = platform.home.lake / "events" / f"{window:%Y/%m/%d/%H}" / f"event-{late}.json"
    target.write_text(json.dumps(late_event), encoding="utf-8")

    open_page(page, platform, "page=quality")
    page.locator("#quality-runs-rerun-from").fill(f"{window:%Y-%m-%dT%H:00}")
    page.locator("#quality-runs-rerun-to").fill(f"{window:%Y-%m-%dT}{window.hour + 1:02}:00")
    page.locator("#quality-runs-rerun-replace + .switch-track").click()
    page.locator("#quality-runs-rerun-ask").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("1 hourly window")
    assert windows_books(platform, window) == before
    dialog.get_by_role("button", name="Load").click()

    watched = page.locator("#quality-runs-watched")
    expect(watched).to_contain_text("Done in", timeout=60_000)
    after = windows_books(platform, window)
    assert after["collected"] == before["collected"] + 1
    assert after["loaded"] == before["loaded"] + 1
    difference = watched.locator("table.difference tbody tr").filter(has_text="Loaded")
    expect(difference).to_contain_text(re.compile(rf"{before['loaded']}\s*{after['loaded']}\s*\+1"))


def windows_books(platform: Platform, window: object) -> dict[str, int]:
    """The books of a window."""
    with psycopg2.connect(platform.home.warehouse_url()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT collected, loaded FROM etl.windows WHERE ingest_window = %s", [window])
        [(collected, loaded)] = cursor.fetchall()
    connection.close()
    return {"collected": collected, "loaded": loaded}


def test_without_the_admin_api_the_page_says_so_and_recovers(platform: Platform, page: Page) -> None:
    open_page(page, platform, f"page=funnel&{PERIOD}")
    api = listening_on(platform.home.ports["admin-api"])
    parent = psutil.Process(platform.process.pid)
    parent.send_signal(signal.SIGSTOP)  # else it starts the API again sooner than a person could look
    try:
        api.kill()
        page.get_by_text("Device", exact=True).click()
        until_ready(page, "stale")
        expect(page.locator("#page-funnel .notice")).to_contain_text("The admin API does not answer")
        expect(page.locator("#badge-badge")).to_contain_text("No connection", timeout=_PATIENCE_MS)
        page.get_by_role("link", name="Trends").click()
        until_ready(page, "error")
        expect(page.locator("#page-trends")).to_contain_text("recovers by itself")
    finally:
        parent.send_signal(signal.SIGCONT)
    until_ready(page)
    expect(page.locator("#page-trends")).to_contain_text("Busiest: ")
    expect(page.locator("#badge-badge")).not_to_contain_text("No connection", timeout=_PATIENCE_MS)


def listening_on(port: int) -> psutil.Process:
    """The process that listens on a port of this machine."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return psutil.Process(connection.pid)
    raise AssertionError(f"nobody listens on {port}")


def test_the_same_pages_are_below_a_path_prefix(platform: Platform, page: Page, complaints: list[str]) -> None:
    answer = httpx.get(f"{platform.home.dashboard_url}/dashboard/health/live", timeout=30)
    assert answer.json() == {"status": "ok"}
    open_page(page, platform, f"page=trends&{PERIOD}", below="/dashboard")
    expect(page.locator("#page-trends canvas").first).to_be_visible()
    assert urlsplit(page.url).path == "/dashboard/"
    assert complaints == []
