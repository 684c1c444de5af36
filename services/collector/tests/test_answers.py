"""Every row of the contract's table of answers."""

import gzip
import json
from typing import Any
from uuid import UUID

import httpx
import pytest

pytestmark = pytest.mark.anyio

PAGE_VIEW = {"eventName": "page_view", "clientId": "c-1"}
EVENT_ID = "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("urn:clickstream:problem:")
    assert problem["title"]
    assert problem["detail"]
    return problem


async def test_one_event_is_stored_and_acknowledged(collector: Any) -> None:
    answer = await collector.send(PAGE_VIEW | {"eventId": EVENT_ID})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"success": True, "accepted": 1, "rejected": []}
    [line] = collector.lake.lines()
    assert line.pop("_ingest")["receivedAt"] == "2026-11-22T09:41:07.123Z"
    assert line == PAGE_VIEW | {"eventId": EVENT_ID}
    [key] = collector.lake.keys()
    assert key.startswith("events/2026/11/22/09/events-")
    assert key.endswith(".1.ndjson.gz")


async def test_an_array_is_one_object(collector: Any) -> None:
    answer = await collector.send([PAGE_VIEW | {"sequence": n} for n in range(500)])
    assert answer.json() == {"success": True, "accepted": 500, "rejected": []}
    assert [line["sequence"] for line in collector.lake.lines()] == list(range(500))
    [key] = collector.lake.keys()
    assert key.endswith(".500.ndjson.gz")


async def test_an_envelope_leaves_the_browsers_clock_with_each_event(collector: Any) -> None:
    answer = await collector.send({"sentAt": "2026-11-22T09:40:00.000Z", "events": [PAGE_VIEW, PAGE_VIEW]})
    assert answer.json()["accepted"] == 2
    assert [line["_ingest"]["sentAt"] for line in collector.lake.lines()] == ["2026-11-22T09:40:00.000Z"] * 2
    assert all("sentAt" not in line for line in collector.lake.lines())


@pytest.mark.parametrize(("sent_at", "kept"), [(1795340467123, "1795340467123"), ("nonsense" * 20, ("nonsense" * 8))])
async def test_a_clock_that_makes_no_sense_loses_no_event(collector: Any, sent_at: Any, kept: str) -> None:
    assert (await collector.send({"sentAt": sent_at, "events": [PAGE_VIEW]})).status_code == 200
    assert collector.lake.lines()[0]["_ingest"]["sentAt"] == kept


async def test_an_event_without_an_id_is_given_one_at_receipt(collector: Any) -> None:
    await collector.send([PAGE_VIEW, PAGE_VIEW | {"eventId": None}])
    ids = [UUID(line["eventId"]) for line in collector.lake.lines()]
    assert [made.version for made in ids] == [7, 7]
    assert ids[0] != ids[1]


@pytest.mark.parametrize("sent", [EVENT_ID.upper(), EVENT_ID.replace("-", ""), f"urn:uuid:{EVENT_ID}"])
async def test_an_id_in_another_form_is_the_same_id(collector: Any, sent: str) -> None:
    assert (await collector.send(PAGE_VIEW | {"eventId": sent})).status_code == 200
    assert collector.lake.lines()[0]["eventId"] == EVENT_ID


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "text/plain", "application/json; charset=utf-8"])
async def test_what_a_beacon_sends_is_taken(collector: Any, content_type: str) -> None:
    assert (await collector.send(PAGE_VIEW, content_type=content_type)).status_code == 200


async def test_bytes_without_a_content_type_are_taken(collector: Any) -> None:
    answer = await collector.client.post("/clickstream", content=json.dumps(PAGE_VIEW).encode())
    assert answer.status_code == 200


async def test_gzip_is_read_in_one_member_or_several(collector: Any) -> None:
    body = json.dumps(PAGE_VIEW).encode()
    for sent in (gzip.compress(body), gzip.compress(body[:9]) + gzip.compress(body[9:])):
        assert (await collector.send(sent, content_encoding="gzip")).status_code == 200
    assert len(collector.lake.lines()) == 2


async def test_some_invalid_the_valid_ones_are_stored_and_the_others_kept_with_their_errors(collector: Any) -> None:
    bad: dict[str, Any] = {"eventName": "add_to_cart_click", "eventId": EVENT_ID, "product": {"price": "cheap"}}
    answer = await collector.send([PAGE_VIEW, bad, 5])
    assert answer.status_code == 200
    said = answer.json()
    assert (said["success"], said["accepted"]) == (True, 1)
    assert [(item["index"], item["eventId"]) for item in said["rejected"]] == [(1, EVENT_ID), (2, None)]
    assert said["rejected"][0]["errors"][0]["field"] == "product.price"
    assert said["rejected"][0]["errors"][0]["code"] == "float_parsing"
    assert said["rejected"][1]["errors"][0]["message"] == "An event is a JSON object"
    assert len(collector.lake.lines()) == 1
    kept = collector.lake.lines("rejected")
    assert [line["body"] for line in kept] == [bad, 5]
    assert [line["errors"] for line in kept] == [item["errors"] for item in said["rejected"]]
    assert {line["reason"] for line in kept} == {"invalid_event"}
    assert all(line["_ingest"]["receivedAt"] == "2026-11-22T09:41:07.123Z" for line in kept)
    [key] = collector.lake.keys("rejected")
    assert key.startswith("rejected/2026/11/22/09/rejected-")
    assert key.endswith(".2.ndjson.gz")


async def test_all_invalid_is_a_problem_and_kept_too(collector: Any) -> None:
    answer = await collector.send([{"eventName": "1"}, {}])
    assert answer.status_code == 422
    problem = problem_of(answer)
    assert [item["index"] for item in problem["rejected"]] == [0, 1]
    assert problem["rejected"][1]["errors"] == [{"field": "eventName", "code": "missing", "message": "Field required"}]
    assert [line["body"] for line in collector.lake.lines("rejected")] == [{"eventName": "1"}, {}]
    assert collector.lake.keys() == []


async def test_a_long_text_of_an_element_loses_no_event(collector: Any) -> None:
    answer = await collector.send(PAGE_VIEW | {"element": {"tag": "div", "text": "x" * 20_000}})
    assert answer.status_code == 200


async def test_a_snake_case_name_is_no_event_name(collector: Any) -> None:
    assert (await collector.send({"event_name": "page_view"})).status_code == 422


async def test_the_errors_of_one_event_are_bounded(collector: Any) -> None:
    answer = await collector.send(PAGE_VIEW | {"items": [{"price": "x", "quantity": "y"}] * 200})
    errors = answer.json()["rejected"][0]["errors"]
    assert len(errors) == 21
    assert errors[-1]["message"] == "380 further errors are left out"


async def test_consent_refused_is_acknowledged_and_not_kept(collector: Any) -> None:
    refused = PAGE_VIEW | {"consent": {"analytics": False}}
    answer = await collector.send([refused, PAGE_VIEW | {"consent": {"analytics": True}}])
    assert answer.json() == {"success": True, "accepted": 1, "rejected": [], "withheld": 1}
    assert len(collector.lake.lines()) == 1
    answer = await collector.send(refused)
    assert answer.json() == {"success": True, "accepted": 0, "rejected": [], "withheld": 1}
    assert len(collector.lake.tries) == 1


@pytest.mark.parametrize("no", [False, "false", 0])
async def test_an_invalid_event_without_consent_is_not_kept_either(collector: Any, no: Any) -> None:
    answer = await collector.send({"eventName": "!", "consent": {"analytics": no}})
    assert answer.status_code == 422
    assert collector.lake.tries == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "EOF while parsing a value at line 1 column 0"),
        (b'{"eventName": "page_view"', "EOF while parsing an object at line 1 column 25"),
        (b'{"eventName":\n "page_view",}', "trailing comma at line 2 column 14"),
        (b'{"eventName": "page_view"} x', "trailing characters at line 1 column 28"),
        (b'{"eventName": "page\xff"}', "not UTF-8"),
        ('{"eventName": "page_view"}'.encode("utf-16"), "not UTF-8"),
        (b"5", "neither an event"),
        (b'"page_view"', "neither an event"),
        (b"[]", "holds no event"),
        (b'{"events": []}', "holds no event"),
        (b'{"events": {"eventName": "page_view"}}', "not an array"),
    ],
)
async def test_what_cannot_be_read_is_said_with_its_place(collector: Any, body: bytes, says: str) -> None:
    answer = await collector.send(body)
    assert answer.status_code == 400
    assert says in problem_of(answer)["detail"]
    assert collector.lake.tries == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"no gzip at all", "not gzip"),
        (gzip.compress(b'{"eventName": "page_view"}')[:-4], "cut short"),
        (gzip.compress(b'{"eventName": "page_view"}') + b"rest", "not gzip"),
        (gzip.compress(b'{"eventName": "page_view"}')[:20] + b"\x00" * 20, "not gzip"),
    ],
)
async def test_bad_gzip_is_said_to_be_bad(collector: Any, body: bytes, says: str) -> None:
    answer = await collector.send(body, content_encoding="gzip")
    assert answer.status_code == 400
    assert says in problem_of(answer)["detail"]


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"content_type": "application/x-www-form-urlencoded"}, "application/x-www-form-urlencoded"),
        ({"content_type": "text/html"}, "text/html"),
        ({"content_type": "application/json; charset=iso-8859-1"}, "iso-8859-1"),
        ({"content_encoding": "br"}, "'br'"),
        ({"content_encoding": "gzip, gzip"}, "gzip, gzip"),
    ],
)
async def test_a_type_that_is_not_read_is_named(collector: Any, headers: dict[str, str], says: str) -> None:
    answer = await collector.send(PAGE_VIEW, **headers)
    assert answer.status_code == 415
    assert says in problem_of(answer)["detail"]


async def test_over_500_events_is_too_many(collector: Any) -> None:
    answer = await collector.send([PAGE_VIEW] * 501)
    assert answer.status_code == 413
    assert "501 events" in problem_of(answer)["detail"]
    assert collector.lake.tries == []


async def test_one_mebibyte_is_taken_and_a_byte_more_is_not(collector: Any) -> None:
    body = json.dumps(PAGE_VIEW).encode()
    assert (await collector.send(body.ljust(1 << 20))).status_code == 200
    answer = await collector.send(body.ljust((1 << 20) + 1))
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    problem_of(answer)


async def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(collector: Any) -> None:
    given = 0

    async def endless() -> Any:
        nonlocal given
        while True:
            given += 1
            yield b" " * 65536

    answer = await collector.client.post(
        "/clickstream", content=endless(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413
    assert given == 17


async def test_a_gzip_bomb_is_opened_no_further_than_the_limit(collector: Any) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    answer = await collector.send(bomb, content_encoding="gzip")
    assert answer.status_code == 413
    assert "decompressed" in problem_of(answer)["detail"]
    members = gzip.compress(b" " * (1 << 19)) * 3
    assert (await collector.send(members, content_encoding="gzip")).status_code == 413


@pytest.mark.parametrize("path", ["/", "/clickstream/", "/redoc", "/docs/oauth2-redirect", "/nothing"])
async def test_there_is_nothing_else(collector: Any, path: str) -> None:
    answer = await collector.client.get(path)
    assert answer.status_code == 404
    assert path in problem_of(answer)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/clickstream", "POST, OPTIONS"),
        ("DELETE", "/clickstream", "POST, OPTIONS"),
        ("POST", "/health/live", "GET"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(collector: Any, method: str, path: str, allow: str) -> None:
    answer = await collector.client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allow
    problem_of(answer)


async def test_health(collector: Any) -> None:
    assert (await collector.client.get("/health/live")).json() == {"status": "ok"}
    assert (await collector.client.get("/health/ready")).json() == {"status": "ok"}
    collector.lake.fail()
    assert (await collector.client.get("/health/live")).status_code == 200
    answer = await collector.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert problem_of(answer)["detail"] == "the lake cannot be written"
    assert [line["error"] for line in await collector.log_lines("collector.lake.not_writable")] == ["the disk is full"]


async def test_one_log_line_per_request_without_contents(collector: Any) -> None:
    await collector.send([PAGE_VIEW | {"userId": "secret"}, {"eventName": "!"}])
    await collector.send(b"{")
    answered = await collector.log_lines("collector.request.answered")
    assert [(line["status"], line["accepted"], line["rejected"]) for line in answered] == [(200, 1, 1), (400, 0, 0)]
    assert answered[1]["reason"] == "malformed"
    assert answered[0]["bytes"] > 0
    assert answered[0]["ms"] > 0
    assert "secret" not in collector.log.getvalue()
