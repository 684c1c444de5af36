"""compose.yaml as a whole: events in at the collector, numbers out on the dashboard, nothing lost in between."""

import asyncio
import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect

from clickstream.line_source import LineSource
from clickstream.replay import Replay

from .stack import BROWSER, REPOSITORY, Stack, eventually, new_env, settings_of, status

_DATA = REPOSITORY.parent / "shared" / "data"
SHOP = _DATA / "shop-events-2022.ndjson.gz"
WEB = _DATA / "web-access-2015.ndjson.gz"


def test_every_secret_is_made_afresh_and_kept(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for file in (first, second, first):
        before = file.read_bytes() if file.exists() else None
        new_env(file)
        assert before in (None, file.read_bytes())
    assert first.stat().st_mode & 0o777 == 0o600
    secrets = {
        value
        for file in (first, second)
        for name, value in settings_of(file).items()
        if name.endswith(("_PASSWORD", "_KEY", "_TOKEN"))
    }
    assert len(secrets) == 16
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", secret) for secret in secrets)


def test_nothing_starts_without_secrets(engine: Any, tmp_path: Path) -> None:
    empty = tmp_path / "env"
    empty.touch()
    refused = engine.attempt("compose", "--env-file", str(empty), "-p", "clickstream-test-refused", "config")
    assert refused.returncode != 0
    assert "docker/new-env" in refused.stdout + refused.stderr


def test_an_event_gets_from_the_browser_into_the_warehouse(stack: Stack) -> None:
    before = stack.totals()["loaded"]
    assert stack.post({"eventName": "page_view", "pageUrl": "https://shop.example/", "clientId": "me"}) == 1
    eventually(lambda: stack.totals()["loaded"] == before + 1, 30)


@pytest.mark.skipif(not (SHOP.exists() and WEB.exists()), reason=f"real events are not at hand: {_DATA}")
def test_real_events_are_in_the_books_and_in_the_numbers(stack: Stack) -> None:
    before = stack.totals()["collected"]
    replay = Replay(stack.url("COLLECTOR"))

    async def post() -> None:
        async with httpx.AsyncClient(timeout=60, headers={"User-Agent": BROWSER}) as client:
            for file in (SHOP, WEB):
                await replay.send(client, LineSource(str(file)), lambda _: None)

    asyncio.run(post())
    assert replay.delivered.accepted == replay.lines == 4537
    eventually(lambda: stack.totals()["collected"] == before + replay.lines, 60)

    assert stack.totals()["loaded"] == before + replay.lines
    current = stack.ask("/v1/dw/overview", bots="true")["current"]
    assert current["events"] == before + replay.lines
    orders = _orders()
    assert current["orders"] == len(orders)
    assert current["revenue"] == pytest.approx(sum(total for total, currency in orders if currency == "EUR"))


def test_the_dashboard_shows_the_numbers_of_the_admin_api(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    current = stack.ask("/v1/dw/overview")["current"]
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1360, "height": 900})
    page.on("console", lambda message: _note(message, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{stack.url('DASHBOARD')}/?page=overview")
    visitors = current["visitors"]
    shown = f"{visitors / 1000:.1f}k" if visitors >= 1000 else str(visitors)
    expect(page.locator("body")).to_contain_text(re.compile(rf"Visitors\s*{shown}\b"), timeout=30_000)
    expect(page.locator("body")).to_contain_text(re.compile(rf"Orders\s*{current['orders']}\b"))
    expect(page.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(1500)  # the charts' animation
    page.screenshot(path=tmp_path / "overview.png")
    page.close()
    assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error":
        complaints.append(message.text)


def _orders() -> list[tuple[float, str]]:
    """Total and currency of each order of the shop's file, by the order's id."""
    with gzip.open(SHOP, "rt", encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    orders = [event["order"] for event in events if event["eventName"] == "checkout_complete"]
    return list({order["id"]: (order["total"], order["currency"]) for order in reversed(orders)}.values())


def test_the_collector_reaches_the_lake_and_nothing_else_of_the_inside(stack: Stack) -> None:
    script = (
        "import socket\n"
        "for name, port in (('lake', 8333), ('warehouse', 5432), ('etl', 8002), ('admin-api', 8003)):\n"
        "    try:\n"
        "        socket.create_connection((name, port), 3).close()\n"
        "        print(name)\n"
        "    except OSError:\n"
        "        pass\n"
    )
    assert stack.compose("exec", "-T", "collector", "python", "-c", script).split() == ["lake"]
    assert stack.compose("exec", "-T", "etl", "python", "-c", script).split() == [
        "lake",
        "warehouse",
        "etl",
        "admin-api",
    ]


def test_events_that_come_while_the_warehouse_is_away_are_loaded_when_it_is_back(stack: Stack) -> None:
    before = stack.totals()["loaded"]
    stack.compose("stop", "warehouse")
    try:
        assert status(f"{stack.url('ADMIN_API')}/health/ready") == 503
        assert stack.post(*({"eventName": "page_view", "clientId": f"c{number}"} for number in range(20))) == 20
    finally:
        stack.compose("start", "warehouse")
    stack.wait_until_ready()
    eventually(lambda: stack.totals()["loaded"] == before + 20, 60)


def test_what_was_collected_and_loaded_outlives_the_containers(stack: Stack) -> None:
    before = stack.totals()
    stack.compose("down")
    stack.compose("up", "-d")
    stack.wait_until_ready()
    assert stack.totals() == before
    assert stack.post({"eventName": "page_view", "clientId": "after"}) == 1
    eventually(lambda: stack.totals()["loaded"] == before["loaded"] + 1, 30)
