"""A visitor comes by a campaign, looks, buys, returns the order: the warehouse holds exactly that, in one session."""

import asyncio
from dataclasses import dataclass
from time import monotonic

import pytest
from playwright.async_api import Page, expect

from .conftest import Shop

pytestmark = pytest.mark.stack

CAMPAIGN = "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn"
PASSWORD = "Correct-Horse-9"
TOTAL = 26_490_000  # Aurora 14, reduced, one of them: delivery is free
# Names of the contract that come by themselves with every page.
_BY_ITSELF = ("page_view", "page_leave", "click")
EXPECTED = [
    *("home_view", "category_view", "search", "product_view", "wishlist_toggle", "share_click"),
    *("add_to_cart_click", "add_to_cart_click", "remove_from_cart_click"),
    *(
        "login_open",
        "login_open",
        "login_success",
        "checkout_start",
        "checkout_complete",
        "refund",
        "logout",
        "home_view",
    ),
]


@dataclass(frozen=True)
class Walked:
    """What a visit left in the browser."""

    order_id: str
    customer_id: str
    problems: list[str]
    serious: list[tuple[str, str, list[str]]]


async def _sign_up(page: Page, email: str) -> None:
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.click("#sign-up")
    await page.fill("#code", "123456")
    await page.click("#confirm")


async def _pay(page: Page, number: str) -> None:
    await page.fill("#number", number)
    await page.fill("#expiry", "12/99")
    await page.fill("#code", "123")
    await page.click("#pay")


async def _walk(shop: Shop) -> Walked:
    context, page, problems = await shop.visitor()
    await page.goto(f"{shop.url}/{CAMPAIGN}")
    await page.click("#consent-yes")
    await page.click("nav >> text=Laptops")
    await expect(page.locator("h1")).to_have_text("Laptops")
    await page.fill("#q", "aurora 14")
    await page.press("#q", "Enter")
    await page.click("article >> text=Aurora 14")
    await expect(page.locator("h1")).to_have_text("Aurora 14")
    await page.click("button:has-text('Add to wish list')")
    # What is shown runs ahead of the answer; the number in the header does not.
    await expect(page.locator("header >> [aria-label='Wish list: 1']")).to_be_visible()
    await page.click("#share-copy")
    await page.click("#add-to-cart")
    await page.click("main >> text=Cart →")
    await expect(page.locator("h1")).to_have_text("Cart")  # the product's page has a quantity too
    quantity = page.locator("main select")
    await quantity.select_option("2")
    await expect(page.locator("#total")).to_have_text("₫52,980,000")
    await quantity.select_option("1")
    await expect(page.locator("#total")).to_have_text("₫26,490,000")
    serious = await shop.serious(page)
    await page.click("#checkout")
    await page.click("main >> text=Create account")
    await expect(page.locator("h1")).to_have_text("Create account")
    await _sign_up(page, "lan@example.com")
    for name, text in {"recipient": "Lan Trần", "phone": "0912 345 678", "address": "1 Lê Lợi", "city": "Huế"}.items():
        await page.fill(f"#{name}", text)
    serious += await shop.serious(page)
    await page.click("#place-order")
    await _pay(page, "4000 0000 0000 0002")
    await expect(page.locator("main [role=alert]")).to_contain_text("declined")
    serious += await shop.serious(page)
    await _pay(page, "4242 4242 4242 4242")
    await expect(page.locator("#thanks")).to_have_text("Thank you, Lan Trần!")
    order_id = page.url.split("/orders/")[1].split("?")[0]
    await page.click("#refund")
    await expect(page.locator("#status")).to_contain_text("Refunded")
    serious += await shop.serious(page)
    tokens = [each for each in await context.cookies() if each.get("name", "").endswith(".idToken")]
    customer_id = await page.evaluate("(token) => JSON.parse(atob(token.split('.')[1])).sub", tokens[0].get("value"))
    await page.click("summary")
    # The home page is drawn after the header says that nobody is signed in.
    async with page.expect_request(lambda request: "home_view" in (request.post_data or ""), timeout=30_000):
        await page.click("#sign-out")
        await expect(page.locator("header >> text=Sign in").first).to_be_visible()
    # Not wait_for_function, which the shop's Content-Security-Policy forbids.
    deadline = monotonic() + 20
    while await page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('clickstream.event.'))"):
        assert monotonic() < deadline, "events still wait in the browser"
        await asyncio.sleep(0.2)
    await context.close()
    return Walked(order_id, customer_id, problems, serious)


def test_the_warehouse_holds_the_visit_in_one_session_with_channel_order_and_revenue(shop: Shop) -> None:
    walked = shop.chromium.run(_walk(shop), 150)
    shop.eventually("SELECT 1 FROM clickstream_events WHERE event_name = 'home_view' HAVING count(*) = 2")

    names = [
        name
        for (name,) in shop.rows(
            "SELECT event_name FROM clickstream_events WHERE NOT event_name = ANY(%s) ORDER BY sequence",
            list(_BY_ITSELF),
        )
    ]
    assert names == EXPECTED
    assert len(shop.rows("SELECT DISTINCT session_id FROM clickstream_events")) == 1
    sequences = [number for (number,) in shop.rows("SELECT sequence FROM clickstream_events ORDER BY sequence")]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences))), "an event is missing or doubled"

    ((channel, campaign),) = shop.eventually("SELECT channel, utm_campaign FROM sessions")
    assert (channel, campaign) == ("Email", "autumn")
    # The shop's ids are the warehouse's.
    assert shop.rows("SELECT DISTINCT user_id, identity_source FROM clickstream_events WHERE user_id IS NOT NULL") == [
        (walked.customer_id, "cognito")
    ]
    assert shop.rows(
        "SELECT event_name, order_id, total::bigint, currency, user_id FROM order_events ORDER BY event_timestamp"
    ) == [
        ("checkout_complete", walked.order_id, TOTAL, "VND", walked.customer_id),
        ("refund", walked.order_id, TOTAL, "VND", walked.customer_id),
    ]
    assert shop.rows(
        "SELECT sum(viewed)::int, sum(product_viewed)::int, sum(added_to_cart)::int, sum(checked_out)::int,"
        " sum(purchased)::int FROM funnel_daily"
    ) == [(1, 1, 1, 1, 1)]
    assert walked.problems == []
    assert walked.serious == []


def test_a_refused_visitor_shops_and_sends_nothing(shop: Shop) -> None:
    async def walk() -> list[str]:
        context, page, _ = await shop.visitor()
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if "/clickstream" in request.url else None)
        await page.goto(f"{shop.url}/vi/p/lumen-glide")
        await page.click("text=Không >> nth=0")
        await page.click("#add-to-cart")
        await expect(page.locator("#cart-link")).to_have_attribute("aria-label", "Giỏ hàng: 1")
        await page.goto(f"{shop.url}/vi/cart")
        await asyncio.sleep(3)
        await context.close()
        return sent

    assert shop.chromium.run(walk(), 60) == []


def test_addresses_get_a_language_and_keep_the_campaign(shop: Shop) -> None:
    async def follow() -> str:
        context = await shop.chromium.browser.new_context(locale="vi-VN")
        page = await context.new_page()
        await page.goto(f"{shop.url}/p/aurora-14{CAMPAIGN}")
        url = page.url
        await context.close()
        return url

    assert shop.chromium.run(follow(), 60) == f"{shop.url}/vi/p/aurora-14{CAMPAIGN}"
