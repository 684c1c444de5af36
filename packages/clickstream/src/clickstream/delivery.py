"""Sending events to a collector over HTTP, until each is accepted or refused for good."""

import asyncio
import email.utils
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from clickstream.errors import DeliveryError, RequestRefusedError

_ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Delivered:
    """What a collector did with events: kept them, dropped them for want of consent, or refused them as invalid.

    ``first_rejection`` is the first reason it gave.
    """

    accepted: int = 0
    withheld: int = 0
    rejected: int = 0
    first_rejection: str | None = None

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(
            self.accepted + other.accepted,
            self.withheld + other.withheld,
            self.rejected + other.rejected,
            self.first_rejection or other.first_rejection,
        )


async def post_events(
    client: httpx.AsyncClient,
    url: str,
    events: Sequence[Mapping[str, Any]],
    headers: Mapping[str, str] | None = None,
    sent_at: str | None = None,
) -> Delivered:
    """Post events as one request; retry what may pass (no answer, 429, 5xx), waiting as Retry-After says.

    Raises:
        RequestRefusedError: the collector cannot read the request: one of the events is too large, or is not JSON.
        DeliveryError: still no answer after the last attempt, or there is no collector at the address.
    """
    body = _body({"sentAt": sent_at, "events": events} if sent_at else events)
    wait, trouble = _FIRST_WAIT_SECONDS, ""
    for attempt in range(1, _ATTEMPTS + 1):
        asked: float | None = None
        try:
            answer = await client.post(
                endpoint(url), content=body, headers={"Content-Type": "application/json", **(headers or {})}
            )
        except httpx.HTTPError as error:
            trouble = f"{endpoint(url)} does not answer: {error or type(error).__name__}"
        else:
            if answer.status_code in (200, 422):
                return _outcome(answer, len(events))
            trouble = f"{endpoint(url)} answers {answer.status_code}: {answer.text[:200]}"
            if answer.status_code in (400, 413):
                raise RequestRefusedError(trouble)
            if answer.status_code != 429 and answer.status_code < 500:
                raise DeliveryError(trouble)
            asked = retry_after_seconds(answer.headers.get("Retry-After"), datetime.now(UTC))
        if attempt < _ATTEMPTS:
            await asyncio.sleep(min(wait if asked is None else asked, _LONGEST_WAIT_SECONDS))
            wait *= 2
    raise DeliveryError(f"{trouble} (after {_ATTEMPTS} attempts)")


def endpoint(url: str) -> str:
    """The address that takes events, from a collector's base URL or the address itself."""
    return url if url.rstrip("/").endswith("/clickstream") else f"{url.rstrip('/')}/clickstream"


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or an HTTP date; None where it says nothing usable."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def _body(value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
        return json.dumps(value, separators=(",", ":")).encode()


def _outcome(answer: httpx.Response, count: int) -> Delivered:
    try:
        body = answer.json()
        rejected = body.get("rejected", [])
        refused = len(rejected) if answer.status_code == 200 else count
        accepted = int(body["accepted"]) if answer.status_code == 200 else 0
        withheld = int(body.get("withheld", 0))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeliveryError(f"{answer.url} is not a collector: it answers {answer.text[:200]}") from error
    first = json.dumps(rejected[0], ensure_ascii=False)[:300] if rejected else None
    return Delivered(accepted, withheld, refused, first)
