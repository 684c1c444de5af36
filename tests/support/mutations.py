"""Events, requests and objects that somebody has damaged: in their JSON, in their text, in their compression.

Seeded: the same number makes the same damage. Plain random damage, so that 100,000 of them take seconds to make.
"""

import gzip
import json
import zlib
from copy import deepcopy
from random import Random
from typing import Any
from uuid import UUID

_EVENT: dict[str, Any] = {
    "eventName": "checkout_complete", "sequence": 3, "isFirstVisit": True, "pageTitle": "A",
    "pageUrl": "https://shop.example/a?utm_source=b", "referrer": "https://www.google.com/", "userId": "u",
    "clientId": "c", "sessionId": "s", "userLoginState": "guest", "identitySource": "cognito", "locale": "vi-VN",
    "timezone": "Asia/Ho_Chi_Minh", "element": {"tag": "a", "id": "b", "dataset": {"cartId": "1", "total": "5"}},
    "product": {"id": "p", "name": "P", "category": "C", "brand": "B", "price": 5, "discountPrice": 4, "urlPath": "/p"},
    "items": [{"id": "p", "price": "5.5", "quantity": 2, "currency": "EUR"}, {"id": 7}],
    "order": {"id": "o", "total": 10, "currency": "EUR", "tax": 1, "shipping": 2, "coupon": "X", "itemCount": 2},
    "search": {"query": "x", "results": 3}, "screen": {"width": 1, "height": 1},
    "engagement": {"activeMs": 5, "scrollDepth": 50}, "properties": {"a": 1}, "sdk": {"name": "a", "version": "1"},
}  # fmt: skip
_NAMES = ("page_view", "click", "product_view", "search", "checkout_complete", "refund", "mine", "")
_NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**63), 10**400, 1e308, 5e-324, float("nan"), float("inf"),
    "", " ", "\0", "a\0b", "\ud800", "\\u0000", "\\", '"', "\\.", "a\n\\.\nb", "\r\n", "\N{BOM}", "x" * 5000, "١٢",
    "NaN", "Infinity", "-0", "1e999999", "9" * 400, "0x10", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
    "infinity", "2026-02-30", "2026-11-22T07:00:00.000Z", 253402300799999, -9_999_999_999_999_999,
    "https://x/?utm_source=%00", "https://[::1", "//", "javascript:alert(1)", "<script>alert(1)</script>",
    "'; DROP TABLE clickstream_events; --", "=HYPERLINK(1)", "../../../etc/passwd", "%2e%2e%2f", "{}", "[]", "null",
    "550e8400-e29b-41d4-a716-446655440000", "550e8400e29b41d4a716446655440000", "urn:uuid:", [], {}, [[]], [None],
    {"": ""}, {"a": {"a": {"a": []}}}, [1] * 300,
)  # fmt: skip


class Mutations:
    """Makes them one after the other."""

    def __init__(self, seed: int) -> None:
        self._roll = Random(seed)  # noqa: S311 -- damage is no secret

    def request(self) -> tuple[bytes, dict[str, str]]:
        """A body and its headers."""
        roll = self._roll
        events = [self.event() for _ in range(roll.choice((1, 1, 1, 2, 5)))]
        whole: Any = roll.choice((events[0], events, {"sentAt": deepcopy(roll.choice(_NASTY)), "events": events}))
        body = self._text(whole)
        headers = {"Content-Type": roll.choice(("application/json",) * 8 + ("text/plain", "text/html", "a/b;c=\\"))}
        if roll.random() < 0.3:
            body, headers["Content-Encoding"] = self._squeezed(body), "gzip"
        elif roll.random() < 0.02:
            headers["Content-Encoding"] = roll.choice(("gzip", "br", "gzip, gzip", "identity"))
        return body, headers

    def event(self, **members: Any) -> dict[str, Any]:
        """An event of which some values are something else; half of them are as they should be."""
        roll = self._roll
        event = deepcopy(_EVENT)
        event["eventName"] = roll.choice(_NAMES)
        event["eventId"] = str(UUID(int=roll.getrandbits(128), version=4))
        event |= members
        for _ in range(roll.choice((0, 0, 1, 2, 3))):
            self._change(event)
        return event

    def line(self, received_at: str) -> bytes:
        """A line of a raw object, mostly without its end."""
        ingest: dict[str, Any] = {"receivedAt": received_at, "userAgent": "Mozilla/5.0", "country": "VN"}
        if self._roll.random() < 0.05:
            self._change(ingest)
        return self._text(self.event(_ingest=ingest))

    def object_of(self, lines: list[bytes]) -> bytes:
        """A compressed object, one in ten damaged."""
        body = gzip.compress(b"".join(line + b"\n" for line in lines), 1, mtime=0)
        return self._damaged(body) if self._roll.random() < 0.1 else body

    def _change(self, whole: dict[str, Any]) -> None:
        """Another value, or none, somewhere in it."""
        roll = self._roll
        inside: Any = whole
        while True:
            key = roll.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
            if not isinstance(inside[key], dict | list) or not inside[key] or roll.random() < 0.4:
                break
            inside = inside[key]
        if roll.random() < 0.15 and isinstance(inside, dict):
            del inside[key]
        else:
            inside[key] = deepcopy(roll.choice(_NASTY))  # some are lists, and are changed in turn

    def _text(self, whole: Any) -> bytes:
        text = json.dumps(whole, ensure_ascii=self._roll.random() < 0.5).encode("utf-8", "surrogatepass")
        return self._damaged(text) if self._roll.random() < 0.2 else text

    def _squeezed(self, body: bytes) -> bytes:
        roll = self._roll
        body = roll.choice((gzip.compress, gzip.compress, gzip.compress, zlib.compress))(body)
        way = roll.random()
        if way < 0.1:
            return body + body
        if way < 0.2:
            return body + b"more"
        return self._damaged(body) if way < 0.5 else body

    def _damaged(self, body: bytes) -> bytes:
        """Bytes turned, taken away, put in, cut off, or said twice."""
        roll = self._roll
        changed = bytearray(body)
        for _ in range(roll.choice((1, 1, 2, 5))):
            at = roll.randrange(len(changed) or 1)
            way = roll.randrange(6)
            if way == 0 and changed:
                changed[at] ^= 1 << roll.randrange(8)
            elif way == 1:
                del changed[at : at + roll.randrange(1, 9)]
            elif way == 2:
                changed[at:at] = roll.randbytes(roll.randrange(1, 5))
            elif way == 3:
                changed[at:at] = roll.choice(
                    (b"\0", b"\n", b"\xff\xfe", b"\xed\xa0\x80", b"{", b"[" * 2000, b'"', b"\\")
                )
            elif way == 4:
                del changed[at:]
            else:
                changed += changed[at:]
        return bytes(changed)
