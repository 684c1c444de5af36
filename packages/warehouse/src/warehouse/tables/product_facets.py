"""Sums of whole days for questions with a filter on a category or brand, and for the funnel by category.

Categories and brands are a product's latest, so a product that moves to another one changes sums of every day on which
it was seen. These sums are therefore made a day at a time, once a day is over (`derive.product_facets`); a load that
changes a day, or a product's category or brand, takes it out of `product_facet_days_known`. Of days that are not in
there the mart counts the facts.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table, Text
from sqlmodel import SQLModel

from warehouse.tables.facets import campaigns_by_facet, hours_by_facet, pages_by_facet
from warehouse.tables.facts import NAMES, SESSION_SUMS

metadata = SQLModel.metadata

_FACET = "category:… or brand:…"
_DAY = "Day in the site's time zone"


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
    *(_sum(name, what) for name, what in SESSION_SUMS.items()),
    comment="What happened on a day in the sessions in which a product of the category or brand was seen, put into"
    " the cart or bought on that day",
)

product_facet_hours = hours_by_facet("product_facet_hours", _FACET, "The hours of such a day")

product_facet_pages = pages_by_facet("product_facet_pages", _FACET, "The pages of such a day")

product_facet_campaigns = campaigns_by_facet(
    "product_facet_campaigns", _FACET, "The sessions of such a day by campaign"
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
