"""Visitors: who they are stays the same from session to session."""

from dataclasses import dataclass
from random import Random

from clickstream.shop.reference import Browser, Place, Shop

_WITH_ACCOUNT = 0.34
_WITH_WRONG_CLOCK = 0.03
_WITHOUT_SENT_AT = 0.08  # older trackers send a bare event, without the envelope


@dataclass(frozen=True)
class Visitor:
    """A browser and the person before it. ``clock_error`` is how many seconds its clock is ahead (negative: behind)."""

    client_id: str
    user_id: str | None
    browser: Browser
    place: Place
    locale: str
    source_ip: str
    clock_error: float
    sends_sent_at: bool


def visitor(seed: int, first_day: int, number: int, shop: Shop) -> Visitor:
    """The visitor who first came as number N of a day (ordinal); the same arguments give the same visitor."""
    random = Random(f"{seed}/visitor/{first_day}/{number}")  # noqa: S311 - simulation
    place = shop.places.draw(random)
    return Visitor(
        client_id=f"c-{random.getrandbits(64):016x}",
        user_id=f"u-{random.randrange(10**8):08d}" if random.random() < _WITH_ACCOUNT else None,
        browser=shop.browsers.draw(random),
        place=place,
        locale=random.choice(place.locales),
        # 100.64.0.0/10 is nobody's address; truncated to /24 as the collector does.
        source_ip=f"100.{64 + random.randrange(64)}.{random.randrange(256)}.0",
        clock_error=_clock_error(random),
        sends_sent_at=random.random() >= _WITHOUT_SENT_AT,
    )


def _clock_error(random: Random) -> float:
    if random.random() >= _WITH_WRONG_CLOCK:
        return random.gauss(0, 0.4)
    minutes = random.choice((-11, -4, -2, 3, 7, 16))
    # Some set their clock, not their time zone; a few have an empty battery.
    hours = random.choice((0, 0, 0, 0, 7, -7, -24 * 400))
    return (hours * 60 + minutes) * 60 + random.random() * 30
