"""Scripted visits with everything that goes wrong in browsers and networks: no event is lost, none is doubled.

Each visit marks events of its own; what counts in the end is what the warehouse holds.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from time import monotonic

import pytest
from playwright.async_api import BrowserContext, Error, Page

from .conftest import NOTHING_WAITS, Stage

pytestmark = pytest.mark.stack

_SESSIONS = 12  # in `make test`; `make test-tracker` asks for more
_AT_ONCE = 4
# A browser gives a page half a second for its last words. On a machine that is busy for longer some page does not come
# to say them; they are in its storage, and the shop's next page says them. Of how many visits one may be such.
_UNHEARD_OF = 100


@dataclass
class Visit:
    """One visitor, what they did, and what has to be in the warehouse for it."""

    stage: Stage
    name: str
    random: Random
    context: BrowserContext
    views: int = 0
    markers: list[str] = field(default_factory=list)
    comes_back: bool = False
    unheard: bool = False

    async def page(self, path: str = "/") -> Page:
        """Open a tab."""
        page = await self.context.new_page()
        await self.load(page, path)
        return page

    async def load(self, page: Page, path: str = "/") -> None:
        """Open a page in a tab: one more page view."""
        await self.stage.open(page, path)
        self.views += 1

    async def mark(self, page: Page, count: int, then: str = "") -> None:
        """Have the page send events, and do something in the same task."""
        made = [f"{self.name}-{len(self.markers) + index:03}-end" for index in range(count)]
        self.markers += made
        send = "made.forEach((marker) => shop.track('step', { properties: { marker } }));"
        await page.evaluate(f"(made) => {{ {send} {then} }}", made)

    async def route(self, page: Page) -> None:
        """Go on as a single-page app does: one more page view."""
        await page.evaluate("(to) => history.pushState(null, '', to)", f"/route-{self.views}")
        self.views += 1

    async def move_on(self, page: Page, count: int) -> None:
        """Mark events and navigate at once, in the middle of whatever is being sent."""
        async with page.expect_navigation():
            await self.mark(page, count, f"setTimeout(() => (location.href = '/moved-{self.views}'))")
        await page.wait_for_function("!!window.shop", polling=10)
        self.views += 1

    async def pause(self, longest: float = 0.15) -> None:
        """A moment of no particular length."""
        await asyncio.sleep(self.random.random() * longest)


async def browse(visit: Visit) -> None:
    """Pages and routes, left for another site. Nothing fails, so nothing needs a second visit."""
    page = await visit.page()
    for _ in range(visit.random.randint(1, 3)):
        await visit.mark(page, visit.random.randint(1, 4))
        await visit.pause()
        await (visit.route(page) if visit.random.random() < 0.5 else visit.load(page, "/more"))
    await visit.mark(page, 2)
    await page.goto("about:blank")


async def close(visit: Visit) -> None:
    """The tab is closed."""
    page = await visit.page()
    await visit.mark(page, visit.random.randint(1, 5))
    await visit.pause()
    async with page.expect_event("close"):
        await page.close(run_before_unload=True)


async def moving(visit: Visit) -> None:
    """Navigation in the middle of batches, while the collector fails now and then."""
    visit.stage.faults.shares[visit.name] = 0.3
    page = await visit.page()
    for _ in range(visit.random.randint(1, 3)):
        await visit.move_on(page, visit.random.choice((1, 5, 30, 60)))
        await visit.pause()
    await page.goto("about:blank")
    visit.comes_back = True


async def two_tabs(visit: Visit) -> None:
    """Two tabs at work at once; one goes, the other stays."""
    visit.stage.faults.shares[visit.name] = 0.2
    first = await visit.page()
    second = await visit.page("/second")
    for _ in range(visit.random.randint(1, 3)):
        await asyncio.gather(visit.mark(first, 3), visit.mark(second, 3))
        await visit.pause()
    await visit.mark(first, 25)
    await first.goto("about:blank")
    await visit.mark(second, 5)
    await visit.route(second)
    await second.goto("about:blank")
    visit.comes_back = True


async def offline(visit: Visit) -> None:
    """The network goes and comes back."""
    page = await visit.page()
    await visit.mark(page, 3)
    await visit.context.set_offline(True)
    await visit.mark(page, visit.random.randint(1, 30))
    await visit.pause()
    await visit.route(page)
    await visit.mark(page, 2)
    await visit.context.set_offline(False)
    await visit.mark(page, 1)
    await visit.stage.arrives(visit.name, visit.markers[-1])
    await visit.context.set_offline(True)
    await visit.mark(page, 4)
    await page.goto("about:blank")
    await visit.context.set_offline(False)
    visit.comes_back = True


async def unavailable(visit: Visit) -> None:
    """The collector is unavailable and says when to come back; the visitor does not wait for it."""
    visit.stage.faults.orders[visit.name] = ["unavailable"] * visit.random.randint(1, 3)
    page = await visit.page()
    await visit.mark(page, visit.random.choice((2, 25)))
    await visit.pause(0.5)
    if visit.random.random() < 0.5:
        await visit.move_on(page, 3)
        visit.comes_back = True
        await page.goto("about:blank")
    else:
        await visit.stage.arrives(visit.name, visit.markers[-1])
        await visit.mark(page, 2)
        await page.goto("about:blank")


async def without_storage(visit: Visit) -> None:
    """Storage is blocked (a sandboxed page); retries go on while the page lives, and what waits leaves with it."""
    visit.stage.faults.orders[visit.name] = visit.random.sample(("unavailable", "lost", "failed", "slow"), k=2)
    page = await visit.page("/sandboxed")
    await visit.mark(page, visit.random.choice((2, 22)))
    await visit.stage.arrives(visit.name, visit.markers[-1])
    visit.stage.faults.orders[visit.name] = []
    await visit.mark(page, 3)
    await visit.route(page)
    await page.goto("about:blank")


async def crash(visit: Visit) -> None:
    """The page's process dies, with requests under way or not."""
    visit.stage.faults.shares[visit.name] = 0.3
    page = await visit.page()
    await visit.mark(page, visit.random.choice((2, 20)))
    await visit.pause(0.1)
    async with page.expect_event("crash"):
        with pytest.raises(Error, match="crash"):
            await page.goto("chrome://crash")
    await page.close()
    visit.comes_back = True


_KINDS: tuple[Callable[[Visit], Awaitable[None]], ...] = (
    *(browse, close, moving, two_tabs, offline, unavailable, without_storage, crash, moving, two_tabs),
)


async def _visit(stage: Stage, number: int) -> tuple[str, Visit]:
    kind = _KINDS[number % len(_KINDS)]
    random = Random(number)  # noqa: S311 -- which visit does what is no secret
    scripted = kind is without_storage or random.random() < 0.3
    setup = {"script": True} if scripted else {"batchMs": random.choice((30, 200, 2000))}
    name = f"{kind.__name__}-{number}"
    context = await stage.visitor(name, **setup)
    visit = Visit(stage, name, random, context)
    try:
        await kind(visit)
        if not visit.comes_back:
            visit.unheard = not await stage.has_come(name, *visit.markers)
        if visit.comes_back or visit.unheard:
            stage.faults.shares[name] = 0
            stage.faults.orders[name] = []
            page = await visit.page("/back")
            await page.wait_for_function(NOTHING_WAITS, polling=50, timeout=60_000)
            await page.goto("about:blank")
            await stage.arrives(name, *visit.markers)
        # The last request of a page that is gone has no one to tell that it came.
        await asyncio.sleep(0.1)
    finally:
        await context.close()
    return kind.__name__, visit


def test_no_event_is_lost_or_doubled(stage: Stage, pytestconfig: pytest.Config) -> None:
    sessions = pytestconfig.getoption("--sessions", None) or _SESSIONS
    first = pytestconfig.getoption("--first-session", None) or 0
    stage.site.headers["/sandboxed"] = {"Content-Security-Policy": "sandbox allow-scripts"}
    stage.site.pages["/sandboxed"] = stage.site.pages["*"]
    started = monotonic()

    async def all_visits() -> list[tuple[str, Visit]]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> tuple[str, Visit]:
            async with gate:
                return await _visit(stage, number)

        return list(await asyncio.gather(*map(one, range(first, first + sessions))))

    visits = stage.play(all_visits(), seconds=120 + 10 * sessions)
    took = monotonic() - started
    books = stage.load()

    marked = Counter(stage.events("properties->>'marker'", "event_name = 'step'"))
    made = Counter(marker for _, visit in visits for marker in visit.markers)
    assert made.total() == len(made)
    assert marked == made
    unheard = [visit.name for _, visit in visits if visit.unheard]
    assert len(unheard) <= max(1, len(visits) // _UNHEARD_OF), unheard

    views = Counter(
        dict(
            stage.warehouse.rows(
                "SELECT client_id, count(*) FROM clickstream_events WHERE event_name = 'page_view' GROUP BY 1"
            )
        )
    )
    assert views.total() == sum(visit.views for _, visit in visits)

    numbers: dict[str, list[int]] = defaultdict(list)
    for session, sequence in stage.warehouse.rows("SELECT session_id, sequence FROM clickstream_events"):
        numbers[session].append(sequence)
    gaps = {session: sorted(found) for session, found in numbers.items() if set(found) != set(range(max(found) + 1))}
    assert not gaps
    assert len(numbers) == len(visits)
    assert (books["rejected"], books["withheld"]) == (0, 0)
    assert books["collected"] == books["loaded"] + books["duplicates"]

    twice = sum(len(found) - len(set(found)) for found in numbers.values())
    print(  # noqa: T201 -- the numbers are what the proof is run for
        f"\n{len(visits)} sessions in {took:.0f} s, {books['loaded']} events, each once; {books['duplicates']} copies "
        f"({books['duplicates'] / books['collected']:.1%}) known again; {stage.faults.requests.total()} requests, "
        f"faults {dict(stage.faults.done)}; {twice} sequence numbers given to two tabs; "
        f"last words that waited for another page: {unheard}"
    )
