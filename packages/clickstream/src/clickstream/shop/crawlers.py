"""Programs that read the shop's pages and run its scripts: search engines, a language model's crawler, a scraper."""

from datetime import date
from random import Random

from clickstream.shop.journey import Event, iso_milliseconds, uuid_from
from clickstream.shop.reference import SITE, Crawler, Shop, slug
from clickstream.shop.rhythm import midnight, poisson


def visits(crawler: Crawler, day: date, random: Random, shop: Shop) -> list[list[tuple[float, Event]]]:
    """A crawler's visits of a day, each a list of true time and event. It comes at any hour and keeps no client id."""
    start = midnight(day).timestamp()
    return [_visit(crawler, start + random.random() * 86_400, random, shop) for _ in range(_count(crawler, random))]


def _count(crawler: Crawler, random: Random) -> int:
    return poisson(crawler.visits_per_day, random)


def _visit(crawler: Crawler, clock: float, random: Random, shop: Shop) -> list[tuple[float, Event]]:
    events: list[tuple[float, Event]] = []
    for _ in range(random.randint(*crawler.pages)):
        client = f"c-{random.getrandbits(64):016x}"
        article = random.choice(shop.articles)
        path = article.path if random.random() < 0.75 else f"/{slug(article.category)}"
        events.append(
            (
                clock,
                {
                    "eventName": "page_view",
                    "eventId": uuid_from(random),
                    "eventTimestamp": iso_milliseconds(clock),
                    "pageUrl": SITE + path,
                    "referrer": None,
                    "clientId": client,
                    "sequence": 0,
                    "userLoginState": "anonymous",
                    "isFirstVisit": True,
                },
            )
        )
        clock += random.uniform(*crawler.seconds_between_pages)
    return events
