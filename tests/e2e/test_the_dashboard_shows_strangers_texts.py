"""Events come from strangers: what they wrote is text on every page, in every tooltip and file, and no more."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from .conftest import PATIENCE_SECONDS, Platform, eventually

pytestmark = pytest.mark.stack
_PATIENCE_MS = PATIENCE_SECONDS * 1000
# A browser that takes one of these for its own markup asks for /struck, whether or not it may run scripts.
ATTACKS = (
    '<img src="/struck.png" onerror="window.struck=1">',
    "\"><svg onload=window.struck=1><image href='/struck.png'/></svg>",
    "'><iframe src=/struck.html></iframe>",
    "</script><script src=/struck.js></script>",
    "<style>@import '/struck.css';</style>",
)
# Elements that point to what an attack names; its own links carry filters in their queries.
_WOULD_ASK = """[...document.querySelectorAll('[src], [href]')]
    .map(each => each.getAttribute('src') || each.getAttribute('href'))
    .filter(url => url.split('?')[0].includes('struck'))"""
MARK = "stranger"
PAGES = (
    "overview",
    "acquisition",
    "behaviour",
    "funnel",
    "products",
    "trends",
    "retention",
    "sessions",
    "events",
    "quality",
)
SHOWING = ("acquisition", "behaviour", "products", "sessions", "events", "quality")
AGENT = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 {ATTACKS[0]}"
FORMULA = '=HYPERLINK("http://evil.example")'


def attacks_of(number: int, attack: str) -> list[dict[str, object]]:
    """A visit in which every text is the attack."""
    text = f"{MARK} {attack}"
    product = {
        "id": f"{number} {text}", "name": text, "category": text, "brand": text, "price": 5,
        "urlPath": f"javascript:fetch('/struck.js')//{attack}",
    }  # fmt: skip
    visitor = {
        "clientId": f"{number} {text}", "sessionId": f"{number} {text}"[:128], "userId": text,
        "identitySource": text[:64], "pageTitle": text, "locale": text[:35], "timezone": text[:35],
        "properties": {text: text},
        "pageUrl": f"https://shop.example/{MARK}-{quote(attack)}?utm_source={quote(attack)}&utm_medium={quote(attack)}"
                   f"&utm_campaign={quote(attack)}#{attack}",
        "referrer": f"https://evil.example/{quote(attack)}",
    }  # fmt: skip
    order = {"id": f"{number} {text}", "total": 5, "currency": "EUR", "coupon": text}
    return [
        {**visitor, **rest, "eventId": str(uuid4())}
        for rest in (
            {"eventName": "page_view"},
            {"eventName": "search", "search": {"query": text, "results": 3}},
            {"eventName": "product_view", "product": product},
            {"eventName": "click", "element": {"tag": text, "id": text, "text": text, "dataset": {text: text}}},
            {"eventName": "add_to_cart_click", "product": product},
            {
                "eventName": "checkout_complete",
                "order": order,
                "items": [{**product, "quantity": 1, "currency": "EUR"}],
            },
            {"eventName": text},  # refused, and shown among the rejects
        )
    ]


@pytest.fixture(scope="module")
def attacked(platform: Platform) -> int:
    """The platform after strangers' visits; the number of events that are in the warehouse then."""
    before = platform.sql("SELECT count(*) FROM clickstream_events")[0][0]
    for number, attack in enumerate(ATTACKS):
        answer = httpx.post(
            f"{platform.home.collector_url}/clickstream", json=attacks_of(number, attack), timeout=30,
            headers={"User-Agent": AGENT, "X-Request-Id": attack, "Referer": "https://evil.example/<b>"},
        )  # fmt: skip
        told = answer.json()
        assert (answer.status_code, told["accepted"], len(told["rejected"])) == (200, 6, 1), answer.text
    formula = {
        "eventName": "product_view",
        "clientId": FORMULA,
        "product": {"id": FORMULA, "name": FORMULA, "price": 1},
    }
    assert httpx.post(f"{platform.home.collector_url}/clickstream", json=formula, timeout=30).status_code == 200
    wanted = before + 6 * len(ATTACKS) + 1
    eventually(lambda: platform.sql("SELECT count(*) FROM clickstream_events")[0][0] >= wanted)
    return int(wanted)


@pytest.fixture
def struck() -> list[str]:
    """What a page asked for because a stranger's text told it to."""
    return []


@pytest.fixture
def page(platform: Platform, browser: Browser, struck: list[str]) -> Iterator[Page]:
    if not platform.home.ports.get("dashboard"):
        pytest.skip("no dashboard")
    page = browser.new_page(viewport={"width": 1360, "height": 900}, locale="en-US", accept_downloads=True)

    def note(request: Request) -> None:
        if "struck" in request.url.partition("?")[0] or "evil.example" in request.url.partition("?")[0]:
            struck.append(request.url)

    page.on("request", note)
    page.on("dialog", lambda dialog: struck.append(dialog.message))
    page.set_default_timeout(_PATIENCE_MS)
    yield page
    page.close()


def opened(page: Page, platform: Platform, /, **query: str) -> str:
    """The text of a view when it stands."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    pairs = {"from": today, "to": today, "bots": "true", **query}
    page.goto(f"{platform.home.dashboard_url}/?{'&'.join(f'{name}={quote(value)}' for name, value in pairs.items())}")
    shown = page.locator(".page:not([hidden])")
    expect(shown.locator(".phase[data-phase=ready]")).to_have_count(1, timeout=_PATIENCE_MS)
    expect(shown.locator(".skeleton:visible")).to_have_count(0, timeout=_PATIENCE_MS)
    return shown.inner_text()


def is_unharmed(page: Page, struck: list[str]) -> None:
    """Nothing that a stranger wrote is an element, a script or a link."""
    assert struck == []
    assert page.evaluate("window.struck") is None
    assert page.locator("a[href^='javascript:' i], iframe").count() == 0
    assert page.evaluate(_WOULD_ASK) == []
    for style in page.evaluate("[...document.querySelectorAll('style')].map(each => each.textContent)"):
        assert "struck" not in style


def hover_over_charts(page: Page) -> None:
    """Bring up the tooltips."""
    for chart in page.locator(".page:not([hidden]) .echart:visible").all()[:4]:
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        for share in (0.15, 0.35, 0.55, 0.75, 0.95):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * (1 - share))
            page.wait_for_timeout(30)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("attacked")
def test_no_page_takes_a_strangers_text_for_markup(
    platform: Platform, page: Page, struck: list[str], name: str
) -> None:
    opened(page, platform, page=name)
    if name in SHOWING:  # else the attack did not come to it
        expect(page.locator(".page:not([hidden])")).to_contain_text(MARK, timeout=_PATIENCE_MS)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    hover_over_charts(page)
    is_unharmed(page, struck)


@pytest.mark.usefixtures("attacked")
def test_nor_does_a_detail(platform: Platform, page: Page, struck: list[str]) -> None:
    for number, attack in enumerate(ATTACKS):
        session = f"{number} {MARK} {attack}"[:120]
        assert MARK in opened(page, platform, page="sessions", session=session)
        is_unharmed(page, struck)
        assert MARK in opened(page, platform, page="products", product=f"{number} {MARK} {attack}"[:120])
        hover_over_charts(page)
        is_unharmed(page, struck)
    for row in page.locator("summary:visible, [aria-expanded=false]:visible").all()[:10]:
        row.click()
    is_unharmed(page, struck)


def test_nor_does_a_link_that_a_stranger_made(platform: Platform, page: Page, struck: list[str], attacked: int) -> None:
    for query in (
        {"channel": ATTACKS[0], "q": ATTACKS[1]},
        {"brand": "' OR '1'='1", "category": "'; DROP TABLE site; --"},
    ):
        page.goto(
            f"{platform.home.dashboard_url}/?page=products&" + "&".join(f"{k}={quote(v)}" for k, v in query.items())
        )
        expect(page.locator(".page:not([hidden]) .skeleton:visible")).to_have_count(0, timeout=_PATIENCE_MS)
        is_unharmed(page, struck)
    assert platform.sql("SELECT count(*) FROM clickstream_events")[0][0] >= attacked
    assert platform.sql("SELECT count(*) FROM site") == [(1,)]


@pytest.mark.usefixtures("attacked")
def test_no_cell_of_a_file_is_a_formula(platform: Platform, page: Page) -> None:
    opened(page, platform, page="products")
    with page.expect_download() as download:
        page.locator("#products-csv").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    cells = [cell for row in rows for cell in row]
    assert any(cell == f"'{FORMULA}" for cell in cells)
    assert [cell for cell in cells if re.match(r"\s*[=+@]|-(?![\d.])", cell)] == []


@pytest.mark.usefixtures("attacked")
def test_no_line_of_a_log_was_written_by_a_stranger_and_none_has_a_secret(platform: Platform) -> None:
    home = platform.home
    newline = f"page_view\n{json.dumps({'level': 'ERROR', 'message': 'forged'})}"
    forged = httpx.post(
        f"{home.collector_url}/clickstream", content=json.dumps({"eventName": newline}), timeout=30,
        headers={"Content-Type": "application/json", "User-Agent": "forged\tforged"},
    )  # fmt: skip
    assert forged.status_code == 422
    httpx.get(
        f"{home.admin_api_url}/v1/dw/overview%0A%0Dforged", headers={"Authorization": f"Bearer x{home.admin_token}"}
    )
    secrets = [*home.passwords.values(), home.admin_token]
    for log in home.logs.glob("*.log"):
        text = log.read_text(errors="replace")
        assert [secret for secret in secrets if secret in text] == [], f"{log} has a secret"
        assert not re.search(r"^forged|^{\"level\": \"ERROR\", \"message\": \"forged\"", text, re.M), log
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().decode(errors="replace")
        except OSError:
            continue
        assert [secret for secret in secrets if secret in line] == [], (
            f"a secret is in a list of processes: {line[:80]}"
        )
