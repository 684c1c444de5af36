"""Where a raw-lake line belongs: the window of its `_ingest.receivedAt`."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lake import window_of
from lake.contract import EVENT_MEMBERS, MEMBERS_DIGEST

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Unplaceable:
    """Why a line has no window, as the lake's `rejected/` names errors."""

    field: str
    code: str
    message: str


def place(line: bytes) -> datetime | Unplaceable:
    """The window that a line was received in, or why there is none.

    The line need not be a valid event: that is the ETL's to judge. A time without zone is taken as UTC.
    """
    event = _read(line)
    if isinstance(event, Unplaceable):
        return event
    ingest = event.get("_ingest")
    if not isinstance(ingest, dict) or ingest.get("receivedAt") is None:
        return Unplaceable("_ingest.receivedAt", "missing", "the line does not say when it was received")
    unnamed = sorted(event.keys() - EVENT_MEMBERS - {"_ingest"})
    if unnamed and ingest.get("members") == MEMBERS_DIGEST:
        # As of a line that was changed since the collector wrote it: the ETL would believe it, and lose the member.
        said = "the line says that the contract names all members: not"
        return Unplaceable("_ingest.members", "wrong", f"{said} {unnamed[0][:60]}")
    return _window(ingest["receivedAt"])


def _read(line: bytes) -> dict[str, Any] | Unplaceable:
    try:
        event = json.loads(line)
    except RecursionError:
        return Unplaceable("", "nested_too_deep", "the line is nested too deep")
    except UnicodeDecodeError as error:
        return Unplaceable("", "not_utf8", f"the line is not UTF-8: byte {error.start + 1} cannot be read")
    except json.JSONDecodeError as error:
        return Unplaceable("", "not_json", f"the line is not JSON: {error.msg} at character {error.pos + 1}")
    except ValueError as error:  # an integer of more than 4,300 digits
        return Unplaceable("", "not_json", f"the line cannot be read: {error}")
    if not isinstance(event, dict):
        return Unplaceable("", "not_an_object", "the line is JSON, but not an object")
    return event


def _window(received_at: object) -> datetime | Unplaceable:
    try:
        moment = datetime.fromisoformat(received_at)  # type: ignore[arg-type] # anything else is a TypeError
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        shown = json.dumps(received_at)[:60]
        return Unplaceable("_ingest.receivedAt", "not_a_time", f"{shown} is not an ISO 8601 time")
    if moment < _EPOCH:  # an object's id (UUIDv7) counts from there
        return Unplaceable("_ingest.receivedAt", "before_1970", f"{moment.isoformat()} is before 1970")
    return window_of(moment)
