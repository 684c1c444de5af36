"""What the collector adds to each event."""

from typing import Any

import pytest

from collector import __version__
from collector.request_origin import known_address
from lake.contract import Ingest

pytestmark = pytest.mark.anyio

EVENT = {"eventName": "page_view"}


async def ingest_of(collector: Any, **headers: str | bytes) -> dict[str, Any]:
    assert (await collector.send(EVENT, **headers)).status_code == 200
    ingest: dict[str, Any] = collector.lake.lines()[-1]["_ingest"]
    Ingest.model_validate(ingest)
    return ingest


async def test_all_that_is_known_of_a_request(collector: Any) -> None:
    ingest = await ingest_of(
        collector,
        user_agent="Mozilla/5.0 (é)".encode(),
        origin="https://shop.example",
        x_amzn_trace_id="Root=1-67891233-abcdef012345678912345678",
        cloudfront_viewer_country="VN",
    )
    request_id = ingest.pop("requestId")
    assert ingest == {
        "receivedAt": "2026-11-22T09:41:07.123Z",
        "sourceIp": "203.0.113.0",
        "userAgent": "Mozilla/5.0 (é)",
        "method": "POST",
        "path": "/clickstream",
        "traceId": "Root=1-67891233-abcdef012345678912345678",
        "country": "VN",
        "origin": "https://shop.example",
        "collectorVersion": __version__,
    }
    [answered] = await collector.log_lines("collector.request.answered")
    assert answered["requestId"] == request_id


async def test_a_problem_carries_the_request_id_of_its_log_line(collector: Any) -> None:
    answer = await collector.send(b"{")
    [answered] = await collector.log_lines("collector.request.answered")
    assert answer.json()["requestId"] == answered["requestId"]


async def test_a_long_header_is_cut(collector: Any) -> None:
    assert len((await ingest_of(collector, user_agent="x" * 5000))["userAgent"]) == 1024


@pytest.mark.parametrize(
    ("text", "truncated", "full"),
    [
        ("203.0.113.77", "203.0.113.0", "203.0.113.77"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::", "2001:db8:1234:5678::9"),
        ("::ffff:203.0.113.77", "203.0.113.0", "203.0.113.77"),
        ("fe80::1%eth0", "fe80::", "fe80::1"),
        ("unknown", None, None),
        ("", None, None),
    ],
)
def test_an_address_is_cut_to_its_network(text: str, truncated: str | None, full: str | None) -> None:
    assert known_address(text, False) == truncated
    assert known_address(text, True) == full


async def test_the_whole_address_is_kept_where_the_setting_says_so(start: Any) -> None:
    collector = await start(store_full_ip=True)
    assert (await ingest_of(collector))["sourceIp"] == "203.0.113.77"


@pytest.mark.parametrize(
    ("depth", "forwarded", "address"),
    [
        (0, "198.51.100.1", "203.0.113.0"),
        (1, "192.0.2.66, 198.51.100.1", "198.51.100.0"),
        (2, "192.0.2.66, 198.51.100.1, 10.0.0.1", "198.51.100.0"),
        (3, "198.51.100.1", "198.51.100.0"),
        (1, None, "203.0.113.0"),
    ],
)
async def test_only_trusted_proxies_are_believed(start: Any, depth: int, forwarded: str | None, address: str) -> None:
    collector = await start(trusted_proxy_depth=depth)
    headers = {} if forwarded is None else {"x_forwarded_for": forwarded}
    assert (await ingest_of(collector, **headers))["sourceIp"] == address


async def test_nonsense_in_a_trusted_header_is_no_address(start: Any) -> None:
    collector = await start(trusted_proxy_depth=1)
    assert "sourceIp" not in await ingest_of(collector, x_forwarded_for="<script>")
