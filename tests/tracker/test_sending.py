"""How events get to the collector, and what never happens to the shop's page meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest
from faulty_collector import running_collector

from lake import open_lake

from .conftest import QUICK, Stage

pytestmark = pytest.mark.stack

Plain = Callable[..., str]


def test_the_write_key_goes_along(stage: Stage, tmp_path: Path) -> None:
    key = "a key of the shop's+own"[:23].replace(" ", "-")
    lake = open_lake(f"file://{tmp_path}/keyed")
    with running_collector(lake, stage.faults, write_keys=(key,)) as endpoint:

        async def walk() -> None:
            context = await stage.visitor("", writeKey=key, endpoint=endpoint, **QUICK)
            page = await context.new_page()
            await stage.open(page)
            await stage.arrives("", "page_view")
            await context.close()

        stage.play(walk())
    assert stage.names("") == ["page_view"]


@pytest.mark.parametrize("without_locks", [False, True])
def test_of_two_tabs_one_sends_at_a_time(stage: Stage, without_locks: bool) -> None:
    visit = f"tabs-{without_locks}"
    stage.faults.orders[visit] = ["slow"] * 4

    async def walk() -> None:
        before = "Object.defineProperty(navigator, 'locks', { value: undefined });" if without_locks else ""
        context = await stage.visitor(visit, before, **QUICK)
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
        context = await stage.visitor("poison", **QUICK)
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
    stored = [name for name in stage.names("poison") if name != "no name!"]
    assert stored == ["page_view", "first", "last"]


def test_nothing_that_the_shop_does_wrong_is_thrown_at_it(stage: Stage) -> None:
    async def walk() -> tuple[list[str], list[str]]:
        context = await stage.visitor("wrong", **QUICK)
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
