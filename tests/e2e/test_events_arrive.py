"""An event from curl and from a page in a real browser is in the warehouse after the next tick."""

import gzip
import http.server
import json
import subprocess
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lake import events_key, window_of

from .conftest import Platform, eventually

pytestmark = pytest.mark.stack

# The first block of the contract, as shops of this design already send it.
EVENT = {
    "eventName": "product_view",
    "pageUrl": "https://shop.example/laptops/aurora-14?utm_source=newsletter&utm_medium=email",
    "referrer": "https://shop.example/",
    "userId": "u-1001",
    "clientId": "client-of-the-test",
    "sessionId": "session-of-the-test",
    "userLoginState": "logged_in",
    "identitySource": "cognito",
    "isFirstVisit": False,
    "product": {
        "id": 14, "name": "Aurora 14", "category": "Laptops", "brand": "Aurora", "price": "1299.50",
        "discountPrice": 1199, "urlPath": "/laptops/aurora-14",
    },
    "element": {"tag": "a", "id": "card-14", "role": "link", "text": "Aurora 14", "dataset": {"position": "3"}},
}  # fmt: skip


def test_an_event_from_curl_is_in_the_lake_when_it_is_answered_and_in_the_warehouse_after_a_tick(
    platform: Platform,
) -> None:
    event_id = str(uuid.uuid4())
    answer = subprocess.run(
        [
            "curl", "--silent", "--fail-with-body", f"{platform.home.collector_url}/clickstream",
            "-H", "Content-Type: application/json", "-d", json.dumps(EVENT | {"eventId": event_id}),
        ],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip

    in_lake = [
        line
        for path in platform.home.lake.glob("events/**/*.ndjson.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
        if event_id.encode() in line
    ]
    assert json.loads(answer.stdout) == {"success": True, "accepted": 1, "rejected": []}
    assert len(in_lake) == 1

    row = eventually(
        lambda: platform.sql(
            "SELECT event_name, user_id, context_product_id, context_product_price, context_product_discount_price,"
            " page_path, utm_source, channel, properties->'element'->>'id' FROM clickstream_events WHERE event_id = %s",
            event_id,
        )
    )[0]
    assert tuple(map(str, row)) == (
        *("product_view", "u-1001", "14", "1299.5000", "1199.0000"),
        *("/laptops/aurora-14", "newsletter", "Email", "card-14"),
    )  # fmt: skip


@pytest.fixture
def shop_page(tmp_path: Path) -> Iterator[str]:
    """A page on an origin of its own."""
    (tmp_path / "index.html").write_text("<!doctype html><title>A shop</title>", encoding="utf-8")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("way", ["fetch", "beacon"])
def test_an_event_from_a_page_on_another_origin_is_in_the_warehouse_after_a_tick(
    platform: Platform, browser: Browser, shop_page: str, way: str
) -> None:
    event_id = str(uuid.uuid4())
    body = EVENT | {"eventId": event_id, "clientId": f"browser-{way}"}
    page = browser.new_page()
    page.goto(shop_page)
    send = {
        "fetch": """async ([url, body]) => {
            const answer = await fetch(url, {method: "POST", headers: {"Content-Type": "application/json"}, body});
            return [answer.status, await answer.json()];
        }""",
        "beacon": "([url, body]) => [navigator.sendBeacon(url, body), null]",
    }[way]
    status, answer = page.evaluate(send, [f"{platform.home.collector_url}/clickstream", json.dumps(body)])
    if way == "fetch":
        assert (status, answer["accepted"]) == (200, 1)
    else:
        assert status is True

    row = eventually(
        lambda: platform.sql("SELECT is_bot, browser, client_id FROM clickstream_events WHERE event_id = %s", event_id)
    )[0]
    page.close()
    # Headless Chromium says so in its user agent.
    assert row == (True, "HeadlessChrome", f"browser-{way}")


def test_bad_input_is_answered_or_set_aside_and_the_books_balance(platform: Platform) -> None:
    def post(body: bytes) -> int:
        done = subprocess.run(
            [
                "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--data-binary", "@-",
                "-H", "Content-Type: application/json", f"{platform.home.collector_url}/clickstream",
            ],
            input=body, capture_output=True, timeout=30, check=True,
        )  # fmt: skip
        return int(done.stdout)

    assert post(b"{not json") == 400
    assert post(b'{"pageUrl": "https://shop.example/"}') == 422
    assert post(json.dumps({"eventName": "product_view", "product": {"price": "abc"}}).encode()) == 422

    window = window_of(datetime.now(UTC))
    good = json.dumps(
        {"eventName": "page_view", "clientId": "c", "_ingest": {"receivedAt": window.isoformat()}}
    ).encode()
    price = json.dumps({"eventName": "product_view", "product": {"price": "abc"}}).encode()
    bodies = {
        # The gzip stream ends in the middle of its last line.
        events_key(window, uuid.uuid4(), 40): gzip.compress((good + b"\n") * 40, 0)[:-500],
        events_key(window, uuid.uuid4(), 3): gzip.compress(good + b"\n\x00\xff\xfe\x9c garbage\n" + price + b"\n"),
        f"events/{window:%Y/%m/%d/%H}/event-{uuid.uuid4()}.json": b'{"pageUrl": "https://shop.example/"}',
    }
    for key, body in bodies.items():
        path = platform.home.lake / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def loaded() -> bool:
        found = platform.ask("/v1/etl/rejects")["rejects"]
        return {sample["objectKey"] for sample in found} >= set(bodies)

    eventually(loaded)
    reasons = {row["reason"] for row in platform.ask("/v1/etl/rejects")["byReason"]}
    status = platform.ask("/v1/etl/status")
    now = next(w for w in platform.ask("/v1/etl/windows")["windows"] if datetime.fromisoformat(w["window"]) == window)
    assert reasons >= {"object_damaged", "not_utf8", "invalid_price", "missing_event_name"}
    assert status["balanced"]
    assert status["failingWindows"] == 0
    assert now["collected"] == now["loaded"] + now["duplicates"] + now["rejected"] + now["withheld"]
    assert now["collected"] >= 44
