"""What the load generator sends: a shop's events as its pages send them, no two alike."""

import json
import random
from pathlib import Path
from typing import Any
from uuid import UUID

_SHARE = ("page_view",) * 6 + ("product_view",) * 2 + ("add_to_cart_click", "click")
_GOODS = ("aurora-14", "aurora-16", "boreal-desk", "cirrus-27", "delta-keys", "ember-mouse")
_LUA = """\
local bodies = {{{bodies}}}
local at = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local requests = {{}}
function init(args)
  for i, body in ipairs(bodies) do requests[i] = wrk.format(nil, nil, nil, body) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
"""


def bodies(events_each: int, count: int) -> list[bytes]:
    """``count`` request bodies: one event as an object, or arrays of ``events_each``. The same at every call."""
    chance = random.Random(14)  # noqa: S311 # events, not secrets
    made = [[_event(chance, number * events_each + n) for n in range(events_each)] for number in range(count)]
    return [_compact(events[0] if events_each == 1 else events) for events in made]


def write_lua(path: Path, sent: list[bytes]) -> None:
    """A script that has wrk send these bodies in turn."""
    path.write_text(_LUA.format(bodies=",".join(f"[==[{body.decode()}]==]" for body in sent)))


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _event(chance: random.Random, number: int) -> dict[str, Any]:
    name = chance.choice(_SHARE)
    thing = chance.choice(_GOODS)
    event: dict[str, Any] = {
        "eventName": name,
        "eventId": str(UUID(int=chance.getrandbits(128), version=4)),
        "pageUrl": f"https://shop.example/laptops/{thing}?utm_source=newsletter",
        "referrer": "https://www.google.com/" if chance.random() < 0.3 else None,
        "clientId": f"c-{chance.getrandbits(48):x}",
        "sessionId": f"s-{chance.getrandbits(48):x}",
        "userLoginState": "anonymous",
        "isFirstVisit": chance.random() < 0.2,
        "eventTimestamp": f"2026-11-22T09:{number // 60 % 60:02}:{number % 60:02}.{chance.randrange(1000):03}Z",
    }
    if name in ("product_view", "add_to_cart_click"):
        event["product"] = {
            "id": thing,
            "name": thing.title().replace("-", " "),
            "category": "Laptops",
            "brand": "Aurora",
            "price": chance.randrange(9900, 300_000) / 100,
        }
    if name in ("click", "add_to_cart_click"):
        event["element"] = {"tag": "button", "id": "buy-now", "role": "button", "text": "Buy now"}
    return event
