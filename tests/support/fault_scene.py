"""A small lake in which everything happens that a load has to settle; the same for the same seed."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from lake import Lake, events_key, rejected_key

# Two days, two months, two partitions.
START = datetime(2026, 11, 30, 22, tzinfo=UTC)
HOURS = 3
NOW = START + timedelta(hours=HOURS, minutes=10)
_NAMES = (
    "page_view",
    "page_view",
    "product_view",
    "add_to_cart_click",
    "checkout_start",
    "checkout_complete",
    "search",
)
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
PRICE = '"price": "'
BROKEN_PRICE = '"price": "broken'


class Scene:
    """Makes the lake's lines from a seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311 -- faults are no secrets
        self._sent: list[dict[str, Any]] = []

    def fill(self, lake: Lake, change: Callable[[bytes], bytes] = lambda text: text) -> int:
        """Put all objects into the lake; returns how many lines they promise. ``change`` is done to each one's text."""
        promised = 0
        for hour in range(HOURS):
            window = START + timedelta(hours=hour)
            for part in range(3):
                lines = [self._line(window, minute) for minute in range(part * 20, part * 20 + 18, 3)]
                if self._sent and part == 1:  # sent again: an hour later, and within one object
                    again = {**self._random.choice(self._sent)}
                    lines += [
                        json.dumps(again | self._receipt(window, 59)),
                        json.dumps(again | self._receipt(window, 59)),
                    ]
                if part == 2:
                    lines.append("not json")
                body = gzip.compress(change("".join(f"{line}\n" for line in lines).encode()), mtime=0)
                count = len(lines)
                if hour == 1 and part == 0:
                    body = body[:-20]  # cut off
                if hour == 2 and part == 0:
                    count += 2  # two lines are missing
                lake.put_new_blocking(events_key(window, self._id(), count), body)
                promised += count
            refused = {"reason": "invalid_event", "errors": [{"field": "eventName"}], "body": {"eventName": "1"},
                       "_ingest": self._receipt(window, 30)["_ingest"]}  # fmt: skip
            body = gzip.compress((json.dumps(refused) + "\n").encode(), mtime=0)
            lake.put_new_blocking(rejected_key(window, self._id(), 1), body)
            promised += 1
        return promised

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _receipt(self, window: datetime, minute: int) -> dict[str, Any]:
        moment = (window + timedelta(minutes=minute)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        agent = self._random.choices(_AGENTS, (9, 1))[0]
        return {"_ingest": {"receivedAt": moment, "userAgent": agent, "country": "VN"}}

    def _line(self, window: datetime, minute: int) -> str:
        roll = self._random
        name = roll.choice(_NAMES)
        client = roll.randrange(6)
        product = {
            "id": f"p{roll.randrange(5)}",
            "name": f"Laptop {roll.randrange(9)}",
            "price": str(roll.randrange(9, 99)),
        }
        happened = window + timedelta(minutes=minute - roll.randrange(3), seconds=roll.randrange(60))
        event = {
            "eventName": name, "eventId": str(self._id()), "clientId": f"c{client}",
            "eventTimestamp": happened.isoformat().replace("+00:00", "Z"),
            "pageUrl": f"https://shop.example/{roll.randrange(9)}", "referrer": roll.choice(["", "https://www.google.com/"]),
        }  # fmt: skip
        if roll.random() < 0.7:
            event["sessionId"] = f"s{client}-{window.day}"
        if name in ("product_view", "add_to_cart_click"):
            event["product"] = product
        if name in ("checkout_complete", "checkout_start"):
            order = f"o{roll.randrange(4)}"  # some twice, under other event ids
            event |= {"order": {"id": order, "total": roll.randrange(9, 99)}, "items": [{**product, "quantity": 1}]}
        if roll.random() < 0.06:
            event["consent"] = {"analytics": False}
        if roll.random() < 0.05:
            del event["eventName"]
        elif "consent" not in event:
            self._sent.append(event)
        return json.dumps(event | self._receipt(window, minute))
