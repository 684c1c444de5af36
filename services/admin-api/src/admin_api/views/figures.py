"""Key figures, and figures over time."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from admin_api.csv_table import Table
from admin_api.views.answer import Answer
from admin_api.wire import Number, Wire

Metric = Literal["events", "visitors", "sessions", "pageViews", "productViews", "addToCarts", "orders", "revenue"]
HeatmapMetric = Literal["events", "sessions", "orders", "revenue"]
Grain = Literal["hour", "day", "week"]


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

    event_name: str = Field(examples=["product_view"])
    events: int


class LoginState(Wire):
    """Events and orders by their own login state; a session by the one of its states that says most."""

    value: str = Field(examples=["logged_in"])
    events: int
    sessions: int
    orders: int


class _Compared(Wire):
    figure: str
    current: Number | None
    previous: Number | None


class Overview(Answer):
    """Key figures of a period, beside those of the same number of days before."""

    currency: str | None = Field(description="Currency of most orders of the period; revenue is in it")
    current: Figures
    previous: Figures
    events_by_name: list[NamedEvents]
    login_states: list[LoginState]

    def table(self) -> Table:
        """A row a figure."""
        names = {name: field.alias or name for name, field in Figures.model_fields.items()}
        rows = [
            _Compared(figure=alias, current=getattr(self.current, name), previous=getattr(self.previous, name))
            for name, alias in names.items()
        ]
        return Table(_Compared, rows)


class Point(Wire):
    """A bucket of a timeseries."""

    at: datetime = Field(description="Its start; UTC")
    value: Number


class Timeseries(Answer):
    """A metric over time; empty buckets are 0."""

    table_member: ClassVar[str] = "points"

    metric: Metric
    grain: Grain
    currency: str | None = Field(description="Currency of revenue")
    points: list[Point]


class Cell(Wire):
    """An hour of a weekday."""

    weekday: int = Field(description="1 is Monday", ge=1, le=7)
    hour: int = Field(description="By the site's clock", ge=0, le=23)
    value: Number


class Heatmap(Answer):
    """A metric by weekday and hour: all 168 cells."""

    table_member: ClassVar[str] = "cells"

    metric: HeatmapMetric
    currency: str | None = Field(description="Currency of revenue")
    cells: list[Cell]


class FunnelStep(Wire):
    """Sessions that reached a step."""

    step: str = Field(examples=["add_to_cart"])
    sessions: int
    rate_from_previous: Number | None
    rate_from_first: Number | None


class FunnelSegment(Wire):
    """The funnel of a part of the sessions."""

    segment: str = Field(examples=["Organic Search"])
    steps: list[FunnelStep]


class Funnel(Answer):
    """The five steps from a view to a purchase."""

    table_member: ClassVar[str] = "steps"

    by: str | None = Field(description="What the segments are")
    steps: list[FunnelStep]
    segments: list[FunnelSegment] = Field(description="Largest first; empty without `by`")

    def table(self) -> Table:
        """The steps, or those of all segments."""
        if not self.by:
            return Table(FunnelStep, self.steps)
        rows = [
            _SegmentStep(segment=part.segment, **step.model_dump()) for part in self.segments for step in part.steps
        ]
        return Table(_SegmentStep, rows)


class _SegmentStep(FunnelStep):
    segment: str
