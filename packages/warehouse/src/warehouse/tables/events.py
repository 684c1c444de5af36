"""`public.clickstream_events`: one row an event, what analysts query."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from warehouse.tables.columns import column


class ClickstreamEvent(SQLModel, table=True):
    """An event of a browser. Partitioned by month of `event_timestamp`."""

    __tablename__ = "clickstream_events"
    __table_args__ = (
        # Time-ordered blocks: a range of time or a window is found without a B-tree's cost on every insert.
        # The newest events are asked for often: the last pages have to be in this one soon.
        Index(
            "clickstream_events_time",
            "event_timestamp",
            postgresql_using="brin",
            postgresql_with={"autosummarize": "on"},
        ),
        Index("clickstream_events_window", "ingest_window", postgresql_using="brin"),
        # Nothing else tells which session they are of: a day of them is read whole.
        Index(
            "clickstream_events_bare",
            "event_timestamp",
            postgresql_where=text("session_id IS NULL AND client_id IS NULL"),
        ),
        {
            "comment": "One row an event. Bots are included: filter on is_bot",
            "postgresql_partition_by": "RANGE (event_timestamp)",
        },
    )

    event_id: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "Idempotency key of the event"})
    event_timestamp: datetime = column(
        "timestamptz", "When it happened: the browser's clock, corrected by sentAt; UTC", key=True
    )
    event_name: str = column("text", "What happened: page_view, product_view, …; custom names as sent")
    user_id: str | None = column("text", "The shop's id of the logged-in user", null=True)
    user_login_state: str | None = column("text", "logged_in, anonymous or guest", null=True)
    identity_source: str | None = column("text", "Where the identity comes from, such as cognito", null=True)
    client_id: str | None = column("text", "The browser's sticky id", null=True)
    session_id: str | None = column("text", "The tracker's session id, where it sent one", null=True)
    is_first_visit: bool | None = column("boolean", "Whether the browser was new, as the tracker says", null=True)
    context_product_id: str | None = column("text", "Id of the product the event is about", null=True)
    context_product_name: str | None = column("text", "Name of that product", null=True)
    context_product_category: str | None = column("text", "Category of that product", null=True)
    context_product_brand: str | None = column("text", "Brand of that product", null=True)
    context_product_price: Decimal | None = column("money", "Its price before discount", null=True)
    context_product_discount_price: Decimal | None = column("money", "Its price after discount", null=True)
    context_product_url_path: str | None = column("text", "Path of its page", null=True)
    received_at: datetime = column("timestamptz", "When the collector received it; UTC")
    page_url: str | None = column("text", "URL of the page", null=True)
    page_path: str | None = column("text", "Path of page_url", null=True)
    page_title: str | None = column("text", "Title of the page", null=True)
    referrer: str | None = column("text", "URL of the page before", null=True)
    referrer_host: str | None = column("text", "Host of the referrer, without www.", null=True)
    utm_source: str | None = column("text", "Campaign source from page_url", null=True)
    utm_medium: str | None = column("text", "Campaign medium from page_url", null=True)
    utm_campaign: str | None = column("text", "Campaign name from page_url", null=True)
    utm_term: str | None = column("text", "Campaign term from page_url", null=True)
    utm_content: str | None = column("text", "Campaign content from page_url", null=True)
    channel: str = column("text", "Channel of this hit by GA4's default channel group")
    device_type: str = column("text", "desktop, mobile, tablet, bot or unknown, from the user agent")
    browser: str | None = column("text", "Browser family, from the user agent", null=True)
    os: str | None = column("text", "Operating system family, from the user agent", null=True)
    is_bot: bool = column("boolean", "Whether the user agent is a crawler's or a program's")
    country: str | None = column("text", "ISO 3166 country from the CDN", null=True)
    locale: str | None = column("text", "Language of the browser, BCP 47", null=True)
    sequence: int | None = column("integer", "Counts up per session: gaps show events that never arrived", null=True)
    order_id: str | None = column("text", "Order of a checkout or refund", null=True)
    search_query: str | None = column("text", "What was searched for", null=True)
    properties: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSONB, comment="Everything else that was sent with the event")
    )
    clock_corrected: bool = column("boolean", "Whether the browser's clock was corrected or replaced by received_at")
    ingest_window: datetime = column("timestamptz", "Window (UTC hour of receipt) it was loaded from")
    object_id: int = column("bigint", "Object of the raw lake it was loaded from (etl.objects)")
