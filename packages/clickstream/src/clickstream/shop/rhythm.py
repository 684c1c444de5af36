"""When people visit the shop, by hour and weekday of the shop's time (UTC+7, no daylight saving)."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import accumulate
from math import exp
from random import Random

SHOP_TIME = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

# Shares of a day's sessions that begin in each hour: lunch and the evening are busy, the night is quiet.
_BY_HOUR = (11, 6, 4, 3, 3, 5, 12, 24, 40, 50, 54, 58, 66, 58, 50, 50, 52, 54, 58, 74, 92, 98, 72, 34)
_BY_HOUR_RUNNING = tuple(accumulate(_BY_HOUR))
_BY_WEEKDAY = (1.0, 0.98, 0.97, 0.96, 1.0, 1.12, 1.18)  # Monday first
_NEWSLETTER_WEEKDAY = 1  # Tuesdays at 10:00


def sessions_on(day: date, per_day: float, random: Random) -> int:
    """How many sessions begin on a day: the week's rhythm and a day's luck around the average."""
    return round(per_day * _BY_WEEKDAY[day.weekday()] * random.gauss(1.0, 0.06))


def moment_on(day: date, random: Random) -> datetime:
    """When a session of a day begins (UTC)."""
    hour = random.choices(range(24), cum_weights=_BY_HOUR_RUNNING)[0]
    seconds = hour * 3600 + random.random() * 3600
    return (midnight(day) + timedelta(seconds=seconds)).astimezone(UTC)


def newsletter_moment_on(day: date, random: Random) -> datetime | None:
    """When a reader of the newsletter comes, on the day it is sent: most within three hours after 10:00 (UTC)."""
    if day.weekday() != _NEWSLETTER_WEEKDAY:
        return None
    seconds = 10 * 3600 + min(random.expovariate(1 / 4000), 12 * 3600)
    return (midnight(day) + timedelta(seconds=seconds)).astimezone(UTC)


def sessions_per_second(moment: datetime, per_day: float) -> float:
    """The rate at which sessions begin at a moment."""
    local = moment.astimezone(SHOP_TIME)
    share = _BY_HOUR[local.hour] / _BY_HOUR_RUNNING[-1]
    return per_day * _BY_WEEKDAY[local.weekday()] * share / 3600


def midnight(day: date) -> datetime:
    """The beginning of a day in the shop's time."""
    return datetime(day.year, day.month, day.day, tzinfo=SHOP_TIME)


def days_ago(random: Random) -> int:
    """How many days after the last visit somebody returns: half within three days, few after three weeks."""
    return 1 + int(random.expovariate(1 / 5))


def poisson(mean: float, random: Random) -> int:
    """A Poisson count; ``mean`` must be small (Knuth's method takes as many draws)."""
    limit, count, product = exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count
