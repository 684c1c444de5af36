"""Rollups for the questions that most are: without a filter, or with one of channel, device, country and login state.

A facet is what such a question leaves, written `<filter>:<value>`; the empty text leaves everything. Each session is in
five of them. Hours and days are the site's. With more filters, or with those on products, the mart counts the facts
(`tables.facts`).
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Table, Text
from sqlmodel import SQLModel

metadata = SQLModel.metadata

_FACET = "Filter and value, such as device:mobile; empty for all"
_DAY = "Day in the site's time zone"


def _key(name: str, kind: type, comment: str) -> Column[object]:
    made = DateTime(timezone=True) if kind is DateTime else kind()
    return Column(name, made, primary_key=True, autoincrement=False, comment=comment)


def _sum(name: str, comment: str, kind: type = BigInteger) -> Column[object]:
    return Column(name, kind(), nullable=False, comment=comment)


def hours_by_facet(name: str, facet: str, comment: str) -> Table:
    """A table of sums by facet and hour; ``facet`` is that column's comment."""
    return Table(
        name,
        metadata,
        _key("facet", Text, facet),
        _key("day", Date, f"{_DAY} that the hour belongs to"),
        _key("hour", DateTime, "Start of the hour by the site's clock; UTC"),
        _key("is_bot", Boolean, "Whether bots did it"),
        _sum("events", "Number of events"),
        _sum("page_views", "page_view, home_view, category_view and product_view events"),
        _sum("product_views", "product_view events"),
        _sum("add_to_carts", "add_to_cart_click events"),
        _sum("sessions", "Sessions that began"),
        _sum(
            "visitors",
            "Clients with a session that began in the hour; where bots did it: those that are no visitors without them",
        ),
        comment=comment,
    )


facet_hours = hours_by_facet("facet_hours", _FACET, "Events and sessions per hour and facet")


def pages_by_facet(name: str, facet: str, comment: str) -> Table:
    """A table of sums by facet, day and page; ``facet`` is that column's comment."""
    return Table(
        name,
        metadata,
        _key("facet", Text, facet),
        _key("day", Date, _DAY),
        _key("page_path", Text, "Path of the page"),
        _key("is_bot", Boolean, "Whether bots saw it"),
        _sum("views", "Views of the page: its page_view events, or where there are none those of other views"),
        _sum("sessions", "Sessions that viewed it on the day"),
        _sum("entries", "Sessions that began on the day, there"),
        _sum("exits", "Sessions that began on the day and ended there"),
        _sum("bounces", "Entries with at most one page view"),
        comment=comment,
    )


facet_pages = pages_by_facet("facet_pages", _FACET, "Pages per site day and facet")

facet_paths = Table(
    "facet_paths",
    metadata,
    _key("facet", Text, _FACET),
    _key("day", Date, _DAY),
    _key("steps", Text, "Kinds of a session's pages in the order of their first view, joined by >"),
    _key("is_bot", Boolean, "Whether bots went it"),
    _sum("sessions", "Sessions that began"),
    comment="Ways through the site per site day and facet",
)

facet_searches = Table(
    "facet_searches",
    metadata,
    _key("facet", Text, _FACET),
    _key("day", Date, _DAY),
    _key("query", Text, "What was searched for, in lower case without spaces around it"),
    _key("is_bot", Boolean, "Whether bots searched"),
    _key("days_since", Integer, "Days since the sessions last searched for it; 0: not on a day before"),
    _sum("searches", "Number of searches"),
    _sum("sessions", "Sessions that searched for it on the day"),
    _sum("product_views", "product_view events of those sessions"),
    _sum("orders", "Orders placed in those sessions"),
    _sum("converted", "Those with an order"),
    comment="Searches per site day and facet",
)

facet_products = Table(
    "facet_products",
    metadata,
    _key("facet", Text, "Filter and value, such as device:mobile; without a filter: products_daily"),
    _key("day", Date, _DAY),
    _key("product_id", Text, "The shop's product id"),
    _key("currency", Text, "ISO 4217 currency; empty where unknown"),
    _key("is_bot", Boolean, "Whether bots did it"),
    _sum("views", "product_view events that name it"),
    _sum("add_to_carts", "add_to_cart_click events that name it"),
    _sum("orders", "Orders that hold it"),
    _sum("units", "Units in those orders", Numeric),
    _sum("revenue", "Its lines in those orders, price after discount times quantity", Numeric),
    comment="Views, carts and purchases per site day, facet, product and currency",
)

# Whoever came on a day is a visitor of a range unless it came on a day of the range before: with the days between two
# visits, visitors of any range are a sum.
facet_visitors = Table(
    "facet_visitors",
    metadata,
    _key("facet", Text, _FACET),
    _key("with_bots", Boolean, "Whether bots' sessions are visits too"),
    _key("day", Date, _DAY),
    _key("days_since", Integer, "Days since they last came within the facet; 0: never before"),
    _key("days_known", Integer, "Of those who never came before: days since their first session in any facet; else 0"),
    _sum("visitors", "Clients with a session that began on the day"),
    comment="Visitors per site day and facet, by when they last came",
)

facet_orders = Table(
    "facet_orders",
    metadata,
    _key("facet", Text, _FACET),
    _key("day", Date, f"{_DAY} of the session"),
    _key("is_bot", Boolean, "Whether it is a bot's"),
    _key("days_known", Integer, "Days since the client's first session in any facet"),
    _sum("orders", "Orders of clients' sessions"),
    comment="Orders per site day and facet, by how long the client had been known",
)


def campaigns_by_facet(name: str, facet: str, comment: str) -> Table:
    """A table of sums by facet, day and campaign; ``facet`` is that column's comment."""
    return Table(
        name,
        metadata,
        _key("facet", Text, facet),
        _key("day", Date, _DAY),
        _key("utm_source", Text, "Campaign source of the sessions' first hit; empty: none"),
        _key("utm_medium", Text, "Campaign medium of it; empty: none"),
        _key("utm_campaign", Text, "Campaign name of it; empty: none"),
        _key("is_bot", Boolean, "Whether they are bots'"),
        _sum("sessions", "Sessions that began"),
        _sum("bounces", "Those with at most one page view"),
        _sum("add_to_carts", "add_to_cart_click events in them"),
        _sum("converted", "Those with an order"),
        comment=comment,
    )


facet_campaigns = campaigns_by_facet("facet_campaigns", _FACET, "Sessions per site day, facet and campaign")

facet_acquisition = Table(
    "facet_acquisition",
    metadata,
    _key("facet", Text, _FACET),
    _key("kind", Text, "channel, source or campaign"),
    _key("day", Date, _DAY),
    _key("value", Text, "The channel, source or campaign; empty: none"),
    _key("medium", Text, "Campaign medium; empty: none, and for channels"),
    _key("days_since", Integer, "Days since they last came so within the facet; 0: never before"),
    _sum("visitors", "Clients with a session that began on the day, bots' sessions aside"),
    comment="Visitors per site day, facet and channel, source or campaign, by when they last came so",
)

# Of each week the first day on which a client came: a week that is cut off has those who came before the cut.
facet_cohorts = Table(
    "facet_cohorts",
    metadata,
    _key("facet", Text, _FACET),
    _key("with_bots", Boolean, "Whether bots' sessions are visits too"),
    _key("first_day", Date, f"{_DAY} of their first session in any facet"),
    _key("day", Date, f"{_DAY}: the first one of its week (Mondays) on which they came"),
    _sum("visitors", "Clients with a session that began on the day"),
    comment="Visitors per facet, day of their first session and week",
)
