"""Products and orders: `event_items`, `order_events`, `orders`, `products`."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from warehouse.tables.columns import ZERO, column


class EventItem(SQLModel, table=True):
    """A product line of an event: its items, or its product where it has none."""

    __tablename__ = "event_items"
    __table_args__ = (
        Index("event_items_time", "event_timestamp", postgresql_using="brin"),
        Index("event_items_window", "ingest_window", postgresql_using="brin"),
        {
            "comment": "One row a product line of an event: its items, or its product where it has none",
            "postgresql_partition_by": "RANGE (event_timestamp)",
        },
    )

    event_id: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "The event"})
    line_number: int = column("integer", "Line of the event, from 1", key=True)
    event_timestamp: datetime = column("timestamptz", "When the event happened; UTC", key=True)
    event_name: str = column("text", "Name of the event")
    is_bot: bool = column("boolean", "Whether a bot sent it")
    product_id: str | None = column("text", "The shop's product id", null=True)
    product_name: str | None = column("text", "Name of the product", null=True)
    product_category: str | None = column("text", "Category of the product", null=True)
    product_brand: str | None = column("text", "Brand of the product", null=True)
    product_url_path: str | None = column("text", "Path of the product's page", null=True)
    price: Decimal | None = column("money", "Price of one before discount", null=True)
    discount_price: Decimal | None = column("money", "Price of one after discount", null=True)
    quantity: Decimal | None = column("money", "How many; NULL means one", null=True)
    currency: str | None = column("text", "ISO 4217 currency of the prices", null=True)
    ingest_window: datetime = column("timestamptz", "Window it was loaded from")


class OrderEvent(SQLModel, table=True):
    """An event that speaks of an order: a checkout or a refund, with its amounts as sent."""

    __tablename__ = "order_events"
    __table_args__ = (
        Index("order_events_order", "order_id"),
        Index("order_events_window", "ingest_window", postgresql_using="brin"),
        {"comment": "One row an event with an order: checkout_complete and refund, amounts as sent"},
    )

    event_id: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "The event"})
    event_timestamp: datetime = column("timestamptz", "When the event happened; UTC", key=True)
    event_name: str = column("text", "checkout_complete or refund")
    order_id: str = column("text", "The shop's order id")
    total: Decimal | None = column("money", "Total of the order or of the refund", null=True)
    currency: str | None = column("text", "ISO 4217 currency", null=True)
    tax: Decimal | None = column("money", "Tax inside the total", null=True)
    shipping: Decimal | None = column("money", "Shipping inside the total", null=True)
    discount: Decimal | None = column("money", "Discount that was given", null=True)
    coupon: str | None = column("text", "Coupon code", null=True)
    item_count: int | None = column("integer", "Number of items", null=True)
    client_id: str | None = column("text", "The browser's sticky id", null=True)
    session_id: str | None = column("text", "The tracker's session id", null=True)
    user_id: str | None = column("text", "The shop's user id", null=True)
    is_bot: bool = column("boolean", "Whether a bot sent it")
    ingest_window: datetime = column("timestamptz", "Window it was loaded from")


class Order(SQLModel, table=True):
    """An order: its first checkout_complete; repeats are counted, refunds applied."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_time", "ordered_at"),
        {"comment": "One row an order: its first checkout_complete wins, repeats are counted, refunds apply"},
    )

    order_id: str = column("text", "The shop's order id", key=True)
    event_id: UUID = Field(sa_column_kwargs={"comment": "The checkout_complete that made it"})
    ordered_at: datetime = column("timestamptz", "When it was placed; UTC")
    client_id: str | None = column("text", "The browser's sticky id", null=True)
    session_id: str | None = column("text", "The tracker's session id", null=True)
    user_id: str | None = column("text", "The shop's user id", null=True)
    is_bot: bool = column("boolean", "Whether a bot placed it")
    total: Decimal = column("money", "Total as placed")
    refunded: Decimal = column("money", "Sum of its refunds; a refund without an amount is the whole order")
    currency: str | None = column("text", "ISO 4217 currency", null=True)
    tax: Decimal | None = column("money", "Tax inside the total", null=True)
    shipping: Decimal | None = column("money", "Shipping inside the total", null=True)
    discount: Decimal | None = column("money", "Discount that was given", null=True)
    coupon: str | None = column("text", "Coupon code", null=True)
    item_count: int | None = column("integer", "Number of items", null=True)
    repeats: int = column("integer", "Further checkout_complete events with this order id, not added")

    @property
    def revenue(self) -> Decimal:
        """What remains of the order after refunds, in its currency."""
        return (self.total or ZERO) - (self.refunded or ZERO)


class Product(SQLModel, table=True):
    """A product with its latest known attributes."""

    __tablename__ = "products"
    __table_args__ = ({"comment": "One row a product: its latest known attributes"},)

    product_id: str = column("text", "The shop's product id", key=True)
    name: str | None = column("text", "Latest known name", null=True)
    category: str | None = column("text", "Latest known category", null=True)
    brand: str | None = column("text", "Latest known brand", null=True)
    url_path: str | None = column("text", "Latest known path of its page", null=True)
    price: Decimal | None = column("money", "Latest known price", null=True)
    last_seen_at: datetime = column("timestamptz", "Newest event that named it; UTC")


class ProductAttribute(SQLModel, table=True):
    """The latest known value of one attribute of a product: what `products` is made of."""

    __tablename__ = "product_attributes"
    __table_args__ = (
        {"schema": "etl", "comment": "One row an attribute of a product: its latest value, and when that was seen"},
    )

    product_id: str = column("text", "The shop's product id", key=True)
    attribute: str = column("text", "name, category, brand, url_path or price", key=True)
    value: str = column("text", "Its latest known value")
    seen_at: datetime = column("timestamptz", "Newest event with that value; UTC")
