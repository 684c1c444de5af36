"""What the mart counts from: narrow rows a session, so that no question with a filter has to read events.

A session is known by the first 60 bits of its key's MD5, a client by those of its id's: two of a million share them
with a chance of 1 in 2 million. Days and hours are the site's. All rows of a session are re-made whenever a load
touches it. They have no keys: nobody looks one up, and an index in the order of hashes would cost a load more than the
rows themselves.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, Numeric, Sequence, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

metadata = SQLModel.metadata
AudienceIds = Sequence("audience_ids", schema="etl", metadata=metadata)
CampaignIds = Sequence("campaign_ids", schema="etl", metadata=metadata)

# The names of the contract, each a column; others are in `custom`.
NAMES = (
    *("page_view", "home_view", "category_view", "product_view", "search", "click", "add_to_cart_click"),
    *("remove_from_cart_click", "wishlist_toggle", "share_click", "login_open", "login_success", "logout"),
    *("checkout_start", "checkout_complete", "refund", "page_leave"),
)
# What is summed of sessions, by the day on which they began.
SESSION_SUMS = {
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
_DAY = "Day in the site's time zone"
_SESSION = "Number of the session; NULL for events without session and client"
_AUDIENCE = "What it can be filtered by (audiences)"


def _column(name: str, kind: type[Any], comment: str, *, null: bool = False) -> Column[Any]:
    made = DateTime(timezone=True) if kind is DateTime else kind
    return Column(name, made, nullable=null, comment=comment)


def _by_day(table: str) -> Index:
    # Rows come in the order of time, so a few blocks hold a day; a row adds next to nothing to this index.
    return Index(
        f"{table}_day", "day", postgresql_using="brin", postgresql_with={"pages_per_range": 16, "autosummarize": "on"}
    )


def _named() -> list[Column[Any]]:
    return [_column(name, Integer, f"{name} events; NULL: none", null=True) for name in NAMES]


audiences = Table(
    "audiences",
    metadata,
    Column(
        "audience_id",
        Integer,
        primary_key=True,
        server_default=text("nextval('etl.audience_ids'::regclass)"),
        comment="Id of the combination",
    ),
    _column("channel", Text, "Channel of the session's first hit"),
    _column("device_type", Text, "Device of the session's first hit"),
    _column("country", Text, "Country of the session; unknown where no hit has one"),
    _column("login_state", Text, "logged_in, guest, anonymous or unknown: the event's; a session's is its highest"),
    _column("is_bot", Boolean, "Whether a bot sent the event; of a session: whether a bot sent any"),
    Index("audiences_what", "channel", "device_type", "country", "login_state", "is_bot", unique=True),
    comment="One row a combination of channel, device, country, login state and bot",
)

campaigns = Table(
    "campaigns",
    metadata,
    Column(
        "campaign_id",
        Integer,
        primary_key=True,
        server_default=text("nextval('etl.campaign_ids'::regclass)"),
        comment="Id of the combination",
    ),
    _column("utm_source", Text, "Campaign source of the session's first hit; empty: none"),
    _column("utm_medium", Text, "Campaign medium of it; empty: none"),
    _column("utm_campaign", Text, "Campaign name of it; empty: none"),
    Index("campaigns_what", "utm_source", "utm_medium", "utm_campaign", unique=True),
    comment="One row a combination of campaign source, medium and name",
)

session_facts = Table(
    "session_facts",
    metadata,
    _column("started_at", DateTime, "First hit; UTC"),
    _column("client_since", DateTime, "First hit of its client ever; UTC. Its own where it has no client"),
    _column("session_no", BigInteger, "Number of the session: the first 60 bits of its key's MD5"),
    _column("client_no", BigInteger, "Number of the client: the first 60 bits of its id's MD5", null=True),
    _column("day", Date, f"{_DAY} of its first hit"),
    _column("audience_id", Integer, _AUDIENCE),
    _column("duration_seconds", Integer, "From first to last hit, in seconds"),
    _column("page_views", Integer, "Views of pages: page_view events, or where a page has none those of other views"),
    _column("product_views", Integer, "Number of product_view events"),
    _column("add_to_carts", Integer, "Number of add_to_cart_click events"),
    _column("orders", Integer, "Orders placed"),
    _column("reached_view", Boolean, "Saw any page"),
    _column("reached_product_view", Boolean, "Saw a product"),
    _column("reached_add_to_cart", Boolean, "Put something into the cart"),
    _column("reached_checkout", Boolean, "Started a checkout"),
    _column("reached_purchase", Boolean, "Completed a checkout"),
    _column("entry_page", Text, "Path of the first page", null=True),
    _column("exit_page", Text, "Path of the last page", null=True),
    _column("campaign_id", Integer, "Campaign of its first hit (campaigns)"),
    _column("steps", Text, "Kinds of its pages in the order of their first view, joined by >", null=True),
    _by_day("session_facts"),
    Index("session_facts_time", "started_at"),
    Index(
        "session_facts_orders",
        "day",
        postgresql_include=["audience_id", "client_no", "client_since", "orders"],
        postgresql_where=text("orders > 0"),
    ),
    # In the order in which visitors are counted, with all that this needs: clients of a day need not be sorted, and the
    # table itself is not read. Not «day» alone: the planner would go by this index to the rows of all other questions.
    Index(
        "session_facts_visitors",
        text("(day + 0)"),
        "client_no",
        postgresql_include=["day", "session_no", "audience_id", "client_since", "campaign_id"],
    ),
    comment="One row a session: its numbers",
)

session_hours = Table(
    "session_hours",
    metadata,
    _column("hour", DateTime, "Start of the hour by the site's clock; UTC"),
    _column("session_no", BigInteger, _SESSION, null=True),
    _column("day", Date, f"{_DAY} that the hour belongs to"),
    _column("audience_id", Integer, _AUDIENCE),
    _column("events", Integer, "Number of events"),
    *_named(),
    _column("custom", JSONB, "Events of other names, by name; NULL: none", null=True),
    _by_day("session_hours"),
    comment="One row a session, hour and audience: its events by name",
)

session_pages = Table(
    "session_pages",
    metadata,
    _column("session_no", BigInteger, "Number of the session: the first 60 bits of its key's MD5"),
    _column("client_no", BigInteger, "Number of the client: the first 60 bits of its id's MD5", null=True),
    _column("day", Date, _DAY),
    _column("audience_id", Integer, _AUDIENCE),
    _column("views", Integer, "Views of the page: its page_view events, or where there are none those of other views"),
    _column("page_path", Text, "Path of the page"),
    _by_day("session_pages"),
    comment="One row a session, day and page that it viewed",
)

session_products = Table(
    "session_products",
    metadata,
    _column("session_no", BigInteger, _SESSION, null=True),
    _column("day", Date, _DAY),
    _column("audience_id", Integer, _AUDIENCE),
    _column("views", Integer, "product_view events that name it"),
    _column("add_to_carts", Integer, "add_to_cart_click events that name it"),
    _column("orders", Integer, "Orders that hold it"),
    _column("product_id", Text, "The shop's product id"),
    _column("currency", Text, "ISO 4217 currency; empty where unknown"),
    _column("units", Numeric, "Units in those orders"),
    _column("revenue", Numeric, "Its lines in those orders, price after discount times quantity"),
    _column("client_no", BigInteger, "Number of the client: the first 60 bits of its id's MD5", null=True),
    _column("client_since", DateTime, "First hit of the session's client ever; UTC", null=True),
    _column("session_audience_id", Integer, "The session's audience where it began on the day; else NULL", null=True),
    _column("session_campaign_id", Integer, "Campaign of the session's first hit (campaigns)", null=True),
    _by_day("session_products"),
    # A filter on category or brand asks for the sessions, and their clients, of a few products.
    Index(
        "session_products_product",
        "product_id",
        "day",
        postgresql_include=[
            *("session_no", "audience_id", "client_no", "client_since", "session_audience_id", "session_campaign_id")
        ],
    ),
    comment="One row a session, day, product and currency: views, carts and purchases",
)

session_searches = Table(
    "session_searches",
    metadata,
    _column("session_no", BigInteger, "Number of the session: the first 60 bits of its key's MD5"),
    _column("day", Date, _DAY),
    _column("audience_id", Integer, _AUDIENCE),
    _column("searches", Integer, "Number of searches"),
    _column("query", Text, "What was searched for, in lower case without spaces around it"),
    _column("days_since", Integer, "Days since the session last searched for it; 0: not on a day before"),
    _column("product_views", Integer, "product_view events of the session"),
    _column("orders", Integer, "Orders placed in the session"),
    _by_day("session_searches"),
    comment="One row a session, day and search query",
)

session_orders = Table(
    "session_orders",
    metadata,
    _column("ordered_at", DateTime, "When it was placed; UTC"),
    _column("session_no", BigInteger, _SESSION, null=True),
    _column("day", Date, _DAY),
    _column("audience_id", Integer, _AUDIENCE),
    _column("revenue", Numeric, "Total less refunds"),
    _column("currency", Text, "ISO 4217 currency", null=True),
    _column("order_id", Text, "The shop's order id"),
    _column("campaign_id", Integer, "Campaign of the session's first hit (campaigns); NULL without one", null=True),
    _by_day("session_orders"),
    comment="One row an order with the session that placed it",
)

order_days = Table(
    "order_days",
    metadata,
    Column("day", Date, primary_key=True, comment=_DAY),
    Column("audience_id", Integer, primary_key=True, autoincrement=False, comment=_AUDIENCE),
    Column("currency", Text, primary_key=True, comment="ISO 4217 currency; empty where unknown"),
    _column("orders", BigInteger, "Orders placed"),
    _column("revenue", Numeric, "Their totals less refunds"),
    comment="Orders per site day, audience and currency",
)

audience_days = Table(
    "audience_days",
    metadata,
    Column("day", Date, primary_key=True, comment=_DAY),
    Column("audience_id", Integer, primary_key=True, autoincrement=False, comment=_AUDIENCE),
    _column("events", BigInteger, "Number of events"),
    *(_column(name, BigInteger, f"{name} events") for name in NAMES),
    _column("custom", BigInteger, "Events of other names"),
    *(_column(name, BigInteger, what) for name, what in SESSION_SUMS.items()),
    _column("page_views", BigInteger, "Sum of their page views"),
    comment="Events and sessions per site day and audience",
)
