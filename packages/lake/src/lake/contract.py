"""The event contract: what a browser may send, as pydantic models.

Wire names are camelCase. The models validate; what is stored is what was sent. Numbers may come as strings and ids as
numbers: they are coerced, never a reason to reject. Unknown fields are allowed everywhere and kept.
"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError, to_json

MAX_BODY_BYTES = 1 << 20
MAX_EVENTS_PER_REQUEST = 500
MAX_PROPERTIES_BYTES = 8 << 10
EVENT_NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_.:-]*$"

KNOWN_EVENT_NAMES = (
    "page_view",
    "click",
    "home_view",
    "category_view",
    "product_view",
    "search",
    "add_to_cart_click",
    "remove_from_cart_click",
    "wishlist_toggle",
    "share_click",
    "login_open",
    "login_success",
    "logout",
    "checkout_start",
    "checkout_complete",
    "refund",
    "page_leave",
)


def _bounded_properties(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is not None and (size := len(to_json(value))) > MAX_PROPERTIES_BYTES:
        raise PydanticCustomError(
            "properties_too_large",
            "properties takes {size} bytes as JSON, at most {limit} are allowed",
            {"size": size, "limit": MAX_PROPERTIES_BYTES},
        )
    return value


Url = Annotated[str, Field(max_length=2048)]
Id = Annotated[str, Field(max_length=128)]
Text = Annotated[str, Field(max_length=1024)]
# 10^12 of any currency; NUMERIC(18,4) in the warehouse. A float, as in the JSON of every browser: 15 digits are exact.
Money = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2_147_483_647)]


class _Part(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        extra="allow",
        frozen=True,
        # Most events are seen to be valid without these models: their validators are made when first needed.
        defer_build=True,
    )


class Product(_Part):
    """The product an event is about."""

    id: Id | None = Field(None, description="The shop's product id; numbers are taken as text", examples=["laptop-14"])
    name: Text | None = Field(None, description="Name as the visitor read it", examples=["Aurora 14"])
    category: Text | None = Field(None, description="The shop's category of the product", examples=["Laptops"])
    brand: Text | None = Field(None, description="Maker or brand", examples=["Aurora"])
    price: Money | None = Field(None, description="Price before discount; numeric strings are taken", examples=[1299.0])
    discount_price: Money | None = Field(None, description="Price after discount", examples=[1199.0])
    url_path: Url | None = Field(None, description="Path of the product's page", examples=["/laptops/aurora-14"])


class Item(Product):
    """A line of a cart or an order."""

    quantity: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = Field(
        None, description="How many of the product; price is that of one", examples=[1]
    )
    currency: Annotated[str, Field(max_length=8)] | None = Field(
        None, description="ISO 4217 code of the line's prices", examples=["VND"]
    )


class Element(_Part):
    """The element that was clicked."""

    tag: Text | None = Field(None, description="Name of the HTML element", examples=["button"])
    id: Text | None = Field(None, description="The element's id attribute", examples=["buy-now"])
    role: Text | None = Field(None, description="The element's ARIA role", examples=["button"])
    # No bound of its own: trackers send a whole card's text, and an event is not to be lost for that.
    text: str | None = Field(None, description="Text inside the element", examples=["Buy now"])
    dataset: dict[str, Any] | None = Field(
        None,
        description="data-* attributes; `checkout_start` may carry cartId, total and itemCount here",
        examples=[{"cartId": "cart-7", "total": "1199.00", "itemCount": "1"}],
    )


class Order(_Part):
    """The order of a checkout or a refund."""

    id: Id | None = Field(None, description="The shop's order id; numbers are taken as text", examples=["order-10042"])
    total: Money | None = Field(None, description="What the buyer pays, tax and shipping included", examples=[1199.0])
    currency: Annotated[str, Field(max_length=8)] | None = Field(
        None, description="ISO 4217 code of all of the order's amounts", examples=["VND"]
    )
    tax: Money | None = Field(None, description="Tax in the total", examples=[109.0])
    shipping: Money | None = Field(None, description="Shipping in the total", examples=[0])
    discount: Money | None = Field(None, description="What the total was lowered by", examples=[100.0])
    coupon: Text | None = Field(None, description="Code that the buyer redeemed", examples=["WELCOME10"])
    item_count: Count | None = Field(None, description="Number of articles", examples=[1])


class Search(_Part):
    """What a visitor searched for."""

    query: Text | None = Field(None, description="As the visitor typed it", examples=["gaming laptop"])
    results: Count | None = Field(None, description="Number of results shown", examples=[12])


class Size(_Part):
    """Width and height in CSS pixels."""

    width: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = Field(
        None, description="CSS pixels from left to right", examples=[1440]
    )
    height: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = Field(
        None, description="CSS pixels from top to bottom", examples=[900]
    )


class Engagement(_Part):
    """How a page was read before it was left."""

    active_ms: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None = Field(
        None, description="Time in the foreground, in milliseconds", examples=[48_200]
    )
    scroll_depth: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = Field(
        None, description="Deepest scroll, in percent", examples=[80]
    )


class Consent(_Part):
    """What the visitor agreed to."""

    analytics: bool | None = Field(None, description="false: the event is acknowledged and not kept", examples=[True])


class Sdk(_Part):
    """The software that made the event."""

    name: Text | None = Field(None, description="Name of the tracker", examples=["clickstream-tracker"])
    version: Text | None = Field(None, description="Version of the tracker", examples=["0.1.0"])


class Event(_Part):
    """One event of a browser."""

    event_name: Annotated[str, Field(min_length=1, max_length=64, pattern=EVENT_NAME_PATTERN)] = Field(
        description=f"Known names: {', '.join(KNOWN_EVENT_NAMES)}; any other is a custom event",
        examples=["product_view"],
    )
    event_id: UUID | None = Field(
        None,
        description="Idempotency key: the same id is counted once. Given by the collector where it is missing",
        examples=["0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"],
    )
    page_url: Url | None = Field(
        None,
        description="Address of the page, with its query: campaigns are read from it",
        examples=["https://shop.example/laptops/aurora-14?utm_source=newsletter"],
    )
    referrer: Url | None = Field(
        None, description="Where the visitor came from (`document.referrer`)", examples=["https://www.google.com/"]
    )
    user_id: Id | None = Field(None, description="The shop's id of a logged-in user", examples=["u-1001"])
    client_id: Id | None = Field(None, description="The browser's sticky id", examples=["c-7f9d"])
    session_id: Id | None = Field(
        None, description="The visit; inferred from pauses where it is missing", examples=["s-31ab"]
    )
    user_login_state: Literal["logged_in", "anonymous", "guest"] | None = Field(
        None, description="Whether the visitor is known to the shop", examples=["anonymous"]
    )
    identity_source: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Who vouches for `userId`", examples=["cognito"]
    )
    is_first_visit: bool | None = Field(None, description="Whether `clientId` was made on this visit", examples=[False])
    product: Product | None = Field(
        None,
        description="The product that was seen, or put into or taken out of the cart",
        examples=[{"id": "laptop-14", "name": "Aurora 14", "category": "Laptops", "price": 1299.0}],
    )
    element: Element | None = Field(
        None, description="The element that was clicked", examples=[{"tag": "button", "id": "buy-now"}]
    )
    event_timestamp: datetime | None = Field(
        None,
        description="The browser's clock: ISO 8601, or milliseconds since 1970",
        examples=["2026-11-22T09:41:07.123Z"],
    )
    sequence: Annotated[int, Field(ge=0, le=2_147_483_647)] | None = Field(
        None, description="Counts up per session: gaps show events that never arrived", examples=[3]
    )
    page_title: Text | None = Field(None, description="The page's title", examples=["Aurora 14 - Shop"])
    items: Annotated[list[Item], Field(max_length=200)] | None = Field(
        None,
        description="Cart or order lines",
        examples=[[{"id": "laptop-14", "price": 1199.0, "quantity": 1, "currency": "EUR"}]],
    )
    order: Order | None = Field(
        None,
        description="The order, of `checkout_complete` and `refund`",
        examples=[{"id": "order-10042", "total": 1199.0, "currency": "EUR", "itemCount": 1}],
    )
    search: Search | None = Field(
        None, description="What was searched for, of `search`", examples=[{"query": "gaming laptop", "results": 12}]
    )
    screen: Size | None = Field(None, description="The device's screen", examples=[{"width": 1440, "height": 900}])
    viewport: Size | None = Field(
        None, description="The part of the window that shows the page", examples=[{"width": 1280, "height": 720}]
    )
    locale: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="The browser's language (BCP 47)", examples=["vi-VN"]
    )
    timezone: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="The browser's time zone (IANA)", examples=["Asia/Ho_Chi_Minh"]
    )
    engagement: Engagement | None = Field(
        None,
        description="How the page was read, of `page_leave`",
        examples=[{"activeMs": 48_200, "scrollDepth": 80}],
    )
    consent: Consent | None = Field(
        None, description="What the visitor agreed to when the event was made", examples=[{"analytics": True}]
    )
    properties: Annotated[dict[str, Any] | None, AfterValidator(_bounded_properties)] = Field(
        None,
        description=f"Anything else of the caller's, at most {MAX_PROPERTIES_BYTES} bytes as JSON",
        examples=[{"city": "Hue"}],
    )
    sdk: Sdk | None = Field(
        None,
        description="The software that made the event",
        examples=[{"name": "clickstream-tracker", "version": "0.1.0"}],
    )


class Envelope(_Part):
    """Several events with the moment at which the browser sent them."""

    sent_at: datetime | None = Field(
        None,
        description="The browser's clock at sending; lets the ETL correct its skew",
        examples=["2026-11-22T09:41:09.000Z"],
    )
    events: Annotated[list[Event], Field(min_length=1, max_length=MAX_EVENTS_PER_REQUEST)] = Field(
        description="The events, in the order in which they happened",
        examples=[[{"eventName": "page_view", "clientId": "c-7f9d"}]],
    )


EVENT_MEMBERS = frozenset(field.alias or name for name, field in Event.model_fields.items())
# Tells one version's members from another's.
MEMBERS_DIGEST = sha256(",".join(sorted(EVENT_MEMBERS)).encode()).hexdigest()[:6]


class Ingest(_Part):
    """What the collector knows of a request; the ``_ingest`` member of every raw-lake line."""

    received_at: datetime = Field(description="UTC, milliseconds")
    sent_at: str | None = Field(None, description="The envelope's sentAt, as sent")
    source_ip: str | None = Field(None, description="Truncated to /24 or /48 unless the setting says otherwise")
    user_agent: str | None = None
    method: str | None = None
    path: str | None = None
    request_id: str | None = None
    api_id: str | None = None
    stage: str | None = None
    trace_id: str | None = None
    country: str | None = Field(None, description="From CloudFront's header, where present")
    origin: str | None = None
    collector_version: str | None = None
    members: str | None = Field(
        None, description="``MEMBERS_DIGEST`` of a collector that has seen that the event has no other members"
    )
