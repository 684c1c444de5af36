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
