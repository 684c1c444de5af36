"""The lines of a request whose events are all valid and need nothing: cut from the bytes as they were sent.

Most requests are such. Parsed into the checked form in one go and never written anew, they cost half of what the way
over ``read_events`` and ``sort_events`` does, which remains for all others: it knows what to say of a fault, mends
half surrogate pairs, and keeps members that the contract doesn't name.

Of a member that is sent twice both stay in the line. The last one was checked, and counts, as for readers of JSON.
"""

from typing import Any, NamedTuple

import msgspec
from pydantic_core import PydanticCustomError

from collector.quick_check import NotSurelyValidError, QuickCheck
from collector.read_events import may_nest_too_deep, sent_at_text
from lake.contract import MAX_EVENTS_PER_REQUEST, MEMBERS_DIGEST, Event

_BEFORE_INGEST = b',"_ingest":{"members":"%b",' % MEMBERS_DIGEST.encode()
_check = QuickCheck(Event, closed=True)
_Event: Any = _check.kind


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    events: list[_Event]
    sentAt: Any = None  # noqa: N815 # as on the wire


class _RawEnvelope(msgspec.Struct):
    events: list[msgspec.Raw]


_decode_one = msgspec.json.Decoder(_Event).decode
_decode_many = msgspec.json.Decoder(list[_Event]).decode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_cut_many = msgspec.json.Decoder(list[msgspec.Raw]).decode
_cut_envelope = msgspec.json.Decoder(_RawEnvelope).decode


class AsSent(NamedTuple):
    """Each event's JSON without its closing brace, and the envelope's ``sentAt`` as text."""

    opened: "list[bytes | memoryview]"
    sent_at: str | None

    def lines(self, ingest_json: bytes) -> bytes:
        """NDJSON as the lake keeps it: the events with ``_ingest``, which says that the contract names all members."""
        end = _BEFORE_INGEST + ingest_json[1:] + b"}\n"
        return end.join((*self.opened, b""))


def as_sent(body: bytes) -> AsSent | None:
    """Cut a body into its events; None unless all are surely valid, have their ids, and no consent was refused."""
    if b"\n" in body or b"\r" in body:  # pretty-printed: an event would not be one line
        return None
    sent_at = None
    raws: list[msgspec.Raw] = []
    try:
        if body[:1] == b"[":
            events = _decode_many(body)
            raws = _cut_many(body)
        else:
            try:
                events = [_decode_one(body)]
            except msgspec.ValidationError:
                envelope = _decode_envelope(body)
                events, sent_at = envelope.events, sent_at_text(envelope.sentAt)
                raws = _cut_envelope(body).events
        _check.apply_rules(events)
    # msgspec's errors and UnicodeDecodeError are ValueErrors
    except (ValueError, PydanticCustomError, RecursionError, NotSurelyValidError):
        return None
    free_form = False
    for event in events:
        if event.event_id is None or (event.consent is not None and event.consent.analytics is False):
            return None
        free_form = free_form or event.properties is not None
    if not 0 < len(events) <= MAX_EVENTS_PER_REQUEST or (free_form and may_nest_too_deep(body, len(events))):
        return None
    if raws:
        return AsSent([memoryview(raw)[:-1] for raw in raws], sent_at)
    return AsSent([body.rstrip()[:-1]], None)
