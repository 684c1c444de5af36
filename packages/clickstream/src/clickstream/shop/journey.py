"""One session as the tracker sees it: pages are opened and left, things are clicked, and each becomes an event."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlencode

from clickstream import __version__
from clickstream.shop.reference import CURRENCY, SITE, Article, Campaign, slug
from clickstream.shop.visitors import Visitor

Event = dict[str, Any]

_SDK = {"name": "clickstream-tracker", "version": __version__}
_DEVICE_BARS = 120  # what a browser's own bars take of the screen's height, in CSS pixels


@dataclass
class CartLine:
    """An article in the cart."""

    article: Article
    quantity: int


@dataclass
class Journey:
    """The session so far. ``clock`` is true time, in seconds since 1970; the visitor's own clock may be wrong.

    ``events`` and ``afterwards`` (what the shop reports days later) hold pairs of true time and event.
    """

    visitor: Visitor
    campaign: Campaign
    random: Random
    clock: float
    session_id: str
    first_visit: bool
    login_state: str
    events: list[tuple[float, Event]] = field(default_factory=list)
    afterwards: list[tuple[float, Event]] = field(default_factory=list)
    cart: list[CartLine] = field(default_factory=list)
    _url: str | None = None
    _title: str = ""
    _referrer: str | None = None
    _opened: float = 0.0

    def open(self, path: str, title: str) -> None:
        """Leave the page and open another."""
        landing = self._url is None
        self.leave()
        self._referrer = self.campaign.referrer if landing else self._url
        self._url = SITE + path + (self._landing_query(path) if landing else "")
        self._title = f"{title} - Shop"
        self._opened = self.clock
        width, height = self.visitor.browser.screen
        self.emit(
            "page_view",
            screen={"width": width, "height": height},
            viewport={"width": width, "height": height - _DEVICE_BARS},
            locale=self.visitor.locale,
            timezone=self.visitor.place.timezone,
            sdk=_SDK,
        )
        self.clock += 0.05

    def leave(self) -> None:
        """Leave the page, if one is open."""
        if self._url is None:
            return
        active = max(300, round((self.clock - self._opened) * 1000 * self.random.uniform(0.6, 1)))
        depth = min(100, round(20 + 80 * self.random.betavariate(2, 2)))
        self.emit("page_leave", engagement={"activeMs": active, "scrollDepth": depth})

    def emit(self, name: str, **fields: Any) -> None:
        """An event of now on the open page."""
        seen = self.clock + self.visitor.clock_error
        event: Event = {
            "eventName": name,
            "eventId": uuid_from(self.random),
            "eventTimestamp": iso_milliseconds(seen),
            "pageUrl": self._url,
            "pageTitle": self._title,
            "referrer": self._referrer,
            "clientId": self.visitor.client_id,
            "sessionId": self.session_id,
            "sequence": len(self.events),
            "userLoginState": self.login_state,
            "isFirstVisit": self.first_visit,
        }
        if self.login_state == "logged_in":
            event["userId"] = self.visitor.user_id
            event["identitySource"] = "cognito"
        self.events.append((self.clock, event | fields))

    def wait(self, median_seconds: float) -> None:
        """Time passes: reading, thinking, typing."""
        self.clock += min(self.random.lognormvariate(0, 0.8) * median_seconds, 1500)

    def home(self) -> None:
        """Open the home page."""
        self.open("/", "Máy tính & phụ kiện")
        self.emit("home_view")

    def category(self, name: str) -> None:
        """Open a category's page."""
        self.open(f"/{slug(name)}", name)
        self.emit("category_view", properties={"category": name})

    def article(self, article: Article) -> None:
        """Open a product's page."""
        self.open(article.path, article.name)
        self.emit("product_view", product=product_of(article))

    def search(self, query: str, results: int) -> None:
        """Search the shop."""
        self.open("/search?" + urlencode({"q": query}), f"“{query}”")
        self.emit("search", search={"query": query, "results": results})

    def click(self, name: str, article: Article, element_id: str, text: str) -> None:
        """Click a button that is about an article."""
        element = {"tag": "button", "id": element_id, "role": "button", "text": text}
        self.emit(name, product=product_of(article), element=element)

    def refund(self, order_id: str, total: int, days: float) -> None:
        """An order's money goes back some days later; the shop's server reports it, outside any session."""
        clock = self.clock + days * 86_400
        event = {
            "eventName": "refund",
            "eventId": uuid_from(self.random),
            "eventTimestamp": iso_milliseconds(clock),
            "clientId": self.visitor.client_id,
            "order": {"id": order_id, "total": total, "currency": CURRENCY},
        }
        self.afterwards.append((clock, event))

    def lines(self) -> list[dict[str, Any]]:
        """The cart as an event's items."""
        return [product_of(line.article) | {"quantity": line.quantity, "currency": CURRENCY} for line in self.cart]

    def _landing_query(self, path: str) -> str:
        query = dict(self.campaign.query)
        if self.campaign.click_id is not None:
            query[self.campaign.click_id] = f"{self.random.getrandbits(96):024x}"
        if not query:
            return ""
        return ("&" if "?" in path else "?") + urlencode(query)


def product_of(article: Article) -> dict[str, Any]:
    """An article as an event's product."""
    product: dict[str, Any] = {
        "id": article.id,
        "name": article.name,
        "category": article.category,
        "brand": article.brand,
        "price": article.price,
        "urlPath": article.path,
    }
    if article.discount_price is not None:
        product["discountPrice"] = article.discount_price
    return product


def uuid_from(random: Random) -> str:
    """A random (version 4) UUID of a seeded source."""
    text = f"{random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


def iso_milliseconds(seconds: float) -> str:
    """A moment in seconds since 1970 as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
