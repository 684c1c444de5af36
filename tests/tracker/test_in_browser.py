"""What only a browser shows, through the real collector, and to the warehouse where that says more."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from faulty_collector import running_collector
from playwright.async_api import Page

from lake import open_lake

from .conftest import TRACKER, Stage

pytestmark = pytest.mark.stack

Plain = Callable[..., str]
_QUICK = {"batchMs": 30}
_HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('clickstream.')).sort()"


def names(stage: Stage, visit: str) -> list[str]:
    """Names of a visit's stored events in the order of their sequence, but for leaves: closing a browser is one."""
    told = sorted(stage.stored(visit), key=lambda event: event["sequence"])
    return [event["eventName"] for event in told if event["eventName"] != "page_leave"]


def named(stage: Stage, visit: str, name: str) -> list[dict]:
    """A visit's stored events of one name."""
    return [event for event in stage.stored(visit) if event["eventName"] == name]


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
        context = await stage.visitor("form", **_QUICK)
        page = await context.new_page()
        await stage.open(page, "/form")
        await page.fill("#card", "secret-number")
        for each in ids:
            await page.click(f"#{each}")
        await page.click("#box", position={"x": 2, "y": 2})
        await stage.arrives("form", '"id":"box"')
        await context.close()

    stage.play(walk())
    clicks = {event["element"]["id"]: event["element"] for event in named(stage, "form", "click")}
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
        context = await stage.visitor("routes", **_QUICK)
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
        context = await stage.visitor("long", **_QUICK)
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
    first, second = (event["engagement"] for event in named(stage, "long", "page_leave"))
    assert 380 <= first["activeMs"] < 680
    assert 190 <= second["activeMs"] < 480
    assert 50 <= first["scrollDepth"] <= 57  # (2,000 + 720) of about 5,060


def test_a_page_that_comes_back_from_the_cache_is_seen_again(stage: Stage) -> None:
    async def walk() -> None:
        context = await stage.visitor("cache", **_QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        await stage.arrives("cache", '"sequence":1,')
        await context.close()

    stage.play(walk())
    assert names(stage, "cache") == ["page_view", "page_view"]


def test_a_prerendered_page_is_seen_when_it_is_shown(stage: Stage) -> None:
    async def walk() -> list[str]:
        prerendering = "Object.defineProperty(document, 'prerendering', { value: true, configurable: true });"
        context = await stage.visitor("prerendered", prerendering, **_QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.wait_for_timeout(150)
        before = await page.evaluate(_KEPT)
        await page.evaluate("""() => {
          Object.defineProperty(document, "prerendering", { value: false });
          document.dispatchEvent(new Event("prerenderingchange"));
        }""")
        await stage.arrives("prerendered", "page_view")
        await context.close()
        return before

    assert stage.play(walk()) == []
    assert names(stage, "prerendered") == ["page_view"]


def test_nothing_is_stored_or_sent_before_consent(stage: Stage) -> None:
    async def walk() -> tuple[list[str], list[str]]:
        context = await stage.visitor("consent", consentRequired=True, **_QUICK)
        page, other = await context.new_page(), await context.new_page()
        await stage.open(page)
        await stage.open(other, "/other")
        await page.evaluate("shop.loginSuccess('u-1', { identitySource: 'cognito' })")
        await page.wait_for_timeout(150)
        before = await page.evaluate(_KEPT)
        assert stage.faults.requests["consent"] == 0
        await page.evaluate("shop.setConsent(true)")
        await stage.arrives("consent", "login_success")
        await other.evaluate("shop.track('later')")
        await stage.arrives("consent", "later", "/other")
        await other.evaluate("shop.track('withdrawn'); shop.setConsent(false)")
        await page.evaluate("shop.track('never')")
        await page.wait_for_timeout(150)
        after = await page.evaluate(_KEPT)
        await stage.open(page, "/again")
        await page.wait_for_timeout(150)
        await context.close()
        return before, after

    assert stage.play(walk()) == ([], ["clickstream.consent"])
    assert names(stage, "consent") == ["page_view", "login_success", "page_view", "later"]
    assert {event["consent"]["analytics"] for event in stage.stored("consent")} == {True}
    assert named(stage, "consent", "login_success")[0]["userId"] == "u-1"


@pytest.mark.parametrize("honour", [True, False])
def test_privacy_signals_count_where_the_shop_says_so(stage: Stage, honour: bool) -> None:
    visit = f"signal-{honour}"

    async def walk() -> None:
        signal = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });"
        context = await stage.visitor(visit, signal, honourPrivacySignals=honour, **_QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.wait_for_timeout(200)
        await page.evaluate("shop.setConsent(true); shop.track('agreed')")
        await stage.arrives(visit, "agreed")
        await context.close()

    stage.play(walk())
    assert names(stage, visit) == (["agreed"] if honour else ["page_view", "agreed"])


def test_who_logged_in_is_known_on_later_pages_until_they_log_out(stage: Stage) -> None:
    async def walk() -> None:
        context = await stage.visitor("user", pages=False, **_QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.evaluate("shop.track('before'); shop.loginSuccess('u-1', { identitySource: 'cognito' })")
        await stage.open(page, "/account")
        await page.evaluate("shop.track('account'); shop.logout(); shop.track('after')")
        await page.evaluate("shop.reset(); shop.track('stranger')")
        await stage.arrives("user", "stranger")
        await context.close()

    stage.play(walk())
    stage.load()
    rows = stage.warehouse.rows(
        "SELECT event_name, user_id, user_login_state, identity_source, is_first_visit FROM clickstream_events"
        " ORDER BY event_timestamp, event_id"
    )
    assert rows == [
        ("before", None, "anonymous", None, True),
        ("login_success", "u-1", "logged_in", "cognito", True),
        ("account", "u-1", "logged_in", "cognito", True),
        ("logout", "u-1", "logged_in", "cognito", True),
        ("after", None, "anonymous", None, True),
        ("stranger", None, "anonymous", None, True),
    ]
    assert stage.warehouse.value("SELECT count(DISTINCT client_id) FROM clickstream_events") == 2


def test_the_write_key_goes_along(stage: Stage, tmp_path: Path) -> None:
    key = "a key of the shop's+own"[:23].replace(" ", "-")
    lake = open_lake(f"file://{tmp_path}/keyed")
    with running_collector(lake, stage.faults, write_keys=(key,)) as endpoint:

        async def walk() -> None:
            context = await stage.visitor("", writeKey=key, endpoint=endpoint, **_QUICK)
            page = await context.new_page()
            await stage.open(page)
            await stage.arrives("", "page_view")
            await context.close()

        stage.play(walk())
    assert names(stage, "") == ["page_view"]


@pytest.mark.parametrize("without_locks", [False, True])
def test_of_two_tabs_one_sends_at_a_time(stage: Stage, without_locks: bool) -> None:
    visit = f"tabs-{without_locks}"
    stage.faults.orders[visit] = ["slow"] * 4

    async def walk() -> None:
        before = "Object.defineProperty(navigator, 'locks', { value: undefined });" if without_locks else ""
        context = await stage.visitor(visit, before, **_QUICK)
        pages = [await context.new_page() for _ in range(2)]
        for page in pages:
            await stage.open(page)
        for burst in range(3):
            for page in pages:
                await page.evaluate("(n) => { for (let i = 0; i < 8; i++) shop.track(`burst_${n}`) }", burst)
            await pages[0].wait_for_timeout(150)
        await pages[0].wait_for_function("Object.keys(localStorage).every((key) => !key.includes('.event.'))")
        await context.close()

    stage.play(walk())
    ids = [event["eventId"] for event in stage.stored(visit) if event["eventName"] != "page_leave"]
    assert len(ids) == len(set(ids)) == 2 + 48


def test_an_event_that_cannot_be_taken_does_not_hold_up_the_others(stage: Stage) -> None:
    async def walk() -> list[str]:
        context = await stage.visitor("poison", **_QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.evaluate("""() => {
          let deep = {};
          for (let depth = 0; depth < 3000; depth++) deep = { deep };
          shop.track("first");
          shop.track("deep", { properties: deep });
          shop.track("large", { properties: { text: "x".repeat(1.2e6) } });
          shop.track("no name!");
          shop.track("last");
        }""")
        await stage.arrives("poison", "first", "last")
        await page.wait_for_function("Object.keys(localStorage).every((key) => !key.includes('.event.'))")
        told = await page.evaluate("told")
        await context.close()
        return told

    told = stage.play(walk())
    assert {message.removeprefix("clickstream: ") for message in told} == {"dropped: unreadable", "rejected"}
    stored = [name for name in names(stage, "poison") if name != "no name!"]
    assert stored == ["page_view", "first", "last"]


def test_nothing_that_the_shop_does_wrong_is_thrown_at_it(stage: Stage) -> None:
    async def walk() -> tuple[list[str], list[str]]:
        context = await stage.visitor("wrong", **_QUICK)
        page = await context.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        await stage.open(page)
        await page.evaluate("""() => {
          const circle = {};
          circle.circle = circle;
          shop.track("circle", { properties: circle });
          shop.checkoutStart({});
          shop.purchase();
          shop.track();
          shop.identify("u-1", null);
        }""")
        # Storage is full: what no longer fits is kept in memory, and sent.
        await page.evaluate("""() => {
          let text = "x".repeat(1 << 20);
          while (text)
            try {
              localStorage["shop" + localStorage.length] = text;
            } catch {
              text = text.slice(0, text.length >> 1);
            }
          shop.track("full");
        }""")
        await stage.arrives("wrong", "full")
        told = await page.evaluate("told")
        await context.close()
        return thrown, told

    thrown, told = stage.play(walk())
    assert thrown == []
    assert told.count("clickstream: failed") == 3


def test_a_tracker_whose_shop_answers_errors_with_errors_throws_nothing(stage: Stage, plain: Plain) -> None:
    url = plain("/broken", before="<script>console.warn = () => { throw new Error('of the shop') }</script>")
    stage.faults.orders["plain"] = ["failed"]

    async def walk() -> list[str]:
        context = await stage.visitor("broken")
        page = await context.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        await page.goto(url)
        await page.wait_for_function("!!window.clickstream")
        await page.evaluate("const circle = {}; circle.circle = circle; clickstream.track('a', circle)")
        await page.evaluate("clickstream.flush()")
        await page.wait_for_timeout(200)
        await context.close()
        return thrown

    assert stage.play(walk()) == []


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
