"""The simulated shop's reference data: catalogue.csv, agents.json and audience.json beside this module, as objects."""

import csv
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any, Generic, TypeVar

T = TypeVar("T")

SITE = "https://shop.example"
CURRENCY = "VND"


@dataclass(frozen=True)
class Choice(Generic[T]):
    """A weighted choice; the running totals are made once, since it is drawn tens of thousands of times."""

    options: Sequence[T]
    cumulative: Sequence[float]

    def draw(self, random: Random) -> T:
        """One option, by weight."""
        return random.choices(self.options, cum_weights=self.cumulative)[0]


def choice_of(options: Sequence[T], weights: Sequence[float]) -> Choice[T]:
    """A weighted choice among options."""
    return Choice(options, list(accumulate(weights)))


@dataclass(frozen=True)
class Article:
    """A product of the shop; prices in VND."""

    id: str
    category: str
    brand: str
    name: str
    price: int
    discount_price: int | None
    popularity: float

    @property
    def path(self) -> str:
        """Path of its page."""
        return f"/{slug(self.category)}/{slug(self.name)}"

    @property
    def to_pay(self) -> int:
        """What one costs, in VND."""
        return self.price if self.discount_price is None else self.discount_price


@dataclass(frozen=True)
class Browser:
    """A browser with its User-Agent header and screen (CSS pixels)."""

    user_agent: str
    device: str
    screen: tuple[int, int]


@dataclass(frozen=True)
class Crawler:
    """A program that reads the shop's pages."""

    name: str
    user_agent: str
    country: str
    visits_per_day: float
    pages: tuple[int, int]
    seconds_between_pages: tuple[float, float]


@dataclass(frozen=True)
class Place:
    """Where visitors are."""

    country: str
    timezone: str
    locales: Sequence[str]


@dataclass(frozen=True)
class Campaign:
    """A way into the shop. ``intent`` multiplies the chance that a visitor who came by it buys."""

    name: str
    intent: float
    referrer: str | None
    query: dict[str, str] = field(hash=False)
    click_id: str | None


@dataclass(frozen=True)
class Shop:
    """All reference data. ``searches`` has what people search for, with the number of results."""

    articles: Sequence[Article]
    by_category: dict[str, Choice[Article]]
    categories: Choice[str]
    browsers: Choice[Browser]
    crawlers: Sequence[Crawler]
    places: Choice[Place]
    campaigns: Choice[Campaign]
    searches: dict[str, int]
    coupons: Sequence[str]


def slug(text: str) -> str:
    """A text as a part of a URL: «Sen Vàng Study 14» is ``sen-vang-study-14``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(plain.lower().replace(".", " ").split())


@cache
def load_shop() -> Shop:
    """The shop's reference data, read once."""
    rows = list(csv.DictReader(_text("catalogue.csv").splitlines()))
    articles = [
        Article(
            id=row["id"],
            category=row["category"],
            brand=row["brand"],
            name=row["name"],
            price=int(row["price"]),
            discount_price=int(row["discountPrice"]) if row["discountPrice"] else None,
            popularity=float(row["popularity"]),
        )
        for row in rows
    ]
    agents: dict[str, Any] = json.loads(_text("agents.json"))
    audience: dict[str, Any] = json.loads(_text("audience.json"))
    shelves: dict[str, list[Article]] = {}
    for article in articles:
        shelves.setdefault(article.category, []).append(article)
    return Shop(
        articles=articles,
        by_category={name: choice_of(shelf, [item.popularity for item in shelf]) for name, shelf in shelves.items()},
        categories=choice_of(list(shelves), [sum(item.popularity for item in shelf) for shelf in shelves.values()]),
        browsers=choice_of(
            [Browser(item["userAgent"], item["device"], tuple(item["screen"])) for item in agents["browsers"]],
            [item["weight"] for item in agents["browsers"]],
        ),
        crawlers=[
            Crawler(
                name=item["name"],
                user_agent=item["userAgent"],
                country=item["country"],
                visits_per_day=item["visitsPerDay"],
                pages=tuple(item["pages"]),
                seconds_between_pages=tuple(item["secondsBetweenPages"]),
            )
            for item in agents["crawlers"]
        ],
        places=choice_of(
            [Place(item["country"], item["timezone"], item["locales"]) for item in audience["places"]],
            [item["weight"] for item in audience["places"]],
        ),
        campaigns=choice_of(
            [
                Campaign(item["name"], item["intent"], item["referrer"], item["query"], item.get("clickId"))
                for item in audience["campaigns"]
            ],
            [item["weight"] for item in audience["campaigns"]],
        ),
        searches=audience["searches"],
        coupons=audience["coupons"],
    )


def _text(name: str) -> str:
    return (files("clickstream.shop") / "data" / name).read_text(encoding="utf-8")
