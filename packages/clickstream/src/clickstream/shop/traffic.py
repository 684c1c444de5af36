"""The shop's traffic, day after day. The same seed and day always give the same events."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from clickstream.shop.behaviour import session
from clickstream.shop.crawlers import visits
from clickstream.shop.delivery import Line, Sender, deliver
from clickstream.shop.journey import Journey
from clickstream.shop.reference import Campaign, Crawler, Shop, load_shop
from clickstream.shop.rhythm import SHOP_TIME, days_ago, moment_on, newsletter_moment_on, sessions_on
from clickstream.shop.visitors import Visitor, visitor
from lake.keys import HOUR, window_of

_RETURNING = 0.42  # share of sessions


def hours(seed: int, per_day: float, start: datetime, until: datetime) -> Iterator[tuple[datetime, list[Line]]]:
    """The traffic received in [start, until), window by window in order, each window's lines in order of receipt.

    ``per_day`` is the average number of sessions of people; crawlers come on top.
    """
    waiting: dict[datetime, list[Line]] = {}
    day, last = start.astimezone(SHOP_TIME).date(), until.astimezone(SHOP_TIME).date()
    while day <= last:
        for line in day_lines(seed, day, per_day):
            if start.timestamp() <= line.received < until.timestamp():
                waiting.setdefault(window_of(datetime.fromtimestamp(line.received, UTC)), []).append(line)
        day += timedelta(days=1)
        # Nothing of a later day is received before that day begins: the hours before it are complete.
        begun = window_of(datetime(day.year, day.month, day.day, tzinfo=SHOP_TIME))
        for window in sorted(waiting):
            if day > last or window + HOUR <= begun:
                yield window, sorted(waiting.pop(window), key=lambda line: line.received)


def day_lines(seed: int, day: date, per_day: float) -> Iterator[Line]:
    """All lines that come of a day's sessions and crawlers, some of them received on later days; not in order."""
    shop = load_shop()
    for journey in day_sessions(seed, day, per_day, shop):
        yield from deliver([*journey.events, *journey.afterwards], sender_of(journey.visitor), journey.random)
    for crawler in shop.crawlers:
        random = Random(f"{seed}/crawler/{crawler.name}/{day.toordinal()}")  # noqa: S311 - simulation
        for seen in visits(crawler, day, random, shop):
            yield from deliver(seen, _sender_of_crawler(crawler, random), random)


def day_sessions(seed: int, day: date, per_day: float, shop: Shop, take: str = "") -> Iterator[Journey]:
    """The sessions that begin on a day of the shop's time.

    Another ``take`` of a day has the same visitors do other things: no event is of both.
    """
    for number in range(sessions_of(seed, day, per_day)):
        random = Random(f"{seed}/session/{day.toordinal()}/{number}{take}")  # noqa: S311 - simulation
        campaign = shop.campaigns.draw(random)
        begin = moment_on(day, random)
        if campaign.name == "newsletter":
            begin = newsletter_moment_on(day, random) or begin
        yield one_session(seed, day, number, campaign=campaign, begin=begin, per_day=per_day, random=random, shop=shop)


def one_session(
    seed: int,
    day: date,
    number: int,
    *,
    campaign: Campaign,
    begin: datetime,
    per_day: float,
    random: Random,
    shop: Shop,
) -> Journey:
    """Session number N of a day, by a new visitor or by one who first came on an earlier day."""
    returning = random.random() < _RETURNING
    first_day, first_number = day.toordinal(), number
    if returning:
        first_day -= days_ago(random)
        first_number = random.randrange(max(1, round(per_day)))
    who = visitor(seed, first_day, first_number, shop)
    return session(who, campaign, begin, random=random, shop=shop, first_visit=not returning)


def sessions_of(seed: int, day: date, per_day: float) -> int:
    """How many sessions begin on a day."""
    return sessions_on(day, per_day, Random(f"{seed}/day/{day.toordinal()}"))  # noqa: S311 - simulation


def sender_of(who: Visitor) -> Sender:
    """What the collector knows of a visitor."""
    return Sender(
        source_ip=who.source_ip,
        user_agent=who.browser.user_agent,
        country=who.place.country,
        clock_error=who.clock_error if who.sends_sent_at else None,
    )


def _sender_of_crawler(crawler: Crawler, random: Random) -> Sender:
    return Sender(f"100.127.{random.randrange(256)}.0", crawler.user_agent, crawler.country, 0.0)
