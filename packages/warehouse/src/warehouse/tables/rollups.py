"""Rollups: re-made only for the hours and days that a load touched. Hours and days are the site's."""

from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from warehouse.tables.columns import column


class EventsHourly(SQLModel, table=True):
    """Events per hour and name."""

    __tablename__ = "events_hourly"
    __table_args__ = ({"comment": "Events per hour, name and bot"},)

    hour: datetime = column("timestamptz", "Start of the hour by the site's clock; UTC", key=True)
    event_name: str = column("text", "Name of the events", key=True)
    is_bot: bool = column("boolean", "Whether bots sent them", key=True)
    events: int = column("bigint", "Number of events")


class SessionsDaily(SQLModel, table=True):
    """Sessions per day of their start."""

    __tablename__ = "sessions_daily"
    __table_args__ = ({"comment": "Sessions per site day of their start, channel, device and bot"},)

    day: date = Field(primary_key=True, sa_column_kwargs={"comment": "Day in the site's time zone"})
    channel: str = column("text", "Channel of the sessions", key=True)
    device_type: str = column("text", "Device of the sessions", key=True)
    is_bot: bool = column("boolean", "Whether they are bots'", key=True)
    sessions: int = column("bigint", "Number of sessions")
    bounces: int = column("bigint", "Sessions with at most one page view")
    duration_seconds: int = column("bigint", "Sum of their durations, in seconds")
    page_views: int = column("bigint", "Sum of their page views")
    converted: int = column("bigint", "Sessions with an order")


class FunnelDaily(SQLModel, table=True):
    """Sessions that reached each step of the funnel, per day of their start."""

    __tablename__ = "funnel_daily"
    __table_args__ = ({"comment": "Sessions that reached each funnel step, per site day, channel, device and bot"},)

    day: date = Field(primary_key=True, sa_column_kwargs={"comment": "Day in the site's time zone"})
    channel: str = column("text", "Channel of the sessions", key=True)
    device_type: str = column("text", "Device of the sessions", key=True)
    is_bot: bool = column("boolean", "Whether they are bots'", key=True)
    viewed: int = column("bigint", "Sessions that saw any page")
    product_viewed: int = column("bigint", "Sessions that saw a product")
    added_to_cart: int = column("bigint", "Sessions that put something into the cart")
    checked_out: int = column("bigint", "Sessions that started a checkout")
    purchased: int = column("bigint", "Sessions that completed a checkout")


class ProductsDaily(SQLModel, table=True):
    """What happened to a product, per day and currency."""

    __tablename__ = "products_daily"
    __table_args__ = ({"comment": "Views, carts and purchases per site day, product, currency and bot"},)

    day: date = Field(primary_key=True, sa_column_kwargs={"comment": "Day in the site's time zone"})
    product_id: str = column("text", "The shop's product id", key=True)
    currency: str = column("text", "ISO 4217 currency; empty where unknown", key=True)
    is_bot: bool = column("boolean", "Whether bots did it", key=True)
    views: int = column("bigint", "product_view events that name it")
    add_to_carts: int = column("bigint", "add_to_cart_click events that name it")
    orders: int = column("bigint", "Orders that hold it")
    units: Decimal = column("sum", "Units in those orders")
    revenue: Decimal = column("sum", "Its lines in those orders, price after discount times quantity")
