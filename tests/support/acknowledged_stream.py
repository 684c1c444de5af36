"""Browsers that send a known stream of events and try again as the tracker does, and what was acknowledged to them."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

_TIMEOUT_SECONDS = 15
_PAUSE_SECONDS = 0.05


class Stream:
    """Some browsers, each a thread that sends one request after the other, each until it is acknowledged.

    ``rest_seconds`` lie between one request and the next.
    """

    def __init__(self, port: int, seed: int, browsers: int = 4, rest_seconds: float = 0.0) -> None:
        self.acknowledged: set[str] = set()
        self.sent: set[str] = set()
        self.answers: Counter[str] = Counter()
        self._port = port
        self._rest_seconds = rest_seconds
        self._noting = threading.Lock()
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._browse, args=(Random(seed * 1000 + number), number), daemon=True)  # noqa: S311 -- faults are no secrets
            for number in range(browsers)
        ]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Send nothing new; return when everything that was begun is acknowledged.

        Raises:
            AssertionError: something is not acknowledged after a minute.
        """
        self._ended.set()
        give_up = time.monotonic() + 60
        for thread in self._threads:
            thread.join(max(0.0, give_up - time.monotonic()))
            assert not thread.is_alive(), f"a browser still waits to be heard: {self.answers}"

    def _browse(self, roll: Random, browser: int) -> None:
        number = 0
        while not self._ended.is_set():
            events = [_event(roll, browser, number + each) for each in range(roll.randrange(1, 6))]
            number += len(events)
            ids = {event["eventId"] for event in events}
            with self._noting:
                self.sent |= ids
            body = json.dumps({"sentAt": _now(), "events": events}).encode()
            while not self._post(body, len(events)):
                time.sleep(random.uniform(0, _PAUSE_SECONDS))  # noqa: S311 -- faults are no secrets
            with self._noting:
                self.acknowledged |= ids
            self._ended.wait(self._rest_seconds)

    def _post(self, body: bytes, count: int) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        outcome = "no answer"
        try:
            with suppress(OSError, http.client.HTTPException):
                link.request("POST", "/clickstream", body, {"Content-Type": "application/json"})
                answer = link.getresponse()
                content = answer.read()
                outcome = str(answer.status)
                if answer.status == 200:
                    assert json.loads(content)["accepted"] == count, content
                    return True
                assert answer.status in (500, 503), (answer.status, content)
                return False
        finally:
            link.close()
            with self._noting:
                self.answers[outcome] += 1
        return False


def _event(roll: Random, browser: int, number: int) -> dict[str, Any]:
    product = {"id": f"p{roll.randrange(5)}", "price": "12.50"}
    order = {"order": {"id": f"o{browser}-{number // 4}", "total": 25, "currency": "EUR"},
             "items": [{**product, "quantity": 2}]}  # fmt: skip
    return {
        "eventId": str(UUID(int=roll.getrandbits(128), version=4)),
        "eventName": (name := roll.choice(("page_view", "product_view", "add_to_cart_click", "checkout_complete"))),
        "eventTimestamp": _now(),
        "clientId": f"browser-{browser}",
        "sequence": number,
        **(order if name == "checkout_complete" else {"product": product}),
    }


def _now() -> str:
    return (datetime.now(UTC) - timedelta(milliseconds=5)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
