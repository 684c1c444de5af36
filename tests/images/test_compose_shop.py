"""The example shop of compose.yaml (`--profile shop`): its pages, its login, its events, and what it cannot reach."""

import pytest
from playwright.sync_api import Browser, expect

from .stack import Stack, eventually, status


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Stack:
    """The platform with the shop in front."""
    stack.compose("--profile", "shop", "up", "-d")
    eventually(lambda: status(f"{stack.url('STOREFRONT')}/health") == 200, 180)
    return stack


def test_a_customer_signs_up_and_what_they_did_is_in_the_warehouse(shop: Stack, browser: Browser) -> None:
    before = shop.totals()["loaded"]
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(f"{shop.url('STOREFRONT')}/en/p/aurora-14?utm_source=newsletter&utm_medium=email")
    page.click("#consent-yes")
    page.click("#add-to-cart")
    expect(page.locator("#cart-link")).to_have_attribute("aria-label", "Cart: 1")
    page.goto(f"{shop.url('STOREFRONT')}/en/sign-up")
    page.fill("#email", "lan@example.com")
    page.fill("#password", "Correct-Horse-9")
    page.click("#sign-up")
    page.fill("#code", "123456")
    page.click("#confirm")
    expect(page.locator("header")).to_contain_text("lan@example.com", timeout=30_000)
    page.goto("about:blank")
    context.close()
    assert thrown == []
    # Two views of pages at least, the product's, the cart, opening the login, its success.
    eventually(lambda: shop.totals()["loaded"] >= before + 6, 60)
    eventually(lambda: "aurora-14" in str(shop.ask("/v1/dw/products")), 30)


def test_the_shop_reaches_its_own_database_and_nothing_of_the_platforms_inside(shop: Stack) -> None:
    script = (
        "const net = require('net');"
        "for (const [host, port] of [['shop-database', 5432], ['warehouse', 5432], ['lake', 8333], ['etl', 8002],"
        " ['admin-api', 8003]]) { const s = net.connect({ host, port, timeout: 3000 }, () => { console.log(host);"
        " s.destroy(); }); s.on('error', () => {}); s.on('timeout', () => s.destroy()); }"
    )
    reached = shop.compose("--profile", "shop", "exec", "-T", "storefront", "node", "-e", script)
    assert reached.split() == ["shop-database"]
