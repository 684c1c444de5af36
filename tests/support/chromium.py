"""Headless Chromium for asynchronous tests, in a thread of its own: others of the session drive one synchronously."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM = "/usr/bin/chromium"
# Headless Chromium's own says so, and is taken for a robot. Not set for a context: requests that outlive their page
# would go out with the browser's own.
_USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_ARGUMENTS = [
    f"--user-agent={_USER_AGENT}",
    *("--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
_T = TypeVar("_T")


class Chromium:
    """A browser, and the loop that drives it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, browser: Browser) -> None:
        self._loop = loop
        self.browser = browser

    def run(self, walk: Coroutine[Any, Any, _T], seconds: float = 120) -> _T:
        """Run to its end; fails after the time."""
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(walk, seconds), self._loop).result()


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """Start Chromium; skips the test where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(walk: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(walk, loop).result(60)

    async def start() -> tuple[Any, Browser]:
        playwright = await async_playwright().start()
        return playwright, await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)

    async def stop() -> None:
        await browser.close()
        await playwright.stop()

    playwright, browser = run(start())
    try:
        yield Chromium(loop, browser)
    finally:
        run(stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
