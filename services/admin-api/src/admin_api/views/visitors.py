"""Where visitors come from, what they do, and whether they come back."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from admin_api.csv_table import Table
from admin_api.views.answer import Answer
from admin_api.wire import Number, Wire

ChannelGrouping = Literal["channel", "source", "campaign"]
PageKind = Literal["entry", "exit", "all"]


class ChannelFigures(Wire):
    """Sessions that came one way."""

    value: str = Field(examples=["Organic Search"], description="«(not set)» where there is no source or campaign")
    medium: str | None = Field(description="By source or campaign: the medium beside it")
    sessions: int
    visitors: int
    bounce_rate: Number | None
    add_to_carts: int
    orders: int
    revenue: Number
    conversion_rate: Number | None = Field(description="Sessions with an order")


class Channels(Answer):
    """Sessions by channel, source or campaign, most first."""

    by: ChannelGrouping
    currency: str | None
    rows: list[ChannelFigures]


class PageFigures(Wire):
    """What happened on a page."""

    path: str = Field(examples=["/laptops"])
    views: int
    sessions: int = Field(description="Sessions that saw it; one of two days counts on both")
    visitors: int | None = Field(description="Visitors that saw it; null unless asked for")
    entries: int = Field(description="Sessions that began here")
    exits: int = Field(description="Sessions that ended here")
    bounce_rate: Number | None = Field(description="Of those that began here, those with at most one page view")
    exit_rate: Number | None = Field(description="Of the sessions that saw it, those that ended here")


class Pages(Answer):
    """Pages by views, entries or exits."""

    kind: PageKind
    rows: list[PageFigures]


class PathLink(Wire):
    """Sessions that went from one kind of page to the next."""

    step: int
    source: str
    target: str
    sessions: int


class PathShare(Wire):
    """A way through the site."""

    path: list[str] = Field(examples=[["home", "category", "product", "cart"]])
    sessions: int
    share: Number = Field(description="Of all sessions that saw a page, 0 to 1")


class Paths(Answer):
    """Ways through the site, by kinds of pages in the order of their first view."""

    links: list[PathLink]
    paths: list[PathShare]

    def table(self) -> Table:
        """The paths, each as one text."""
        rows = [_PathRow(path=" > ".join(way.path), sessions=way.sessions, share=way.share) for way in self.paths]
        return Table(_PathRow, rows)


class _PathRow(Wire):
    path: str
    sessions: int
    share: Number


class SearchFigures(Wire):
    """What was searched for, and what the sessions did that searched for it."""

    query: str
    searches: int
    sessions: int
    product_views: int
    orders: int
    conversion_rate: Number


class Searches(Answer):
    """Searches, most frequent first."""

    rows: list[SearchFigures]


class VisitorTotals(Wire):
    """Visitors whose first session ever began in the period, and the others."""

    new: int
    returning: int
    new_orders: int
    returning_orders: int


class VisitorPoint(Wire):
    """Visitors of a day: new if their first session ever began that day."""

    at: datetime
    new: int
    returning: int


class Visitors(Answer):
    """New and returning visitors."""

    table_member: ClassVar[str] = "points"

    totals: VisitorTotals
    points: list[VisitorPoint]


class Returned(Wire):
    """Visitors of a cohort that were seen again."""

    week: int = Field(description="So many weeks later", ge=1)
    visitors: int
    rate: Number


class Cohort(Wire):
    """Visitors whose first session ever began in a week."""

    week: date = Field(description="Its Monday")
    visitors: int
    returned: list[Returned]


class _ReturnedRow(Wire):
    cohort: date
    visitors: int
    week: int
    returned: int
    rate: Number


class Retention(Answer):
    """Cohorts of visitors by the week of their first session."""

    table_member: ClassVar[str] = "cohorts"

    cohorts: list[Cohort]

    def table(self) -> Table:
        """A row a cohort and week."""
        rows = [
            _ReturnedRow(
                cohort=cohort.week, visitors=cohort.visitors, week=each.week, returned=each.visitors, rate=each.rate
            )
            for cohort in self.cohorts
            for each in cohort.returned
        ]
        return Table(_ReturnedRow, rows)
