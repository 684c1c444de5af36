"""Who may write, where the shop wants that to be asked."""

import json
from typing import Any
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.anyio

EVENT = {"eventName": "page_view"}
OLD, NEW = "old-key-0123456789", "new-key+with/signs="
KEYS = f"{OLD},{NEW}"


async def with_query(collector: Any, query: str, **headers: str) -> Any:
    return await collector.client.post(
        f"/clickstream?{query}", content=json.dumps(EVENT).encode(), headers={"content-type": "text/plain"} | headers
    )


@pytest.mark.parametrize("key", [OLD, NEW])
async def test_each_key_opens_by_header_and_by_query(start: Any, key: str) -> None:
    collector = await start(write_keys=KEYS)
    assert (await collector.send(EVENT, x_write_key=key)).status_code == 200
    assert (await with_query(collector, f"v=1&writeKey={quote(key, safe='')}")).status_code == 200
    assert len(collector.lake.lines()) == 2


@pytest.mark.parametrize("given", ["", "nonsense", OLD[:-1], OLD + "x", OLD.upper(), KEYS, "é"])
async def test_a_wrong_key_is_told_so_and_nothing_is_kept(start: Any, given: str) -> None:
    collector = await start(write_keys=KEYS, allowed_origins="https://shop.example")
    by_header = await collector.send(EVENT, x_write_key=given.encode(), origin="https://shop.example")
    by_query = await with_query(collector, f"writeKey={quote(given)}", origin="https://shop.example")
    for answer in (by_header, by_query):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("WriteKey")
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert answer.json()["type"] == "urn:clickstream:problem:write-key"
        assert OLD not in answer.text
    assert collector.lake.tries == []


async def test_no_key_is_told_how_to_send_one(start: Any) -> None:
    collector = await start(write_keys=KEYS)
    answer = await collector.send(EVENT)
    assert answer.status_code == 401
    assert "X-Write-Key" in answer.json()["detail"]
    assert "writeKey" in answer.json()["detail"]


async def test_a_wrong_header_is_not_made_good_by_the_query(start: Any) -> None:
    collector = await start(write_keys=KEYS)
    answer = await with_query(collector, f"writeKey={OLD}", **{"x-write-key": "wrong"})
    assert answer.status_code == 401


async def test_a_wrong_key_is_refused_before_its_body_is_read(start: Any) -> None:
    collector = await start(write_keys=KEYS)
    read = 0

    async def body() -> Any:
        nonlocal read
        read += 1
        yield b"{}"

    assert (await collector.client.post("/clickstream", content=body())).status_code == 401
    assert read == 0


async def test_a_key_is_neither_logged_nor_stored(start: Any) -> None:
    collector = await start(write_keys=KEYS)
    await collector.send(EVENT, x_write_key=OLD)
    await with_query(collector, f"writeKey={OLD}")
    await with_query(collector, "writeKey=a-wrong-key-of-somebody")
    lines = collector.lake.lines()
    assert [line["_ingest"]["path"] for line in lines] == ["/clickstream"] * 2
    answered = await collector.log_lines("collector.request.answered")
    assert [line["status"] for line in answered] == [200, 200, 401]
    for written in (json.dumps(lines), collector.log.getvalue()):
        assert OLD not in written
        assert "a-wrong-key" not in written


async def test_without_keys_anybody_may_write(collector: Any) -> None:
    assert (await collector.send(EVENT)).status_code == 200
    assert (await collector.send(EVENT, x_write_key="whatever")).status_code == 200


async def test_preflight_and_health_need_no_key(start: Any) -> None:
    collector = await start(write_keys=KEYS)
    assert (await collector.client.options("/clickstream")).status_code == 204
    assert (await collector.client.get("/health/ready")).status_code == 200
