"""Simulated traffic into a raw lake or to a collector."""

import asyncio
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

import httpx

from clickstream.delivery import Delivered, post_events
from clickstream.lake_objects import Written, put_lines
from clickstream.shop.journey import Event, Journey, iso_milliseconds
from clickstream.shop.reference import load_shop
from clickstream.shop.rhythm import SHOP_TIME, sessions_per_second
from clickstream.shop.traffic import day_sessions, hours, one_session
from lake import Lake

DEFAULT_DAYS = 14
DEFAULT_SESSIONS_PER_DAY = 350
DEFAULT_SEED = 1

_LINES_PER_OBJECT = 150  # a busy hour becomes several objects, as a collector's would
_BATCH = 100


@dataclass(frozen=True)
class Plan:
    """What to simulate: the ``days`` up to ``until``, ``sessions_per_day`` on average."""

    days: float = DEFAULT_DAYS
    sessions_per_day: float = DEFAULT_SESSIONS_PER_DAY
    seed: int = DEFAULT_SEED
    until: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def start(self) -> datetime:
        """The first moment, in UTC."""
        return self.until - timedelta(days=self.days)


def fill_lake(lake: Lake, plan: Plan, progress: Callable[[float], None] = lambda _: None) -> Written:
    """Write the plan's traffic into a lake; ``progress`` is told the share done, 0..1. Again: nothing is added.

    Raises:
        LakeUnavailableError: the store did not take an object.
    """
    written = Written()
    length = (plan.until - plan.start).total_seconds() or 1.0
    for window, lines in hours(plan.seed, plan.sessions_per_day, plan.start, plan.until):
        for offset in range(0, len(lines), _LINES_PER_OBJECT):
            part = [line.text.encode() for line in lines[offset : offset + _LINES_PER_OBJECT]]
            put_lines(lake, "events", window, part, written)
        progress(min(1.0, ((window - plan.start).total_seconds() + 3600) / length))
    return written


async def post_plan(url: str, plan: Plan, progress: Callable[[float], None] = lambda _: None) -> Delivered:
    """Post the plan's sessions to a collector at once, as if each ended now: a collector receives no past.

    Each time these are new events, since they happen now; the visitors are the plan's.

    Raises:
        DeliveryError: the collector cannot be reached, or refuses.
    """
    total = Delivered()
    days = list(_days(plan))
    take = f"/{datetime.now(UTC).isoformat()}"
    async with _client() as client:
        for done, day in enumerate(days, start=1):
            for journey in day_sessions(plan.seed, day, plan.sessions_per_day, load_shop(), take):
                now = datetime.now(UTC).timestamp()
                shift = now - journey.events[-1][0]
                events = [_moved(event, clock + shift) for clock, event in journey.events]
                for offset in range(0, len(events), _BATCH):
                    total += await post_events(
                        client, url, events[offset : offset + _BATCH], _headers(journey), iso_milliseconds(now)
                    )
            progress(done / len(days))
    return total


async def post_live(url: str, plan: Plan, report: Callable[[int, Delivered], None]) -> None:
    """Post traffic at the pace of the shop's day, until cancelled; ``report`` is told open sessions and the sum so far.

    Raises:
        DeliveryError: the collector cannot be reached, or refuses.
    """
    random = Random(f"{plan.seed}/live/{datetime.now(UTC).isoformat()}")  # noqa: S311 - simulation
    total, numbers = Delivered(), count()
    due: list[tuple[float, int, Event, Journey]] = []  # the number keeps the heap from comparing events
    begin = datetime.now(UTC).timestamp()
    async with _client() as client:
        while True:
            now = datetime.now(UTC)
            while begin <= now.timestamp():
                journey = _live_session(plan, next(numbers), begin, random)
                for clock, event in journey.events:
                    heapq.heappush(due, (clock, next(numbers), event, journey))
                begin += random.expovariate(sessions_per_second(now, plan.sessions_per_day))
            ready: dict[str, tuple[Journey, list[Event]]] = {}
            while due and due[0][0] <= now.timestamp():
                clock, _, event, journey = heapq.heappop(due)
                ready.setdefault(journey.session_id, (journey, []))[1].append(_moved(event, clock))
            for journey, events in ready.values():
                total += await post_events(client, url, events, _headers(journey), iso_milliseconds(now.timestamp()))
            report(len({journey.session_id for _, _, _, journey in due}), total)
            await asyncio.sleep(1)


def _live_session(plan: Plan, number: int, begin: float, random: Random) -> Journey:
    shop = load_shop()
    moment = datetime.fromtimestamp(begin, UTC)
    return one_session(
        plan.seed,
        moment.astimezone(SHOP_TIME).date(),
        number,
        campaign=shop.campaigns.draw(random),
        begin=moment,
        per_day=plan.sessions_per_day,
        random=random,
        shop=shop,
    )


def _days(plan: Plan) -> Iterator[date]:
    day, last = plan.start.astimezone(SHOP_TIME).date(), plan.until.astimezone(SHOP_TIME).date()
    while day < last:
        yield day
        day += timedelta(days=1)


def _moved(event: Event, clock: float) -> Event:
    return {**event, "eventTimestamp": iso_milliseconds(clock)}


def _headers(journey: Journey) -> dict[str, str]:
    return {"User-Agent": journey.visitor.browser.user_agent, "Origin": "https://shop.example"}


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=30)
