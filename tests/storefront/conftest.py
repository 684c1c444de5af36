"""The platform with the example shop, as `clickstream up --storefront` starts it, and Chromium to visit it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
import pytest
from chromium import Chromium, running_chromium
from free_ports import free_ports
from playwright.async_api import BrowserContext, ConsoleMessage, Page

from clickstream.home import Home, open_home
from clickstream.storefront import missing

REPOSITORY = Path(__file__).parents[2]
_AXE = REPOSITORY / "storefront" / "node_modules" / "axe-core" / "axe.min.js"
_START_SECONDS = 240


@dataclass(frozen=True)
class Shop:
    """The running shop, the platform behind it, and a browser."""

    home: Home
    process: subprocess.Popen[bytes]
    chromium: Chromium

    @property
    def url(self) -> str:
        """Address of the shop."""
        return self.home.storefront_url

    async def visitor(self) -> tuple[BrowserContext, Page, list[str]]:
        """A browser without memory, a page of it, and what goes wrong in that page."""
        context = await self.chromium.browser.new_context(locale="en-GB", permissions=["clipboard-write"])
        page = await context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if self._is_problem(message) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return context, page, problems

    def _is_problem(self, message: ConsoleMessage) -> bool:
        # Amplify revokes tokens as it signs out, which moto cannot.
        of_login = f":{self.home.ports['shop-login']}/" in f"{message.location} {message.text}"
        return message.type == "error" and not of_login

    async def serious(self, page: Page) -> list[tuple[str, str, list[str]]]:
        """What axe finds serious or critical in a page as it is: address, rule, places."""
        await page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = await page.evaluate("axe.run().then((result) => result.violations)")
        return [
            (page.url, each["id"], [node["html"] for node in each["nodes"]])
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the warehouse, as the dashboard's read-only role sees them."""
        connection = psycopg2.connect(self.home.warehouse_url("clickstream_dashboard"))
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, parameters)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def eventually(self, query: str, *parameters: Any, seconds: float = 60) -> list[tuple[Any, ...]]:
        """The rows of a query, once there are any."""
        deadline = time.monotonic() + seconds
        while not (found := self.rows(query, *parameters)):
            assert time.monotonic() < deadline, f"after {seconds} s no rows: {query} {parameters}"
            time.sleep(0.5)
        return found


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """An empty platform with the shop; ticks every second."""
    if lacking := missing():
        pytest.skip("; ".join(lacking))
    # Not pytest's own folder, which is closed to the user that PostgreSQL runs as.
    with TemporaryDirectory(prefix="clickstream-shop-") as folder, running_chromium() as chromium:
        home = open_home(Path(folder), port_base=free_ports(10))
        said = home.path / "up.out"
        with said.open("wb") as stream:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-c", "from clickstream.cli import app; app()", "up", "--home", folder),
                    *("--storefront", "--no-dashboard", "--no-demo", "--tick-seconds", "1"),
                ],
                stdout=stream, stderr=stream, start_new_session=True,
            )  # fmt: skip
        try:
            deadline = time.monotonic() + _START_SECONDS
            while "Ctrl-C stops it" not in said.read_text():
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < deadline, said.read_text()
                time.sleep(0.2)
            yield Shop(home, process, chromium)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
