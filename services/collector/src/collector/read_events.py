"""From the bytes of a body to its events: one event, an array, or an envelope with ``sentAt``."""

import codecs
import re
from typing import Any, NamedTuple

import msgspec
from pydantic_core import from_json

from collector.errors import MalformedRequestError, TooLargeError
from lake.contract import MAX_EVENTS_PER_REQUEST

_MAX_SENT_AT_LENGTH = 64
_decode = msgspec.json.Decoder().decode

# Every escape in turn, so that in `\\ud800` the pair of backslashes is seen first.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)

# JSON sent by browsers nests four deep. A body with few brackets per event can't nest past what readers take; one
# with many is parsed again by a parser that stops at 200 levels.
_BRACKETS_PER_EVENT = 8
_BRACKETS_ALWAYS_FINE = 150


class Sent(NamedTuple):
    """What a request carries: its events, not yet checked, and the envelope's ``sentAt`` as text."""

    events: list[Any]
    sent_at: str | None


def read_events(body: bytes) -> Sent:
    """Parse a body.

    A byte order mark is skipped. Half a surrogate pair (JavaScript's ``slice`` through an emoji makes one) becomes
    U+FFFD: it is no Unicode, and no reason to lose the request. Of a duplicated member the last one counts.

    Raises:
        MalformedRequestError: not UTF-8, not JSON, numbers out of range, too deep, or not of the three forms.
        TooLargeError: over 500 events.
    """
    if body.startswith(codecs.BOM_UTF8):
        body = body[len(codecs.BOM_UTF8) :]
    sent = _events_of(_parse(body))
    count = len(sent.events)
    if count > MAX_EVENTS_PER_REQUEST:
        raise TooLargeError(f"{count} events in one request, at most {MAX_EVENTS_PER_REQUEST} are taken")
    if may_nest_too_deep(body, count):
        _explain(body)
    return sent


def may_nest_too_deep(body: bytes, count: int) -> bool:
    """Whether a body of ``count`` events has so many brackets that it might nest deeper than readers take."""
    return body.count(b"{") + body.count(b"[") > _BRACKETS_PER_EVENT * count + _BRACKETS_ALWAYS_FINE


def _events_of(value: Any) -> Sent:
    if isinstance(value, dict):
        if "events" not in value or "eventName" in value:
            return Sent([value], None)
        events = value["events"]
        if not isinstance(events, list):
            raise MalformedRequestError("the envelope's `events` is not an array of events")
        sent_at = sent_at_text(value.get("sentAt"))
    elif isinstance(value, list):
        events, sent_at = value, None
    else:
        raise MalformedRequestError("the body is neither an event, nor an array of events, nor an envelope of events")
    if not events:
        raise MalformedRequestError("the request holds no event")
    return Sent(events, sent_at)


def sent_at_text(value: Any) -> str | None:
    """An envelope's ``sentAt`` as text, as sent: the ETL judges it.

    A clock that makes no sense is no reason to lose the events.
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:_MAX_SENT_AT_LENGTH]


def _parse(body: bytes) -> Any:
    try:
        return _decode(body)
    except UnicodeDecodeError as error:
        raise MalformedRequestError(f"the body is not UTF-8: {error.reason} at byte {_bad_byte(body)}") from error
    except RecursionError as error:
        _explain(body)
        raise MalformedRequestError("the body is nested too deep") from error
    except msgspec.DecodeError as error:
        mended = _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)
        if mended != body:
            return _parse(mended)
        _explain(body)
        raise MalformedRequestError(f"the body cannot be read as JSON: {error}") from error


def _explain(body: bytes) -> None:
    """Raise with line and column where this parser, whose messages have them, finds fault too."""
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as error:
        _check_utf8(body)
        raise MalformedRequestError(f"the body is not JSON that can be taken: {error}") from error


def _check_utf8(body: bytes) -> None:
    if (position := _bad_byte(body)) is not None:
        raise MalformedRequestError(f"the body is not UTF-8: invalid byte at position {position}")


def _bad_byte(body: bytes) -> int | None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None
