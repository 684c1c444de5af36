from typing import Any

import pytest
from pydantic import ValidationError

from collector.settings import Settings

pytestmark = pytest.mark.anyio

EVENT = {"eventName": "page_view"}
SHOPS = "https://shop.example, https://*.shop.example,http://localhost:3000"


async def preflight(collector: Any, origin: str) -> Any:
    headers = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-shop",
    }
    return await collector.client.options("/clickstream", headers=headers)


@pytest.mark.parametrize(
    "origin",
    ["https://shop.example", "https://www.shop.example", "https://a.b.shop.example", "http://localhost:3000"],
)
async def test_an_allowed_origin_passes_preflight_and_reads_the_answer(start: Any, origin: str) -> None:
    collector = await start(allowed_origins=SHOPS)
    answer = await preflight(collector, origin)
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"] == "content-type,x-shop"
    assert answer.headers["access-control-max-age"] == "86400"
    for body, status in ((EVENT, 200), ({}, 422), (b"{", 400)):
        answer = await collector.send(body, origin=origin)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://.shop.example",
        "null",
    ],
)
async def test_another_origin_gets_no_permission(start: Any, origin: str) -> None:
    collector = await start(allowed_origins=SHOPS)
    for answer in (await preflight(collector, origin), await collector.send(EVENT, origin=origin)):
        assert answer.status_code in (200, 204)
        assert "access-control-allow-origin" not in answer.headers
        assert "origin" in answer.headers["vary"]


async def test_everybody_may_call_but_without_credentials(start: Any) -> None:
    collector = await start(allowed_origins="*")
    for answer in (await preflight(collector, "https://any.example"), await collector.send(EVENT, origin="null")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


async def test_an_answer_to_no_page_is_told_apart_by_caches(start: Any) -> None:
    collector = await start(allowed_origins=SHOPS)
    assert (await collector.send(EVENT)).headers["vary"] == "origin"


@pytest.mark.parametrize("origins", ["shop.example", "https://shop.example/", "https://*", "ftp://x", "https://a.*.b"])
def test_a_setting_that_no_origin_could_match_is_refused(origins: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin"):
        Settings(lake_url="memory://", allowed_origins=origins)  # type: ignore[arg-type] # as the environment gives it


async def test_a_page_may_send_the_write_key(start: Any) -> None:
    collector = await start(allowed_origins=SHOPS)
    headers = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    answer = await collector.client.options("/clickstream", headers=headers)
    assert "x-write-key" in answer.headers["access-control-allow-headers"].split(", ")
