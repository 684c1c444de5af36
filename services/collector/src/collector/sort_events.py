"""The decision about each event of a request: stored, withheld for want of consent, or rejected with its errors."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from pydantic import ValidationError

from collector.errors import MalformedRequestError
from collector.quick_check import NotSurelyValidError, event_check
from lake.contract import Consent, Event
from lake.ids import uuid7_text

_MAX_ERRORS_PER_EVENT = 20
_encode_lines = msgspec.json.Encoder().encode_lines


@dataclass(slots=True)
class Sorted:
    """A request's events, sorted.

    ``event_lines`` and ``rejected_lines`` are NDJSON as the lake keeps it; ``rejected`` is what the client is told.
    """

    accepted: int = 0
    withheld: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    event_lines: bytes = b""
    rejected_lines: bytes = b""
    rejected_kept: int = 0


def sort_events(events: list[Any], ingest_json: bytes, *, withhold: bool = False) -> Sorted:
    """Sort the events of one request; those to be kept are given ``_ingest``, and an id where they have none.

    The events are changed in place. An invalid event whose visitor refused consent is answered like any invalid one,
    but not kept either. With ``withhold`` all visitors are taken to have refused.

    Raises:
        MalformedRequestError: an event is nested too deep to be written.
    """
    result = Sorted()
    kept: list[Any] = []
    refused: list[Any] = []
    ingest = msgspec.Raw(ingest_json)
    for index, (event, checked) in enumerate(zip(events, _check(events), strict=True)):
        if isinstance(checked, ValidationError):
            errors = _describe(event, checked)
            event_id = event.get("eventId") if isinstance(event, dict) else None
            result.rejected.append({"index": index, "eventId": event_id, "errors": errors})
            if not withhold and not _consent_refused(event):
                refused.append({"reason": "invalid_event", "errors": errors, "body": event, "_ingest": ingest})
        elif withhold or (checked.consent is not None and checked.consent.analytics is False):
            result.withheld += 1
        else:
            # The id in one form only, so that the same id sent as a1… and as A1… is the same id in the warehouse.
            event["eventId"] = str(checked.event_id or uuid7_text())
            event["_ingest"] = ingest
            kept.append(event)
    result.accepted = len(kept)
    result.rejected_kept = len(refused)
    try:
        result.event_lines = _encode_lines(kept)
        result.rejected_lines = _encode_lines(refused)
    except RecursionError as error:
        raise MalformedRequestError("an event is nested too deep") from error
    return result


def _check(events: list[Any]) -> list[Any]:
    """Each event's checked form, or its ValidationError."""
    try:
        return event_check.check_all(events)
    except NotSurelyValidError:
        return [_check_one(event) for event in events]


def _check_one(event: Any) -> Any:
    try:
        return event_check.check(event)
    except NotSurelyValidError:
        pass
    try:
        # Wire names only: an event stored as event_name would have no name for the ETL.
        return Event.model_validate(event, by_alias=True, by_name=False)
    except ValidationError as error:
        return error


def _describe(event: Any, error: ValidationError) -> list[dict[str, str]]:
    if not isinstance(event, dict):
        return [{"field": "", "code": "not_an_object", "message": "An event is a JSON object"}]
    found = error.errors(include_url=False, include_context=False, include_input=False)
    described = [
        {"field": ".".join(map(str, item["loc"])), "code": item["type"], "message": item["msg"]}
        for item in found[:_MAX_ERRORS_PER_EVENT]
    ]
    if len(found) > _MAX_ERRORS_PER_EVENT:
        left_out = len(found) - _MAX_ERRORS_PER_EVENT
        described.append({"field": "", "code": "more_errors", "message": f"{left_out} further errors are left out"})
    return described


def _consent_refused(event: Any) -> bool:
    try:
        return Consent.model_validate(event["consent"]).analytics is False
    except (KeyError, TypeError, ValidationError):
        return False
