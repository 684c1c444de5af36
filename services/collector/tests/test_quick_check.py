"""The quick check may say no to what is valid; it must never say yes to what the models refuse."""

import json
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, BeforeValidator

from collector.quick_check import NotSurelyValidError, QuickCheck, event_check
from lake.contract import Event

EDGES: list[Any] = [
    "", "a", "1", "1.5", "x" * 64, "x" * 65, "x" * 128, "x" * 129, "x" * 1025, "x" * 2049, "page_view\n", "nan",
    "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f", "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f\n",
    "0192F0C1-2A4B-7C3D-8E5F-6A7B8C9D0E1F", "0192f0c12a4b7c3d8e5f6a7b8c9d0e1f",
    "2026-11-22T09:41:07.123Z", "2026-11-22T09:41:07", "2026-11-22", "2026-11-22T24:00:00Z", "0000-01-01T00:00:00Z",
    "2026-11-22T23:59:60Z", "2026-02-30T00:00:00Z", "2026-11-22T09:41:07+25:00", "logged_in", "anonymous",
    0, 1, -1, 1.0, 1.5, 100, 101, 2**31 - 1, 2**31, 2**53, 2**63, 2**64, 10**30, -(10**13), 1e12, 1.1e12, 1e308,
    1795340467123, 253402300799999, 253402300800000, True, False, None, [], {}, [{}] * 201,
    {"a": "x" * 8200}, {"a": [1e15] * 600},
]  # fmt: skip
TOP = [field.alias or name for name, field in Event.model_fields.items()]
INNER = [
    "id", "name", "price", "discountPrice", "urlPath", "quantity", "currency", "total", "itemCount", "coupon", "tag",
    "text", "dataset", "query", "results", "width", "activeMs", "scrollDepth", "analytics", "version",
]  # fmt: skip

floats = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.sampled_from(EDGES) | st.text(max_size=10) | st.integers() | floats
parts = st.dictionaries(st.sampled_from(INNER), leaves, max_size=4)
values = leaves | parts | st.lists(parts, max_size=2)
events = st.builds(
    lambda name, more: {"eventName": name} | more,
    st.sampled_from(["page_view", "custom.event:1-a"]) | leaves,
    st.dictionaries(st.sampled_from(TOP) | st.text(max_size=5), values, max_size=5),
)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events)
def test_what_passes_here_passes_the_models(event: dict[str, Any]) -> None:
    sent = msgspec.json.decode(json.dumps(event))
    try:
        checked = event_check.check(sent)
    except NotSurelyValidError:
        return
    judged = Event.model_validate(sent, by_alias=True, by_name=False)
    assert checked.event_name == judged.event_name
    assert (checked.event_id is None) == (judged.event_id is None)
    assert checked.event_id is None or checked.event_id == str(judged.event_id)
    assert (checked.consent and checked.consent.analytics) == (judged.consent and judged.consent.analytics)


@pytest.mark.parametrize("field", TOP)
def test_every_edge_of_every_field(field: str) -> None:
    for edge in EDGES:
        event = {"eventName": "page_view", field: edge}
        try:
            event_check.check(event)
        except NotSurelyValidError:
            continue
        Event.model_validate(event, by_alias=True, by_name=False)


def test_what_the_tracker_sends_passes_quickly() -> None:
    event_check.check(
        {
            "eventName": "checkout_complete",
            "eventId": "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f",
            "eventTimestamp": "2026-11-22T09:41:07.123Z",
            "pageUrl": "https://shop.example/",
            "referrer": None,
            "userId": 1001,
            "userLoginState": "logged_in",
            "isFirstVisit": False,
            "sequence": 3,
            "items": [{"id": 7, "price": 1299, "quantity": 1, "currency": "EUR"}],
            "order": {"id": "o-1", "total": 1299.5, "itemCount": 1},
            "viewport": {"width": 1440, "height": 900},
            "consent": {"analytics": True},
            "properties": {"any": ["thing", 1, None]},
            "ownField": {"kept": True},
        }
    )


def test_a_rule_that_the_check_does_not_know_is_not_passed_over() -> None:
    class Strange(BaseModel):
        name: Annotated[str, BeforeValidator(str.strip)]

    with pytest.raises(TypeError, match="knows no rule"):
        QuickCheck(Strange)
