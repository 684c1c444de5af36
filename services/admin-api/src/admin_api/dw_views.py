"""What the API says of the warehouse."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from admin_api.wire import Wire

# JSON numbers: money has at most 18 digits, of which a double keeps 15 to 17; the warehouse keeps them all.
Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]

Metric = Literal["events", "pageViews", "sessions", "visitors", "orders", "revenue"]
Grain = Literal["hour", "day", "week"]
ProductSort = Literal["views", "addToCarts", "purchases", "revenue"]


class Figures(Wire):
    """Key figures of a period. Rates are 0 to 1, null where there is nothing to divide by."""

    events: int
    visitors: int
    sessions: int
    page_views: int
    product_views: int
    add_to_carts: int
    orders: int
    revenue: Number = Field(description="Net of refunds, in the answer's currency")
    orders_in_other_currencies: int = Field(description="Orders that are not in `revenue`")
    conversion_rate: Number | None = Field(description="Sessions with an order")
    average_order_value: Number | None
    bounce_rate: Number | None = Field(description="Sessions with at most one page view")
    average_session_seconds: Number | None


class NamedEvents(Wire):
    """Events of a name."""

    event_name: str
    events: int


class Overview(Wire):
    """Key figures of a period, beside those of the same number of days before."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    time_zone: str
    currency: str | None = Field(description="Currency of most orders of the period; revenue is in it")
    as_of: datetime | None = Field(description="Newest receipt that is loaded")
    complete: bool = Field(description="Whether nothing is pending or failing")
    current: Figures
    previous: Figures
    events_by_name: list[NamedEvents]


class Point(Wire):
    """A bucket of a timeseries."""

    at: datetime
    value: Number


class Timeseries(Wire):
    """A metric over time; empty buckets are 0."""

    metric: Metric
    grain: Grain
    time_zone: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    points: list[Point]


class FunnelStep(Wire):
    """Sessions that reached a step."""

    step: str = Field(examples=["add_to_cart"])
    sessions: int
    rate_from_previous: Number | None
    rate_from_first: Number | None


class Funnel(Wire):
    """The five steps from a view to a purchase."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    steps: list[FunnelStep]


class ProductFigures(Wire):
    """What happened to a product."""

    product_id: str
    name: str | None
    category: str | None
    brand: str | None
    views: int
    add_to_carts: int
    purchases: Number = Field(description="Units in orders")
    orders: int
    revenue: Number
    view_to_cart_rate: Number | None
    cart_to_purchase_rate: Number | None


class Products(Wire):
    """Products of a period, sorted."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    currency: str | None
    products: list[ProductFigures]
