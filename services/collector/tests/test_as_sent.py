"""Events cut from the bytes as they were sent are those that parsing and writing anew would store."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.as_sent import as_sent
from collector.read_events import read_events
from collector.sort_events import sort_events
from lake.contract import EVENT_MEMBERS, MEMBERS_DIGEST

INGEST = b'{"receivedAt":"2026-11-22T09:00:00.000Z","requestId":"r-1"}'
ID = "01a20589-61af-784d-84c3-44d3c0137453"
EVENT = {"eventName": "page_view", "eventId": ID}

ids = st.uuids().map(str) | st.uuids().map(lambda value: str(value).upper()) | st.sampled_from(["", ID[:-1], ID + " "])
texts = st.text(max_size=12)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
members = {
    "pageTitle": texts,
    "pageUrl": texts,
    "userId": texts | st.integers(),
    "isFirstVisit": values,
    "sequence": st.integers(-1, 1 << 40),
    "product": st.dictionaries(st.sampled_from(["id", "name", "price", "colour"]), values, max_size=4),
    "consent": st.fixed_dictionaries({"analytics": st.booleans()}),
    "properties": st.dictionaries(texts, values | st.lists(values, max_size=2), max_size=3),
    "_ingest": st.just({"receivedAt": "1999-01-01T00:00:00Z"}),
    "custom": values,
}
events = st.fixed_dictionaries(
    {"eventName": st.sampled_from(["page_view", "custom_event", "!", "x\n"])},
    optional={"eventId": ids, "eventTimestamp": texts | st.integers(0, 2_000_000_000_000), **members},
)
bodies = (
    events
    | st.lists(events, max_size=4)
    | st.fixed_dictionaries({"events": st.lists(events, max_size=3)}, optional={"sentAt": values})
    | st.fixed_dictionaries({"sentAt": values, "events": st.lists(events, max_size=3)})
)


def _lines(lines: bytes) -> list[Any]:
    return [json.loads(line) for line in lines.splitlines()]


def _cut_lines(lines: bytes) -> list[Any]:
    """The lines of ``as_sent``: as others, and each says that the contract names all of its members."""
    found = _lines(lines)
    for line in found:
        assert line["_ingest"].pop("members") == MEMBERS_DIGEST
        assert EVENT_MEMBERS.issuperset(line.keys() - {"_ingest"})
    return found


@given(bodies, st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]), st.booleans())
def test_what_is_cut_equals_what_is_written_anew(body: Any, separators: tuple[str, str], ascii_only: bool) -> None:
    text = json.dumps(body, separators=separators, ensure_ascii=ascii_only)
    sent = text.encode("utf-8", "surrogatepass")
    cut = as_sent(sent)
    if cut is None:
        return
    read = read_events(sent)
    anew = sort_events(read.events, INGEST)
    assert (anew.rejected, anew.withheld, anew.accepted) == ([], 0, len(cut.opened))
    assert cut.sent_at == read.sent_at
    lines = cut.lines(INGEST)
    assert lines.count(b"\n") == len(cut.opened)
    assert _cut_lines(lines) == _lines(anew.event_lines)


@pytest.mark.parametrize(
    "body",
    [
        EVENT,
        [EVENT],
        [EVENT, EVENT | {"pageTitle": "Màn hình “27 inch” \\ \n"}],
        {"sentAt": "2026-11-22T09:00:00Z", "events": [EVENT, EVENT]},
        {"events": [EVENT], "sentAt": 1_795_000_000_000},
        EVENT | {"properties": {"a": {"b": [1, 2.5, None]}}},
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (" , ", " : ")])
def test_everyday_bodies_are_cut(body: Any, separators: tuple[str, str]) -> None:
    sent = b"%b \t" % json.dumps(body, separators=separators, ensure_ascii=False).encode()
    cut = as_sent(sent)
    assert cut is not None
    assert _cut_lines(cut.lines(INGEST)) == _lines(sort_events(read_events(sent).events, INGEST).event_lines)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(EVENT, indent=1).encode(),
        json.dumps(EVENT | {"_ingest": {"sourceIp": "1.2.3.4"}}).encode(),
        json.dumps(EVENT | {"unknown": 1}).encode(),
        json.dumps(EVENT | {"eventId": ID.upper()}).encode(),
        json.dumps(EVENT | {"eventId": ID.replace("-", "0")}).encode(),
        json.dumps([EVENT, EVENT | {"eventId": " " + ID[1:]}]).encode(),
        json.dumps([EVENT, EVENT | {"eventId": ID[:8] + "0-" + ID[10:]}]).encode(),
        json.dumps({"eventName": "page_view"}).encode(),
        json.dumps(EVENT | {"consent": {"analytics": False}}).encode(),
        json.dumps({"events": [], "sentAt": None}).encode(),
        json.dumps([EVENT] * 501).encode(),
        b"[]",
        b"",
        b"\xef\xbb\xbf" + json.dumps(EVENT).encode(),
        b'{"eventName":"page_view","eventId":"%b","pageTitle":"\xff"}' % ID.encode(),
        b'{"eventName":"page_view","eventId":"%b","pageTitle":"\\ud800"}' % ID.encode(),
        b'{"eventName":"page_view","eventId":"%b"},{}' % ID.encode(),
    ],
)
def test_whatever_needs_a_closer_look_is_not_cut(body: bytes) -> None:
    assert as_sent(body) is None


def test_of_a_member_sent_twice_both_stay_and_the_last_one_counts() -> None:
    cut = as_sent(b'{"eventName":"!","eventName":"page_view","eventId":"%b"}' % ID.encode())
    assert cut is not None
    line = cut.lines(INGEST)
    assert line.count(b"eventName") == 2
    assert json.loads(line)["eventName"] == "page_view"
