"""A shop's pages with the tracker, the real collector behind faults, the real ETL, and Chromium to visit them."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from chromium import Chromium, running_chromium
from faulty_collector import Faults, running_collector
from playwright.async_api import Browser, BrowserContext, Page
from shop_site import Site, running_site

from etl.app import make_logger
from etl.runner import Runner
from etl.settings import Settings
from lake import open_lake

TRACKER = Path(__file__).parents[2] / "packages" / "tracker"
DIST = TRACKER / "dist"
QUICK = {"batchMs": 30}
"""Options of a tracker that does not let a test wait."""
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('clickstream.')).sort()"
"""What the tracker keeps in a page's storage: the keys."""
NOTHING_WAITS = "() => !Object.keys(localStorage).some((key) => key.startsWith('clickstream.event.'))"
"""Whether the tracker has heard of all its events that they are stored."""

# With the module, so that a test can set it up, or (`setup.script`) with the script that is set up by its tag.
_PAGE = """<!doctype html><html lang="vi"><title>A shop</title>
<a id="next" href="/next">Next page</a>
<script>
  window.told = [];
  const endpoint = "ENDPOINT?visit=" + window.visit;
  if (window.setup.script) {
    const tag = document.createElement("script");
    tag.src = "/dist/clickstream.js";
    tag.dataset.endpoint = endpoint;
    tag.onload = () => (window.shop = window.clickstream);
    document.head.append(tag);
  } else import("/dist/index.js").then(({ createTracker }) => {
    const onError = (message) => window.told.push(message);
    window.shop = createTracker({ endpoint, onError, ...window.setup });
  });
</script>"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the proof that nothing is lost."""
    parser.addoption("--sessions", type=int, default=None, help="how many visits the tracker's proof makes")
    parser.addoption("--first-session", type=int, default=None, help="where their numbers, their seeds, begin")


@dataclass(frozen=True)
class Stage:
    """What a test of the tracker plays on."""

    chromium: Chromium
    site: Site
    endpoint: str
    faults: Faults
    lake_url: str
    warehouse: Any

    @property
    def browser(self) -> Browser:
        """The browser; use it within `play`."""
        return self.chromium.browser

    def play(self, walk: Any, seconds: float = 120) -> Any:
        """Run a test's asynchronous part."""
        return self.chromium.run(walk, seconds)

    async def visitor(self, visit: str, before: str = "", **setup: Any) -> BrowserContext:
        """A browser without memory. ``setup`` are options of its pages' trackers, ``before`` runs in them first.

        With ``script`` its pages use the script's tag.
        """
        context = await self.browser.new_context(locale="vi-VN")
        await context.add_init_script(
            f"window.visit = {json.dumps(visit)}; window.setup = {json.dumps(setup)}; {before}"
        )
        return context

    async def open(self, page: Page, path: str = "/") -> None:
        """Open a page of the site, and wait for its tracker."""
        await page.goto(self.site.url + path)
        await page.wait_for_function("!!window.shop", polling=10)

    async def has_come(self, visit: str, *texts: str, seconds: float = 45) -> bool:
        """Wait until the collector has stored bodies with these texts; says whether it has in time."""
        deadline = monotonic() + seconds
        while self._missing(visit, texts):
            if monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    async def arrives(self, visit: str, *texts: str, seconds: float = 45) -> None:
        """Wait until the collector has stored bodies with these texts; fails where it has not in time."""
        come = await self.has_come(visit, *texts, seconds=seconds)
        assert come, f"visit {visit}: not at the collector after {seconds} s: {self._missing(visit, texts)}"

    def _missing(self, visit: str, texts: Iterable[str]) -> list[str]:
        return [text for text in texts if not self.faults.has(visit, text)]

    def stored(self, visit: str) -> list[dict[str, Any]]:
        """The events that the collector has stored of a visit, in the order of their receipt."""
        text, position, found = self.faults.stored[visit].decode(), 0, []
        while position < len(text):
            envelope, position = json.JSONDecoder().raw_decode(text, position)
            found += envelope["events"]
        return found

    def names(self, visit: str) -> list[str]:
        """Names of a visit's stored events in the order of their sequence, but for leaves: closing a browser is one."""
        told = sorted(self.stored(visit), key=lambda event: event["sequence"])
        return [event["eventName"] for event in told if event["eventName"] != "page_leave"]

    def named(self, visit: str, name: str) -> list[dict[str, Any]]:
        """A visit's stored events of one name."""
        return [event for event in self.stored(visit) if event["eventName"] == name]

    def load(self) -> dict[str, int]:
        """Run the ETL over the whole lake; the books' sums."""
        settings = Settings(
            lake_url=self.lake_url, warehouse_url=self.warehouse.role_url("clickstream_etl"), log_level="ERROR"
        )
        Runner(settings, open_lake(self.lake_url), make_logger(settings)).range(None, None)
        ((collected, loaded, duplicates, rejected, withheld),) = self.warehouse.rows(
            "SELECT sum(collected)::int, sum(loaded)::int, sum(duplicates)::int, sum(rejected)::int, sum(withheld)::int"
            " FROM etl.windows"
        )
        return {
            "collected": collected, "loaded": loaded, "duplicates": duplicates,
            "rejected": rejected, "withheld": withheld,
        }  # fmt: skip

    def events(self, columns: str = "event_name", where: str = "true") -> list[Any]:
        """Loaded events in the order of their sequence; bare values where one column is asked for."""
        rows = self.warehouse.rows(
            f"SELECT {columns} FROM clickstream_events WHERE {where} ORDER BY session_id, sequence, event_id"
        )
        return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Headless Chromium."""
    with running_chromium() as running:
        yield running


@pytest.fixture
def stage(chromium: Chromium, warehouse: Any, tmp_path: Path) -> Iterator[Stage]:
    """Everything, with an empty lake and an empty warehouse."""
    if not (DIST / "clickstream.js").exists():
        pytest.skip("packages/tracker/dist is missing: run `make test-tools`")
    lake_url = f"file://{tmp_path}/lake"
    faults = Faults()
    with running_site() as site, running_collector(open_lake(lake_url), faults) as endpoint:
        site.folders["dist"] = DIST
        site.pages["*"] = _PAGE.replace("ENDPOINT", endpoint)
        yield Stage(chromium, site, endpoint, faults, lake_url, warehouse)


@pytest.fixture
def plain(stage: Stage) -> Callable[..., str]:
    """Puts a page at a path that has the script's tag; returns its address."""

    def put(path: str, body: str = "", attributes: str = "", before: str = "", **headers: str) -> str:
        stage.site.pages[path] = (
            f"<!doctype html><title>{path}</title>{before}"
            f'<script async src="/dist/clickstream.js" data-endpoint="{stage.endpoint}?visit=plain" {attributes}>'
            f"</script>{body}"
        )
        stage.site.headers[path] = {name.replace("_", "-"): value for name, value in headers.items()}
        return stage.site.url + path

    return put
