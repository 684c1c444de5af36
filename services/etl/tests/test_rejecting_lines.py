"""Which lines are set aside, with which reason and detail; and which odd ones are loaded all the same."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lake.contract import Event

LONG = "x" * 129
DEEP = 3000

# name: (fields of the event, reason, detail)
BAD_VALUES = {
    "an empty event name": ({"eventName": ""}, "invalid_event_name", "eventName: cannot take “”"),
    "an event name of null": ({"eventName": None}, "missing_event_name", "eventName is missing"),
    "an event name with a blank": (
        {"eventName": "page view"},
        "invalid_event_name",
        "eventName: cannot take “page view”",
    ),
    "an event name with a line feed": ({"eventName": "page_view\n"}, "invalid_event_name", "“page_view\n”"),
    "an event name that begins with a digit": ({"eventName": "1st"}, "invalid_event_name", "“1st”"),
    "an event name of 65 characters": ({"eventName": "a" * 65}, "invalid_event_name", "aaa”"),
    "an event name that is an object": ({"eventName": {"a": 1}}, "invalid_event_name", '{"a":1}'),
    "an event id that is no UUID": ({"eventId": "e-1"}, "invalid_event_id", "eventId: cannot take “e-1”"),
    "an event time of words": ({"eventTimestamp": "yesterday"}, "invalid_event_timestamp", "“yesterday”"),
    "an event time of 30 February": ({"eventTimestamp": "2026-02-30T00:00:00Z"}, "invalid_event_timestamp", "02-30"),
    "an event time beyond the year 9999": ({"eventTimestamp": 9_999_999_999_999_999}, "invalid_event_timestamp", "99"),
    "an event time far beyond": ({"eventTimestamp": 1e300}, "invalid_event_timestamp", "“1e+300”"),
    "a negative sequence": ({"sequence": -1}, "invalid_sequence", "sequence: cannot take “-1”"),
    "a fractional sequence": ({"sequence": 1.5}, "invalid_sequence", "“1.5”"),
    "a sequence beyond 32 bits": ({"sequence": 2**31}, "invalid_sequence", "“2147483648”"),
    "a first visit of maybe": ({"isFirstVisit": "maybe"}, "invalid_is_first_visit", "“maybe”"),
    "an unknown login state": ({"userLoginState": "hacked"}, "invalid_user_login_state", "“hacked”"),
    "a price of letters": (
        {"product": {"id": "p", "price": "abc"}},
        "invalid_price",
        "product.price: cannot take “abc”",
    ),
    "a price with a thousands separator": ({"product": {"price": "1,299.00"}}, "invalid_price", "“1,299.00”"),
    "a price of an object": ({"product": {"price": {"eur": 1}}}, "invalid_price", '{"eur":1}'),
    "a price too large": ({"product": {"price": 1e15}}, "invalid_price", "1000000000000000.0"),
    "a discount price of letters": ({"product": {"discountPrice": "-"}}, "invalid_price", "product.discountPrice"),
    "an order total of letters": ({"order": {"id": "o", "total": "abc"}}, "invalid_order_total", "order.total"),
    "a tax of letters": ({"order": {"tax": "abc"}}, "invalid_order_tax", "order.tax: cannot take “abc”"),
    "a shipping of letters": ({"order": {"shipping": "abc"}}, "invalid_order_shipping", "order.shipping"),
    "a discount of letters": ({"order": {"discount": "abc"}}, "invalid_order_discount", "order.discount"),
    "an item count of a fraction": ({"order": {"itemCount": 1.5}}, "invalid_item_count", "order.itemCount"),
    "an item price of letters": ({"items": [{}, {"price": "abc"}]}, "invalid_price", "items[].price: not a number"),
    "an item discount of letters": ({"items": [{"discountPrice": "a"}]}, "invalid_price", "items[].discountPrice"),
    "an item quantity of letters": ({"items": [{"quantity": "two"}]}, "invalid_quantity", "items[].quantity"),
    "an item id too long": ({"items": [{"id": LONG}]}, "invalid_product_id", "items[].id: longer than 128 characters"),
    "an item that is no object": ({"items": [{"id": "p"}, 5]}, "invalid_items", "items[]: not an object"),
    "a user id too long": ({"userId": LONG}, "invalid_user_id", "userId: cannot take “xxx"),
    "a client id too long": ({"clientId": LONG}, "invalid_client_id", "clientId"),
    "a session id too long": ({"sessionId": LONG}, "invalid_session_id", "sessionId"),
    "a product id too long": ({"product": {"id": LONG}}, "invalid_product_id", "product.id"),
    "an order id too long": ({"order": {"id": LONG}}, "invalid_order_id", "order.id"),
    "a consent of maybe": ({"consent": {"analytics": "maybe"}}, "invalid_consent", "consent.analytics"),
    "a product that is text": ({"product": "p-1"}, "invalid_product", "product: expected object, got varchar"),
    "an order that is a list": ({"order": []}, "invalid_order", "order: expected object, got array"),
    "items that are an object": ({"items": {"id": "p"}}, "invalid_items", "items: expected array, got object"),
    "a search that is text": ({"search": "laptop"}, "invalid_search", "search: expected object"),
    "an element that is text": ({"element": "button"}, "invalid_element", "element: expected object"),
    "a consent that is a boolean": ({"consent": False}, "invalid_consent", "consent: expected object, got boolean"),
    "properties that are a list": ({"properties": [1]}, "invalid_properties", "properties: expected object, got array"),
}

# name: (line, reason, detail)
BAD_LINES = {
    "no event name": ('{"eventId":"00000000-0000-0000-0000-000000000001"}', "missing_event_name", "is missing"),
    "words": ("hello", "not_json", "the line is not JSON"),
    "half an object": ('{"eventName":"page_view"', "not_json", "the line is not JSON"),
    "two objects": ('{"eventName":"a"} {"eventName":"b"}', "not_json", "the line is not JSON"),
    "single quotes": ("{'eventName':'a'}", "not_json", "the line is not JSON"),
    "a list": ('[{"eventName":"a"}]', "not_an_object", "the line is JSON array"),
    "a text": ('"page_view"', "not_an_object", "the line is JSON varchar"),
    "a number": ("17", "not_an_object", "the line is JSON ubigint"),
    "null": ("null", "not_an_object", "the line is JSON null"),
    "NaN": ('{"eventName":"a","properties":{"x":NaN}}', "not_json", "the line is not JSON"),
    "minus infinity": ('{"eventName":"a","properties":{"x":-Infinity}}', "not_json", "the line is not JSON"),
    "a number that nobody can hold": ('{"eventName":"a","properties":{"x":1e999999}}', "not_json", "not JSON"),
    "a number of 2,000 digits": (f'{{"eventName":"a","properties":{{"x":{"1" * 2000}}}}}', "not_json", "not JSON"),
    "deep nesting": (f'{{"eventName":"a","x":{"[" * DEEP}{"]" * DEEP}}}', "not_json", "the line is not JSON"),
    "deep objects": ('{"eventName":"a","x":' + '{"y":' * DEEP + "1" + "}" * DEEP + "}", "not_json", "not JSON"),
    "bytes that are not UTF-8": (b'{"eventName":"a","x":"\xff"}', "not_utf8", "byte 22 of the line is not UTF-8"),
    "a NUL byte": (b'{"eventName":"a\x00"}', "not_json", "byte 15 of the line is NUL"),
}  # fmt: skip


def test_every_impossible_value_is_set_aside_with_its_reason_and_place(transform, make_event):
    done = transform(*(make_event(**fields) for fields, _, _ in BAD_VALUES.values()))
    assert done.events == []
    found = dict(zip(BAD_VALUES, ((row["reason"], row["detail"]) for row in done.rejects), strict=True))
    for name, (_, reason, detail) in BAD_VALUES.items():
        assert (name, found[name][0]) == (name, reason)
        assert detail in found[name][1]


def test_every_line_that_is_no_event_is_set_aside_as_it_was(transform):
    done = transform(*(line for line, _, _ in BAD_LINES.values()))
    assert done.events == []
    found = dict(zip(BAD_LINES, done.rejects, strict=True))
    for name, (line, reason, detail) in BAD_LINES.items():
        assert (name, found[name]["reason"]) == (name, reason)
        assert detail in found[name]["detail"]
        if isinstance(line, str):
            assert found[name]["line"] == line
    assert found["bytes that are not UTF-8"]["line"] == '{"eventName":"a","x":"\\xff"}'
    assert [int(row["line_number"]) for row in done.rejects] == list(range(1, len(BAD_LINES) + 1))


LOOKS_LIKE_JSON = (
    '{"eventName":"a"}}',
    "{}{}",
    '{"eventName"}',
    "{\"eventName\":'a'}",
    '{"a":1}\r{"b":2}',
)


@pytest.mark.parametrize("wrong", LOOKS_LIKE_JSON)
def test_a_line_that_only_looks_like_json_keeps_no_other_out(transform, make_event, wrong):
    others = [make_event(), "17", make_event(eventName=""), '{"eventName":"cut off', make_event(colour="red")]
    done = transform(*others[:2], wrong, *others[2:])
    assert [(int(row["line_number"]), row["reason"], row["line"]) for row in done.rejects] == [
        (2, "not_an_object", "17"),
        (3, "not_json", wrong),
        (4, "invalid_event_name", json.dumps(others[2])),
        (5, "not_json", '{"eventName":"cut off'),
    ]
    assert done.counts.loaded == 2
    assert [row["properties"] for row in done.events].count('{"colour":"red"}') == 1


def test_a_long_value_is_shown_by_its_beginning(transform, make_event):
    (row,) = transform(make_event(userLoginState="x" * 500)).rejects
    assert row["detail"] == f"userLoginState: cannot take “{'x' * 80}”"
    assert "x" * 500 in row["line"]


GOOD = {
    "a custom event": {"eventName": "my.Event:with-9_parts"},
    "unknown members": {"colour": "red", "nested": {"deep": [1, {"x": None}]}},
    "members of null": dict.fromkeys(("product", "items", "order", "search", "consent", "properties", "element")),
    "empty parts": {"product": {}, "items": [], "order": {}, "search": {}, "properties": {}, "consent": {}},
    "half an emoji": {"pageTitle": "a\ud83d"},
    "nesting of 150": {"x": json.loads("[" * 150 + "]" * 150)},
    "text that looks like NaN": {"pageTitle": "a:NaN, [inf, 1e99999"},
    "a number of 500 digits": {"properties": {"x": int("7" * 500)}},
    "a tiny number": {"properties": {"x": 1e-300}},
    "an _ingest that is text": {"_ingest": {"receivedAt": "soon", "userAgent": 5}},
    "an id in capitals": {"eventId": "0192F0C1-2A4B-7C3D-8E5F-6A7B8C9D0E1F"},
    "an id as a URN": {"eventId": "urn:uuid:1192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"},
    "an id without hyphens": {"eventId": "2192f0c12a4b7c3d8e5f6a7b8c9d0e1f"},
    "ids of blanks": {"userId": "  ", "clientId": "", "sessionId": " "},
    "128 characters": {"userId": "ü" * 128, "eventName": "a" * 64},
}


def test_odd_events_are_loaded(transform, make_event):
    lines = [json.dumps(make_event(**fields)) for fields in GOOD.values()]  # json.dumps escapes, as browsers may
    done = transform(*lines)
    assert [(row["line_number"], row["reason"], row["detail"]) for row in done.rejects] == []
    assert len(done.events) == len(GOOD)


def test_an_ingest_member_that_is_no_object_does_not_matter(transform):
    event = transform('{"eventName":"a","_ingest":[1]}').event
    assert event["received_at"] == "2026-11-22 07:00:00+00"


# What the collector lets through is loaded: the contract's own models say what that is.
NUMBERS = st.one_of(
    st.floats(-1e12, 1e12),
    st.integers(-(10**12), 10**12),
    st.sampled_from(["1e3", " 12 ", "+5", ".5", "5.", "-0", "1_0"]),
)
IDS = st.one_of(st.text(max_size=130), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.datetimes().map(lambda moment: moment.isoformat("_", "minutes").lower()),
    st.integers(-(10**13), 3 * 10**14),
    st.integers(-(10**13), 3 * 10**14).map(str),
    st.sampled_from(
        ["2026-11-22", "2026-11-22t07:00:00,5z", "2026-11-22T07:00:00\N{MINUS SIGN}07:00", "2026-11-22T07:00:00+0530"]
    ),
)
PRODUCT = st.fixed_dictionaries({}, optional={"id": IDS, "name": st.text(), "price": NUMBERS, "discountPrice": NUMBERS})
CONTRACT_EVENTS = st.fixed_dictionaries(
    {"eventName": st.one_of(st.from_regex(r"[A-Za-z][A-Za-z0-9_.:-]{0,65}", fullmatch=True), st.text(max_size=3))},
    optional={
        "eventId": st.uuids().flatmap(lambda u: st.sampled_from([str(u), u.hex, f"{{{u}}}", u.urn, str(u).upper()])),
        "eventTimestamp": TIMES,
        "sequence": st.one_of(st.integers(-1, 2**31), st.just("3"), st.just(3.0), st.just("3.0"), st.just(" 3")),
        "isFirstVisit": st.sampled_from([True, 0, 1.0, "yes", "OFF", "t", "maybe", None]),
        "consent": st.fixed_dictionaries({"analytics": st.sampled_from([True, "on", 1, "1", None, "perhaps"])}),
        "userId": IDS,
        "product": PRODUCT,
        "items": st.lists(
            st.tuples(PRODUCT, st.fixed_dictionaries({}, optional={"quantity": NUMBERS})).map(lambda p: p[0] | p[1]),
            max_size=2,
        ),
        "order": st.fixed_dictionaries(
            {}, optional={"id": IDS, "total": NUMBERS, "tax": NUMBERS, "itemCount": NUMBERS}
        ),
        "search": st.fixed_dictionaries({}, optional={"query": st.text(), "results": st.integers(0, 9)}),
        "userLoginState": st.sampled_from(["logged_in", "anonymous", "guest", None]),
        "properties": st.dictionaries(st.text(max_size=3), st.one_of(st.text(), st.integers(), st.none()), max_size=3),
    },
)


# Not shrunk: many events go through one transform, and the assertion names the ones that were set aside.
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(CONTRACT_EVENTS, min_size=40, max_size=120))
def test_what_the_contract_takes_is_never_set_aside(transform, events):
    taken = []
    for event in events:
        try:
            Event.model_validate_json(json.dumps(event))
        except ValidationError:
            continue
        taken.append(json.dumps(event))
    done = transform(*taken)
    assert [(row["detail"], row["line"]) for row in done.rejects] == []
    assert done.counts.collected == len(taken)


@pytest.mark.parametrize("wrapped", [b"", b"{}"])
def test_nothing_at_all_is_no_event(transform, wrapped):
    done = transform(objects=[[]]) if not wrapped else transform(wrapped)
    assert done.events == []
    assert [row["reason"] for row in done.rejects] == (["missing_event_name"] if wrapped else [])
