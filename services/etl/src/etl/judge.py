"""Judging what the collector refused by the event contract as it is now."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lake.contract import Event

_MAX_REASON = 64
_MAX_DETAIL = 500
_WORD = re.compile(r"[A-Za-z]+")
_CAPITAL = re.compile(r"(?=[A-Z])")
# Of a place such as items.3.price: the members of the contract, not what a caller names freely.
_NAMED_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is none: a reason code as the ETL's own, and each error with its place."""

    reason: str
    detail: str


def unwrapped(line: str) -> str | Refusal:
    """The event of a line under `rejected/`, as the collector would store it today; or why it would not.

    Args:
        line: ``{"reason": …, "errors": […], "body": …, "_ingest": …}``.
    """
    try:
        refused = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Refusal("not_json", f"the line is not JSON: {error}")
    if not isinstance(refused, dict) or not isinstance(refused.get("_ingest"), dict) or "body" not in refused:
        return Refusal(
            "not_a_refusal", "the line is no refusal of the collector: expected an object with body and _ingest"
        )
    body, reason = refused["body"], refused.get("reason")
    if reason != "invalid_event":
        # What was refused as a whole, such as an imported line without time, is no event that a contract could take.
        return Refusal(str(reason or "not_a_refusal")[:_MAX_REASON], _told(refused.get("errors")))
    try:
        event = Event.model_validate(body, by_alias=True, by_name=False)
    except ValidationError as error:
        return _refusal(body, error)
    given = {} if event.event_id is None else {"eventId": str(event.event_id)}
    return json.dumps({**body, **given, "_ingest": refused["_ingest"]}, ensure_ascii=False)


def _refusal(body: Any, error: ValidationError) -> Refusal:
    if not isinstance(body, dict):
        return Refusal("not_an_object", "an event is a JSON object")
    found = error.errors(include_url=False, include_context=False, include_input=False)
    named = [part for part in found[0]["loc"] if isinstance(part, str) and _WORD.fullmatch(part)][:_NAMED_DEPTH]
    words = [word.lower() for part in named for word in _CAPITAL.split(part)]
    kind = "missing" if found[0]["type"] == "missing" else "invalid"
    told = [{"field": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in found]
    return Refusal("_".join([kind, *words]), _told(told))


def _told(errors: Any) -> str:
    """Errors in one text, each with its place."""
    if not isinstance(errors, list):
        return "the collector gave no errors"
    parts = [f"{each.get('field') or 'event'}: {each.get('message')}" for each in errors if isinstance(each, dict)]
    text = "; ".join(parts) or "the collector gave no errors"
    return text if len(text) <= _MAX_DETAIL else f"{text[:_MAX_DETAIL]}…"
