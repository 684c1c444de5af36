"""What only a browser shows of pages: views, clicks, reading, routes, React."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from .conftest import KEPT, NOTHING_WAITS, QUICK, TRACKER, Stage

pytestmark = pytest.mark.stack

Plain = Callable[..., str]
_HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_visit_of_a_plain_page_is_one_session_with_all_that_happened(stage: Stage, plain: Plain) -> None:
    url = plain(
        "/laptops",
        before="""<script>(window.clickstream = []).push(["productView", {id: "laptop-14", price: 1299}])</script>""",
        body="<button id=buy><b>Buy</b>\n now</button>",
    )

    async def walk() -> None:
        context = await stage.visitor("plain")
        page = await context.new_page()
        await page.goto(url + "?utm_source=newsletter&utm_medium=email#reviews")
        await page.wait_for_function("!!window.clickstream.track")
        await page.click("#buy")
        await page.evaluate("clickstream.addToCart({id: 'laptop-14', price: 1299}, 2)")
        await page.goto("about:blank")
        await stage.arrives("plain", "page_leave")
        await context.close()

    stage.play(walk())
    books = stage.load()
    rows = stage.events("event_name, sequence, page_url, utm_source, locale, is_bot, properties, session_id")
    assert [row[:2] for row in rows] == list(
        zip(["page_view", "product_view", "click", "add_to_cart_click", "page_leave"], range(5), strict=True)
    )
    assert {row[2] for row in rows} == {url + "?utm_source=newsletter&utm_medium=email"}
    assert rows[0][3:6] == ("newsletter", "vi-VN", False)
    assert rows[2][6]["element"] == {"tag": "button", "id": "buy", "role": None, "text": "Buy now", "dataset": {}}
    assert rows[4][6]["engagement"]["scrollDepth"] == 100
    assert 0 < rows[4][6]["engagement"]["activeMs"] < 30_000
    assert len({row[7] for row in rows}) == 1
    assert stage.warehouse.rows("SELECT product_id, quantity FROM event_items WHERE quantity IS NOT NULL") == [
        ("laptop-14", 2)
    ]
    assert (books["loaded"], books["rejected"]) == (5, 0)


def test_clicks_tell_what_was_clicked_and_never_what_was_typed(stage: Stage) -> None:
    stage.site.pages["/form"] = (
        stage.site.pages["*"]
        + """
      <a href="#a" id="link" data-position="3"><span>Aurora   14</span></a>
      <form onsubmit="return false">
        <input id="card" value="4111-secret">
        <button id="pay" type="submit">Pay</button>
        <div role="button" id="box">about <textarea>secret-note</textarea></div>
        <div contenteditable><button id="rich">secret-draft</button></div>
        <input type="submit" id="send" value="secret-label">
      </form>
      <p id="text">no link</p>
      <section data-clickstream="off"><button id="private">secret-button</button></section>"""
    )
    ids = ["link", "card", "pay", "rich", "send", "text", "private"]

    async def walk() -> None:
        context = await stage.visitor("form", **QUICK)
        page = await context.new_page()
        await stage.open(page, "/form")
        await page.fill("#card", "secret-number")
        for each in ids:
            await page.click(f"#{each}")
        await page.click("#box", position={"x": 2, "y": 2})
        await stage.arrives("form", '"id":"box"')
        await context.close()

    stage.play(walk())
    clicks = {event["element"]["id"]: event["element"] for event in stage.named("form", "click")}
    assert list(clicks) == ["link", "card", "pay", "rich", "send", "box"]
    assert clicks["link"] == {
        "tag": "a", "id": "link", "role": None, "text": "Aurora 14", "dataset": {"position": "3"},
    }  # fmt: skip
    assert clicks["pay"]["text"] == "Pay"
    assert {each: clicks[each]["text"] for each in ("card", "rich", "send", "box")} == dict.fromkeys(
        ("card", "rich", "send", "box")
    )
    assert b"secret" not in stage.faults.stored["form"]


def test_routes_of_a_single_page_app_are_pages(stage: Stage) -> None:
    async def walk() -> None:
        context = await stage.visitor("routes", **QUICK)
        page = await context.new_page()
        await page.goto(stage.site.url + "/?q=1", referer="https://www.google.com/")
        await page.wait_for_function("!!window.shop")
        await page.evaluate("""() => {
          history.replaceState({ scroll: 1 }, "", location.href);   // as routers do all the time
          history.pushState(null, "", "#top");
          history.pushState(null, "", "/a");
          document.title = "A";                                     // after the address
          shop.productView({ id: "a" });
        }""")
        await page.wait_for_timeout(80)
        await page.evaluate("history.pushState(null, '', '/redirect'); history.replaceState(null, '', '/b')")
        await page.evaluate("document.title = 'B'")
        await page.wait_for_timeout(80)
        await page.go_back()
        await stage.arrives("routes", *[f'"sequence":{number},' for number in range(8)])
        await context.close()

    stage.play(walk())
    url = stage.site.url
    told = sorted(stage.stored("routes"), key=lambda event: event["sequence"])
    assert [(event["eventName"], event["pageUrl"], event["referrer"]) for event in told[:8]] == [
        ("page_view", f"{url}/?q=1", "https://www.google.com/"),
        ("page_leave", f"{url}/?q=1", "https://www.google.com/"),
        ("page_view", f"{url}/a", f"{url}/?q=1"),
        ("product_view", f"{url}/a", f"{url}/?q=1"),
        ("page_leave", f"{url}/a", f"{url}/?q=1"),
        ("page_view", f"{url}/b", f"{url}/redirect"),
        ("page_leave", f"{url}/b", f"{url}/redirect"),
        ("page_view", f"{url}/a", f"{url}/b"),
    ]
    assert told[2]["pageTitle"] == "A"


def test_reading_is_counted_while_it_can_be_seen(stage: Stage) -> None:
    stage.site.pages["/long"] = stage.site.pages["*"] + "<p style='height: 5000px'>"

    async def walk() -> None:
        context = await stage.visitor("long", **QUICK)
        page = await context.new_page()
        await stage.open(page, "/long")
        await page.wait_for_timeout(300)
        await page.evaluate("scrollTo(0, 2000)")
        await page.wait_for_timeout(100)
        await page.evaluate("scrollTo(0, 0)")
        await page.evaluate(_HIDE, True)
        await page.wait_for_timeout(700)
        await page.evaluate(_HIDE, False)
        await page.wait_for_timeout(200)
        await page.evaluate(_HIDE, True)
        await page.evaluate(_HIDE, True)
        await page.wait_for_timeout(100)
        await page.goto("about:blank")
        await stage.arrives("long", '"sequence":2,')
        await context.close()

    stage.play(walk())
    first, second = (event["engagement"] for event in stage.named("long", "page_leave"))
    assert 380 <= first["activeMs"] < 680
    assert 190 <= second["activeMs"] < 480
    assert 50 <= first["scrollDepth"] <= 57  # (2,000 + 720) of about 5,060


def test_a_page_that_comes_back_from_the_cache_is_seen_again(stage: Stage) -> None:
    async def walk() -> None:
        context = await stage.visitor("cache", **QUICK)
        page = await context.new_page()
        await stage.open(page)
        await stage.arrives("cache", '"sequence":0,')  # a page that has been left was seen before
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        await stage.arrives("cache", '"sequence":1,')
        await context.close()

    stage.play(walk())
    assert stage.names("cache") == ["page_view", "page_view"]


def test_a_prerendered_page_is_seen_when_it_is_shown(stage: Stage) -> None:
    async def walk() -> list[str]:
        prerendering = "Object.defineProperty(document, 'prerendering', { value: true, configurable: true });"
        context = await stage.visitor("prerendered", prerendering, **QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.wait_for_timeout(150)
        before = await page.evaluate(KEPT)
        await page.evaluate("""() => {
          Object.defineProperty(document, "prerendering", { value: false });
          document.dispatchEvent(new Event("prerenderingchange"));
        }""")
        await stage.arrives("prerendered", "page_view")
        await context.close()
        return before

    assert stage.play(walk()) == []
    assert stage.names("prerendered") == ["page_view"]


@pytest.fixture
def react_app(stage: Stage, tmp_path: Path) -> Stage:
    """The small app of the tracker's tests at /product-1."""
    bundle = tmp_path / "app" / "app.js"
    esbuild = TRACKER / "node_modules" / ".bin" / "esbuild"
    command = [esbuild, "test/react-app.tsx", "--bundle", "--jsx=automatic", f"--outfile={bundle}", "--log-level=error"]
    subprocess.run([*command, '--define:process.env.NODE_ENV="development"'], cwd=TRACKER, check=True)
    stage.site.folders["app"] = bundle.parent
    stage.site.pages["/product-1"] = (
        f'<!doctype html><div id="root" data-endpoint="{stage.endpoint}?visit=react"></div>'
        '<script src="/app/app.js"></script>'
    )
    return stage


def test_in_react_each_page_is_seen_once_and_before_what_is_on_it(react_app: Stage) -> None:
    stage = react_app

    async def walk() -> list[str]:
        context = await stage.visitor("react")
        page: Page = await context.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        await page.goto(stage.site.url + "/product-1")
        await stage.arrives("react", "product_view")
        await page.click("button")
        await stage.arrives("react", '"product-2"')
        # Stored, but has the page heard it? What it leaves without an answer it sends once more.
        await page.wait_for_function(NOTHING_WAITS, polling=10)
        await page.goto("about:blank")
        await stage.arrives("react", '"sequence":5,')
        await context.close()
        return thrown

    assert stage.play(walk()) == []
    told = sorted(stage.stored("react"), key=lambda event: event["sequence"])
    assert [(event["eventName"], event["pageUrl"].rpartition("/")[2], event["pageTitle"]) for event in told] == [
        ("page_view", "product-1", "product-1"),
        ("product_view", "product-1", "product-1"),
        ("page_leave", "product-1", "product-1"),
        ("page_view", "product-2", "product-2"),
        ("product_view", "product-2", "product-2"),
        ("page_leave", "product-2", "product-2"),
    ]
