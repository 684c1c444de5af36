"""Posting events to a collector, against a made-up one behind the HTTP client."""

import asyncio
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from clickstream.delivery import Delivered, endpoint, post_events, retry_after_seconds
from clickstream.errors import DeliveryError
from clickstream.line_source import LineSource
from clickstream.replay import Replay

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Collector:
    """Answers each request with the next of its answers, then stores all."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.stored: list[dict[str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        body = json.loads(request.content)
        events = body["events"] if isinstance(body, dict) else body
        self.stored.extend(events)
        return httpx.Response(200, json={"success": True, "accepted": len(events), "rejected": []})


def post(collector: Callable[[httpx.Request], httpx.Response], events: list[dict[str, object]]) -> Delivered:
    async def scenario() -> Delivered:
        async with httpx.AsyncClient(transport=httpx.MockTransport(collector)) as client:
            return await post_events(client, "http://collector", events)

    return asyncio.run(scenario())


def replay(collector: Callable[[httpx.Request], httpx.Response], file: Path) -> Replay:
    work = Replay("http://collector")

    async def scenario() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(collector)) as client:
            await work.send(client, LineSource(str(file)), lambda _: None)

    asyncio.run(scenario())
    return work


@pytest.mark.parametrize("url", ["http://c", "http://c/", "http://c/clickstream"])
def test_the_address_may_be_given_with_or_without_its_path(url: str) -> None:
    assert endpoint(url) == "http://c/clickstream"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), ("0", 0.0), ("Sun, 22 Nov 2026 12:00:10 GMT", 10.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0)],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(header: str, seconds: float) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@pytest.mark.parametrize("header", [None, "soon", ""])
def test_an_unusable_retry_after_leaves_the_wait_to_us(header: str | None) -> None:
    assert retry_after_seconds(header, NOW) is None


def test_what_may_pass_is_tried_again_as_retry_after_says() -> None:
    collector = Collector(
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(429, headers={"Retry-After": "0"}),
    )
    assert post(collector, [{"eventName": "page_view"}]) == Delivered(accepted=1)
    assert len(collector.requests) == 3


def test_a_wrong_address_is_an_error_at_once() -> None:
    collector = Collector(httpx.Response(404, text="no such page"))
    with pytest.raises(DeliveryError, match="http://collector/clickstream answers 404: no such page"):
        post(collector, [{}])
    assert len(collector.requests) == 1


def test_a_server_that_is_no_collector_is_an_error() -> None:
    with pytest.raises(DeliveryError, match="is not a collector"):
        post(Collector(httpx.Response(200, text="<html>")), [{}])


def test_rejected_and_withheld_events_are_counted_with_the_first_reason() -> None:
    rejected = [{"index": 0, "eventId": None, "errors": [{"field": "eventName"}]}]
    some = httpx.Response(200, json={"success": True, "accepted": 1, "rejected": rejected, "withheld": 1})
    assert post(Collector(some), [{}, {}, {}]) == Delivered(1, 1, 1, json.dumps(rejected[0]))
    none = httpx.Response(422, json={"status": 422, "rejected": rejected})
    assert post(Collector(none), [{}]) == Delivered(0, 0, 1, json.dumps(rejected[0]))


def test_half_of_a_surrogate_pair_is_sent_as_it_came() -> None:
    collector = Collector()
    post(collector, [{"eventName": "x", "pageTitle": "\ud83d"}])
    assert collector.stored[0]["pageTitle"] == "\ud83d"


def test_a_replay_sends_all_events_without_ingest_in_batches_that_a_collector_takes(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson.gz"
    lines = [json.dumps({"eventName": "x", "eventId": str(n), "_ingest": {"receivedAt": "2026"}}) for n in range(1001)]
    file.write_bytes(gzip.compress("\n".join([*lines, "nope", "[]"]).encode()))
    collector = Collector()
    work = replay(collector, file)
    assert collector.stored == [{"eventName": "x", "eventId": str(n)} for n in range(1001)]
    assert max(len(json.loads(request.content)) for request in collector.requests) <= 500
    assert (work.lines, work.delivered.accepted) == (1003, 1001)
    assert [number for _, number in work.unreadable] == [1002, 1003]


def test_a_replay_says_which_browser_sent_an_event_so_that_people_stay_people(tmp_path: Path) -> None:
    agents = [f"Mozilla/5.0 ({number % 40})" for number in range(200)] + [None, 7, "no\nheader", "kein Übertrag"]
    file = tmp_path / "events"
    file.write_text(
        "\n".join(
            json.dumps({"eventName": "x", "eventId": str(n), "_ingest": {"userAgent": a}}) for n, a in enumerate(agents)
        )
    )
    collector = Collector()
    replay(collector, file)
    sent = {
        event["eventId"]: request.headers["User-Agent"]
        for request in collector.requests
        for event in json.loads(request.content)
    }
    assert [sent[str(number)] for number in range(200)] == agents[:200]
    assert {sent[str(number)] for number in range(200, 204)} == {f"python-httpx/{httpx.__version__}"}


def test_batches_of_large_events_stay_under_the_collectors_limit(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_text("\n".join(json.dumps({"eventName": "x", "text": "é" * 100_000}) for _ in range(12)))
    collector = Collector()
    assert replay(collector, file).delivered.accepted == 12
    assert max(len(request.content) for request in collector.requests) < 1 << 20


def test_one_event_that_no_request_can_carry_does_not_hold_up_the_others(tmp_path: Path) -> None:
    file = tmp_path / "events"
    file.write_text("\n".join(json.dumps({"eventName": name}) for name in ("a", "b", "monster", "c", "d")))
    inner = Collector()

    def collector(request: httpx.Request) -> httpx.Response:
        if b"monster" in request.content:
            return httpx.Response(413, text="too large")
        return inner(request)

    work = replay(collector, file)
    assert [event["eventName"] for event in inner.stored] == ["a", "b", "c", "d"]
    assert (work.delivered.accepted, work.delivered.rejected) == (4, 1)
    assert "413" in str(work.delivered.first_rejection)
