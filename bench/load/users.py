"""People at the dashboard: each asks the admin API a question, looks at the answer for a while, asks the next."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Self

import httpx

_QUESTIONS = (
    *(
        "overview",
        "timeseries?metric=events&grain=hour",
        "timeseries?metric=visitors",
        "funnel",
        "products",
        "channels",
    ),
    *("pages", "paths", "visitors", "sessions", "events"),
)
_LOOKS_SECONDS = (1.0, 5.0)


class Users:
    """So many people, from ``with`` on to its end."""

    def __init__(self, count: int, client: Callable[[], httpx.Client]) -> None:
        self._client = client
        self._stop = Event()
        self._lock = Lock()
        self._took: list[float] = []
        self.failures: list[str] = []
        self._threads = [Thread(target=self._look, args=(number,), daemon=True) for number in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(70)

    def slowest_ms(self) -> float:
        """The slowest answer since this was last asked; 0 where there was none."""
        with self._lock:
            took, self._took = self._took, []
        return max(took, default=0.0)

    def _look(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 # questions, not secrets
        with self._client() as client:
            while not self._stop.wait(chance.uniform(*_LOOKS_SECONDS)):
                question = chance.choice(_QUESTIONS)
                today = datetime.now(UTC).date()
                days = f"from={today - timedelta(days=chance.choice((0, 6, 29)))}&to={today}"
                started = time.perf_counter()
                try:
                    client.get(f"/v1/dw/{question}{'&' if '?' in question else '?'}{days}").raise_for_status()
                except httpx.HTTPError as error:
                    self.failures.append(f"{question}: {error}")
                with self._lock:
                    self._took.append((time.perf_counter() - started) * 1000)
