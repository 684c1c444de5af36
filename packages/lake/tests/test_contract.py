import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lake.contract import MAX_PROPERTIES_BYTES, Event, Ingest

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


def check(**event: Any) -> Event:
    return Event.model_validate({"eventName": "page_view", **event}, by_alias=True, by_name=False)


def test_numbers_may_be_text_and_ids_may_be_numbers() -> None:
    event = check(product={"id": 42, "price": "1299.00"}, items=[{"id": 7, "quantity": "2"}])
    assert event.product is not None
    assert (event.product.id, event.product.price) == ("42", 1299.0)
    assert event.items is not None
    assert (event.items[0].id, event.items[0].quantity) == ("7", 2.0)


@pytest.mark.parametrize("moment", ["2026-11-22T09:41:07.123Z", "2026-11-22T16:41:07+07:00", 1795340467123])
def test_a_timestamp_is_iso_or_epoch_milliseconds(moment: Any) -> None:
    event = check(eventTimestamp=moment)
    assert event.event_timestamp is not None
    assert event.event_timestamp.year == 2026


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventName", ""),
        ("eventName", "1st"),
        ("eventName", "a" * 65),
        ("eventName", "a\n"),
        ("eventId", "not-a-uuid"),
        ("pageUrl", "x" * 2049),
        ("clientId", "x" * 129),
        ("userLoginState", "admin"),
        ("isFirstVisit", "perhaps"),
        ("product", "laptop"),
        ("product", {"price": "cheap"}),
        ("product", {"price": 1e13}),
        ("items", [{}] * 201),
        ("items", {"id": 1}),
        ("sequence", -1),
        ("eventTimestamp", "yesterday"),
        ("engagement", {"scrollDepth": 101}),
        ("properties", [1]),
        ("properties", {"x": "y" * MAX_PROPERTIES_BYTES}),
    ],
)
def test_a_value_against_the_contract_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        check(**{field: value})
    assert caught.value.errors()[0]["loc"][0] == field


def test_unknown_fields_are_no_reason_to_reject() -> None:
    check(anything={"deep": [1]}, product={"id": "1", "colour": "red"})


@pytest.mark.parametrize("name", ["shop-events-2022.ndjson.gz", "web-access-2015.ndjson.gz"])
def test_real_events_keep_the_contract(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not on this machine")
    lines = gzip.decompress((SHARED / name).read_bytes()).splitlines()
    assert lines
    for line in lines:
        event = json.loads(line)
        Ingest.model_validate(event.pop("_ingest"))
        Event.model_validate(event, by_alias=True, by_name=False)
