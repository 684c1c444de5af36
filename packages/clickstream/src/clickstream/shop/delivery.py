"""From what a browser saw to a line of the raw lake: the network's delays and repeats, and a few broken senders."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from clickstream import __version__
from clickstream.shop.journey import Event, iso_milliseconds, uuid_from
from clickstream.shop.reference import SITE
from lake.contract import MEMBERS_DIGEST

# Shares of events.
_LATE = 0.004  # a phone in a tunnel, a laptop closed: sent minutes to hours after it happened
_REPEATED = 0.005  # the answer was lost, the browser sends again
_BROKEN = 0.001  # truncated on the way, or an old version of the tracker

_VERSION = f"simulated-{__version__}"


@dataclass(frozen=True)
class Sender:
    """What the collector knows of who sends. ``clock_error`` in seconds; None: the sender gives no sentAt."""

    source_ip: str
    user_agent: str
    country: str
    clock_error: float | None


@dataclass(frozen=True)
class Line:
    """A line of the raw lake with its moment of receipt (seconds since 1970)."""

    received: float
    text: str


def deliver(seen: list[tuple[float, Event]], sender: Sender, random: Random) -> list[Line]:
    """The lines that a session's events (true time, event) become; not in order."""
    lines: list[Line] = []
    for clock, event in seen:
        sent = clock + random.random() * 1.2
        if random.random() < _LATE:
            sent += random.uniform(20 * 60, 30 * 3600)
        received = sent + 0.03 + random.expovariate(12)
        lines.append(_line(event, sender, sent, received, random))
        if random.random() < _REPEATED:
            again = received + random.choice((0.8, 3, 15, 90, 5400)) * random.uniform(0.8, 1.4)
            lines.append(_line(event, sender, sent, again, random))
    return lines


def _line(event: Event, sender: Sender, sent: float, received: float, random: Random) -> Line:
    ingest: dict[str, Any] = {
        "receivedAt": iso_milliseconds(received),
        "sourceIp": sender.source_ip,
        "userAgent": sender.user_agent,
        "method": "POST",
        "path": "/clickstream",
        "requestId": uuid_from(random),
        "country": sender.country,
        "origin": SITE,
        "collectorVersion": _VERSION,
        "members": MEMBERS_DIGEST,
    }
    if sender.clock_error is not None:
        ingest["sentAt"] = iso_milliseconds(sent + sender.clock_error)
    line = {**event, "_ingest": ingest}
    if random.random() < _BROKEN:
        return Line(received, _broken(line, random))
    return Line(received, _json(line))


def _broken(line: dict[str, Any], random: Random) -> str:
    roll = random.random()
    if roll < 0.35:
        text = _json(line)
        return text[: random.randrange(40, len(text) - 40)]
    if roll < 0.7:
        return _json({key: value for key, value in line.items() if key != "eventName"})
    return _json({**line, "product": {**line.get("product", {"id": "LP-1001"}), "price": "abc"}})


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
