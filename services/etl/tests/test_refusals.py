"""What the collector refused: in the books as rejected, with its reasons, and loaded where the contract takes it."""

import gzip
import json
from uuid import UUID, uuid4

import pytest

from etl.judge import Refusal, unwrapped
from lake import rejected_key
from warehouse.books import Counts
from warehouse.rejects import RejectFilter

INGEST = {"receivedAt": "2026-11-22T07:05:00.000Z"}
INVALID = [{"field": "eventName", "code": "missing", "message": "Field required"}]


def refusal(body, reason="invalid_event", errors=INVALID, ingest=INGEST):
    return {"reason": reason, "errors": errors, "body": body, "_ingest": ingest}


def put(lab, *lines, hours=0, promised=None):
    """An object under rejected/ in the window so many hours after the lab's."""
    body = gzip.compress(
        b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    )
    window = lab.window.replace(hour=lab.window.hour + hours)
    key = rejected_key(window, uuid4(), len(lines) if promised is None else promised)
    lab.lake.put_new_blocking(key, body)
    return key


def test_what_the_collector_refused_is_collected_and_rejected(lab):
    lab.put(lab.event())
    key = put(
        lab, refusal({"pageUrl": "https://shop.example/"}), refusal({"eventName": "a", "product": {"price": "x"}})
    )
    result = lab.tick()
    assert (result.objects, result.windows) == (2, 1)
    assert result.counts == lab.books() == Counts(collected=3, loaded=1, rejected=2)
    found = lab.warehouse.rows(
        "SELECT object_key, line_number, source, reason, detail, line::json #>> '{body,eventName}', replayed_at"
        " FROM etl.rejects JOIN etl.objects USING (object_id) ORDER BY line_number"
    )
    assert found == [
        (key, 1, "collector", "missing_event_name", "eventName: Field required", None, None),
        (
            key, 2, "collector", "invalid_product_price",
            "product.price: Input should be a valid number, unable to parse string as a number", "a", None,
        ),
    ]  # fmt: skip
    assert lab.tick().objects == 0


def test_a_window_of_refusals_alone_is_a_window(lab):
    put(lab, refusal({}), hours=-1)
    lab.tick()
    assert lab.windows() == {-1: "loaded"}
    assert lab.replace(-1, -1).counts == lab.books() == Counts(collected=1, rejected=1)


def test_a_damaged_object_of_refusals_balances_too(lab):
    put(lab, refusal({}), b"not json\n", b"[]\n", b"\xff\n", promised=6)
    lab.tick()
    assert lab.books() == Counts(collected=6, rejected=6)
    reasons = lab.one("SELECT array_agg(reason ORDER BY line_number) FROM etl.rejects WHERE source = 'collector'")
    assert reasons == ["missing_event_name", "not_json", "not_a_refusal", "not_utf8", "line_missing", "line_missing"]


def test_a_body_that_the_contract_takes_by_now_is_loaded_with_what_the_collector_knows(lab):
    put(lab, refusal({}), refusal({"eventName": "late", "clientId": "c", "_ingest": {"receivedAt": "1999"}}))
    assert lab.tick().counts == lab.books() == Counts(collected=2, loaded=1, rejected=1)
    assert lab.one("SELECT event_name, client_id, received_at::text FROM clickstream_events") == (
        "late", "c", "2026-11-22 07:05:00+00",
    )  # fmt: skip
    assert lab.one("SELECT count(*) FROM sessions") == 1


def test_a_replay_loads_what_a_more_lenient_contract_takes_and_a_replace_gives_the_same(lab, tmp_path):
    key = put(lab, refusal({"eventName": "5", "clientId": "c"}), refusal({"eventName": "6"}))
    lab.tick()
    assert lab.books() == Counts(collected=2, rejected=2)
    # As if the contract took names of digits by now: the event that was sent has one that it takes.
    lab.warehouse.rows("UPDATE etl.rejects SET line = replace(line, '\"5\"', '\"five\"')")
    body = gzip.decompress(lab.lake.get(key)).replace(b'"5"', b'"five"')
    (tmp_path / "lake" / key).write_bytes(gzip.compress(body))
    result = lab.runner().replay(RejectFilter(source="collector"))
    assert result.counts == Counts(collected=2, loaded=1, rejected=1)
    assert lab.books() == Counts(collected=2, loaded=1, rejected=1)
    replayed = lab.contents()
    lab.replace()
    again = lab.contents()
    for contents in (replayed, again):
        for table in ("etl.objects", "etl.rejects"):  # the object of this test was written anew; the reject was tried
            for row in contents[table]:
                row.pop("size_bytes", None)
                row.pop("replayed_at", None)
    assert again == replayed


def test_an_event_that_was_mended_and_sent_again_is_not_loaded_twice(lab):
    event_id = str(uuid4())
    put(lab, refusal({"eventName": "buy", "eventId": event_id.upper()}))
    lab.put(lab.event(eventId=event_id))
    assert lab.tick().counts == lab.books() == Counts(collected=2, loaded=1, duplicates=1)


def test_a_refused_event_without_consent_is_withheld(lab):
    put(lab, refusal({"eventName": "buy", "consent": {"analytics": False}}))
    assert lab.tick().counts == Counts(collected=1, withheld=1)


def test_an_imported_line_without_a_time_stays_a_reject(lab):
    put(lab, refusal('{"eventName": "a"}', "unplaceable_line", [{"field": "_ingest.receivedAt", "message": "no time"}]))
    lab.tick()
    assert lab.one("SELECT source, reason, detail FROM etl.rejects") == (
        "collector", "unplaceable_line", "_ingest.receivedAt: no time",
    )  # fmt: skip
    assert lab.runner().replay(RejectFilter()).counts == Counts(collected=1, rejected=1)


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ({}, "missing_event_name", "eventName: Field required"),
        ({"eventName": "5"}, "invalid_event_name", "eventName: String should match pattern"),
        ({"eventName": "a", "eventId": "x"}, "invalid_event_id", "eventId: Input should be a valid UUID"),
        ({"eventName": "a", "items": [{}, {"price": "x"}]}, "invalid_items_price", "items.1.price: Input should be"),
        ({"eventName": "a", "element": {"dataset": 5}}, "invalid_element_dataset", "element.dataset: Input should be"),
        ({"eventName": "a", "properties": {"a": "x" * 9000}}, "invalid_properties", "properties: properties takes"),
        ([], "not_an_object", "an event is a JSON object"),
        (None, "not_an_object", "an event is a JSON object"),
        ({"event_name": "a"}, "missing_event_name", "eventName: Field required"),
    ],
)
def test_a_reason_is_a_code_of_the_contract_and_the_detail_has_the_place(body, reason, detail):
    found = unwrapped(json.dumps(refusal(body)))
    assert isinstance(found, Refusal)
    assert found.reason == reason
    assert found.detail.startswith(detail)


def test_a_detail_is_of_bounded_length():
    errors = [{"field": "a" * 300, "message": "b" * 300}] * 9
    assert len(unwrapped(json.dumps(refusal("x", "unplaceable_line", errors))).detail) == 501
    assert len(unwrapped(json.dumps(refusal("x", "r" * 999))).reason) == 64


@pytest.mark.parametrize("line", ["", "{", "5", "[]", "{}", '{"body": {}}', '{"_ingest": 5, "body": {}}', "[" * 99_999])
def test_what_no_collector_writes_is_said_to_be_none(line):
    assert unwrapped(line).reason in ("not_json", "not_a_refusal")


def test_an_event_that_is_taken_is_as_the_collector_would_store_it():
    event_id = UUID("01a20589-61af-784d-84c3-44d3c0137453")
    body = {"eventName": "a", "eventId": event_id.hex.upper(), "own": {"deep": [1, 2.5, "ü"]}, "_ingest": "forged"}
    assert json.loads(unwrapped(json.dumps(refusal(body)))) == {
        "eventName": "a", "eventId": str(event_id), "own": {"deep": [1, 2.5, "ü"]}, "_ingest": INGEST,
    }  # fmt: skip
