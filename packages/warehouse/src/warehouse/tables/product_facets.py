"""Sums of whole days for questions with a filter on a category or brand, and for the funnel by category.

Categories and brands are a product's latest, so a product that moves to another one changes sums of every day on which
it was seen. These sums are therefore made a day at a time, once a day is over (`derive.product_facets`); a load that
changes a day, or a product's category or brand, takes it out of `product_facet_days_known`. Of days that are not in
there the mart counts the facts.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Table, Text
from sqlmodel import SQLModel

from warehouse.tables.facts import NAMES

metadata = SQLModel.metadata

_FACET = "category:… or brand:…"
_DAY = "Day in the site's time zone"
SESSION_SUMS = (
    *("sessions", "bounces", "duration_seconds", "converted", "viewed", "product_viewed", "added_to_cart"),
    *("checked_out", "purchased"),
)
_COMMENTS = {
    "sessions": "Sessions that began",
    "bounces": "Those with at most one page view",
    "duration_seconds": "Sum of their durations, in seconds",
    "converted": "Those with an order",
    "viewed": "Those that saw any page",
    "product_viewed": "Those that saw a product",
    "added_to_cart": "Those that put something into the cart",
    "checked_out": "Those that started a checkout",
    "purchased": "Those that completed a checkout",
}


def _sum(name: str, comment: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, comment=comment)


product_facet_days = Table(
    "product_facet_days",
    metadata,
    Column("facet", Text, primary_key=True, comment=_FACET),
    Column("day", Date, primary_key=True, comment=_DAY),
    Column(
        "audience_id", Integer, primary_key=True, autoincrement=False, comment="What it can be filtered by (audiences)"
    ),
    _sum("events", "Number of events"),
    *(_sum(name, f"{name} events") for name in NAMES),
    *(_sum(name, _COMMENTS[name]) for name in SESSION_SUMS),
    comment="What happened on a day in the sessions in which a product of the category or brand was seen, put into"
    " the cart or bought on that day",
)

product_facet_hours = Table(
    "product_facet_hours",
    metadata,
    Column("facet", Text, primary_key=True, comment=_FACET),
    Column("day", Date, primary_key=True, comment=_DAY),
    Column("hour", DateTime(timezone=True), primary_key=True, comment="Start of the hour by the site's clock; UTC"),
    Column("is_bot", Boolean, primary_key=True, comment="Whether bots did it"),
    _sum("events", "Number of events"),
    _sum("page_views", "page_view, home_view, category_view and product_view events"),
    _sum("product_views", "product_view events"),
    _sum("add_to_carts", "add_to_cart_click events"),
    _sum("sessions", "Sessions that began"),
    _sum(
        "visitors",
        "Clients with a session that began in the hour; where bots did it: those that are no visitors without them",
    ),
    comment="The hours of such a day",
)

product_facet_pages = Table(
    "product_facet_pages",
    metadata,
    Column("facet", Text, primary_key=True, comment=_FACET),
    Column("day", Date, primary_key=True, comment=_DAY),
    Column("page_path", Text, primary_key=True, comment="Path of the page"),
    Column("is_bot", Boolean, primary_key=True, comment="Whether bots saw it"),
    _sum("views", "Views of the page: its page_view events, or where there are none those of other views"),
    _sum("sessions", "Sessions that viewed it on the day"),
    _sum("entries", "Sessions that began on the day, there"),
    _sum("exits", "Sessions that began on the day and ended there"),
    _sum("bounces", "Entries with at most one page view"),
    comment="The pages of such a day",
)

category_funnel_days = Table(
    "category_funnel_days",
    metadata,
    Column("facet", Text, primary_key=True, comment="Filter and value, such as device:mobile; empty for all"),
    Column("with_bots", Boolean, primary_key=True, comment="Whether what bots did counts, too"),
    Column("day", Date, primary_key=True, comment=_DAY),
    Column("category", Text, primary_key=True, comment="Category; unknown where a product has none"),
    _sum("sessions", "Sessions in which on that day one of its products was seen, put into the cart or bought"),
    _sum("product_viewed", "Those that saw one"),
    _sum("added_to_cart", "Those that put one into the cart"),
    _sum("checked_out", "Those that put one into the cart or bought one, and started a checkout"),
    _sum("purchased", "Those that bought one"),
    comment="The funnel of a day by category",
)

product_facet_days_known = Table(
    "product_facet_days_known",
    metadata,
    Column("day", Date, primary_key=True, comment="Day whose sums by category and brand hold"),
    comment="One row a day whose sums by category and brand hold; of other days the facts are counted",
)
