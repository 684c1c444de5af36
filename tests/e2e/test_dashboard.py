"""Every page of the dashboard in a real browser, with the real events."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from .conftest import Platform

pytestmark = pytest.mark.stack
PERIOD = "from=2022-10-01&to=2022-12-31"


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of."""
    return []


@pytest.fixture
def page(platform: Platform, browser: Browser, complaints: list[str]) -> Page:
    """A browser's page."""
    if not platform.home.ports.get("dashboard"):
        pytest.skip("no dashboard")
    page = browser.new_page(viewport={"width": 1360, "height": 900})

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def test_the_overview_shows_the_numbers_of_the_admin_api(
    platform: Platform, page: Page, complaints: list[str], real_data: list[Path]
) -> None:
    current = platform.ask("/v1/dw/overview", **{"from": "2022-10-01", "to": "2022-12-31"})["current"]

    page.goto(f"{platform.home.dashboard_url}/?page=overview&{PERIOD}")

    expect(page.locator("body")).to_contain_text(re.compile(rf"Visitors\s*{current['visitors']}\b"), timeout=30_000)
    expect(page.locator("body")).to_contain_text(re.compile(rf"Orders\s*{current['orders']}\b"))
    expect(page.locator("canvas").first).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize(
    ("name", "shows"),
    [("products", "Cloth"), ("funnel", "Add to cart"), ("events", "product_view"), ("quality", "Balanced")],
)
@pytest.mark.usefixtures("real_data")
def test_every_page_opens_with_its_numbers_and_no_complaint(
    platform: Platform, page: Page, complaints: list[str], name: str, shows: str
) -> None:
    page.goto(f"{platform.home.dashboard_url}/?page={name}&{PERIOD}")

    expect(page.locator("main")).to_contain_text(re.compile(shows, re.I), timeout=30_000)
    assert complaints == []
