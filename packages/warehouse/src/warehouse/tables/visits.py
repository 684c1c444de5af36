"""Sessions and clients. The class is VisitSession because Session is the database's."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from warehouse.tables.columns import column


class VisitSession(SQLModel, table=True):
    """A visit: the tracker's session, else a client's hits without a pause of 30 minutes."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("sessions_time", "started_at"),
        Index("sessions_client", "client_id", "started_at"),
        {"comment": "One row a session: the tracker's, else hits of a client less than 1,800 s apart"},
    )

    session_key: str = column(
        "text", "s:<session_id>, or i:<client_id>:<epoch of the first hit> where inferred", key=True
    )
    session_id: str | None = column("text", "The tracker's session id; NULL where the session was inferred", null=True)
    client_id: str | None = column("text", "The browser's sticky id", null=True)
    user_id: str | None = column("text", "Last user id that was logged in", null=True)
    started_at: datetime = column("timestamptz", "First hit; UTC")
    ended_at: datetime = column("timestamptz", "Last hit; UTC")
    duration_seconds: int = column("integer", "From first to last hit, in seconds")
    events: int = column("integer", "Number of events")
    page_views: int = column(
        "integer", "Views of pages: page_view events, or where a page has none those of other views"
    )
    entry_page: str | None = column("text", "Path of the first page", null=True)
    exit_page: str | None = column("text", "Path of the last page", null=True)
    channel: str = column("text", "Channel of the first hit")
    utm_source: str | None = column("text", "Campaign source of the first hit", null=True)
    utm_medium: str | None = column("text", "Campaign medium of the first hit", null=True)
    utm_campaign: str | None = column("text", "Campaign name of the first hit", null=True)
    device_type: str = column("text", "Device of the first hit")
    country: str | None = column("text", "Country of the first hit that has one", null=True)
    is_bot: bool = column("boolean", "Whether any hit is a bot's")
    reached_view: bool = column("boolean", "Saw any page")
    reached_product_view: bool = column("boolean", "Saw a product")
    reached_add_to_cart: bool = column("boolean", "Put something into the cart")
    reached_checkout: bool = column("boolean", "Started a checkout")
    reached_purchase: bool = column("boolean", "Completed a checkout")
    orders: int = column("integer", "Orders placed")
    revenue: Decimal = column("sum", "Their totals less refunds, in `currency`")
    currency: str | None = column("text", "Currency of its first order", null=True)
    user_ids: Any = Field(
        sa_column=Column(
            ARRAY(Text),
            nullable=False,
            server_default=text("'{}'::text[]"),
            comment="All user ids that were logged in, sorted",
        )
    )
    event_ids: bytes = Field(
        sa_column=Column(
            LargeBinary,
            nullable=False,
            comment="Ids of its events in the order of time, 16 bytes each",
        )
    )


class Client(SQLModel, table=True):
    """A browser, by its sticky id."""

    __tablename__ = "clients"
    __table_args__ = ({"comment": "One row a browser (client_id)"},)

    client_id: str = column("text", "The browser's sticky id", key=True)
    first_seen_at: datetime = column("timestamptz", "Start of its first session; UTC")
    last_seen_at: datetime = column("timestamptz", "End of its last session; UTC")
    first_channel: str = column("text", "Channel of its first session")
    sessions: int = column("integer", "Number of sessions")
    user_ids: Any = Field(
        sa_column=Column(ARRAY(Text), nullable=False, comment="User ids that it logged in as, sorted")
    )
    is_bot: bool = column("boolean", "Whether any of its sessions is a bot's")
