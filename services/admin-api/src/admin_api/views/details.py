"""Single sessions and events, and what can be filtered by."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from admin_api.csv_table import Table
from admin_api.views.answer import Answer
from admin_api.wire import Number, Wire


class DimensionValue(Wire):
    """A value that a filter can ask for."""

    value: str
    sessions: int = Field(description="Its sessions; of categories and brands: views of their products")


class Dimensions(Answer):
    """What can be filtered by, most frequent first."""

    channels: list[DimensionValue]
    devices: list[DimensionValue]
    countries: list[DimensionValue]
    categories: list[DimensionValue]
    brands: list[DimensionValue]
    login_states: list[DimensionValue]

    def table(self) -> Table:
        """A row a value, with its dimension."""
        rows = [
            _DimensionRow(dimension=name, value=each.value, sessions=each.sessions)
            for name in ("channels", "devices", "countries", "categories", "brands", "login_states")
            for each in getattr(self, name)
        ]
        return Table(_DimensionRow, rows)


class _DimensionRow(Wire):
    dimension: str
    value: str
    sessions: int


class SessionView(Wire):
    """A session."""

    session_id: str = Field(description="The tracker's id; of an inferred session its key, i:<client>:<epoch>")
    client_id: str | None
    user_id: str | None
    started_at: datetime
    ended_at: datetime
    seconds: int
    events: int
    page_views: int
    channel: str
    device: str
    country: str | None
    login_state: str
    entry_page: str | None
    exit_page: str | None
    reached: str | None = Field(description="page_view, product_view, add_to_cart, checkout or purchase")
    orders: int
    revenue: Number
    currency: str | None
    is_bot: bool


class Sessions(Answer):
    """A page of sessions, newest first."""

    table_member: ClassVar[str] = "sessions"

    sessions: list[SessionView]
    next: str | None = Field(description="`before` of the next page; null on the last")


class SessionEvent(Wire):
    """An event of a session."""

    event_id: UUID
    at: datetime
    event_name: str
    page_path: str | None
    page_title: str | None
    product_id: str | None
    product_name: str | None
    search_query: str | None
    order_id: str | None
    value: Number | None = Field(description="Total of the order, or price of the product")
    currency: str | None


class SessionDetail(Wire):
    """One session and its events in their order."""

    session: SessionView
    events: list[SessionEvent]


class EventView(Wire):
    """An event as it is in the warehouse."""

    event_id: UUID
    at: datetime
    received_at: datetime
    event_name: str
    client_id: str | None
    session_id: str | None
    user_id: str | None
    login_state: str | None
    page_path: str | None
    page_title: str | None
    product_id: str | None
    product_name: str | None
    search_query: str | None
    order_id: str | None
    channel: str
    device: str
    browser: str | None
    os: str | None
    country: str | None
    is_bot: bool


class Events(Answer):
    """A page of events, newest first."""

    table_member: ClassVar[str] = "events"

    events: list[EventView]
    next: str | None = Field(description="`before` of the next page; null on the last")
