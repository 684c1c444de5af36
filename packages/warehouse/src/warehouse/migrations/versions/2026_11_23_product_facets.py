"""Sums of whole days by category and brand, which the ETL makes; whose sessions a product was seen in.

Revision ID: 2026_11_23_product_facets
Revises: 2026_11_23_searches
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_product_facets"
down_revision = "2026_11_23_searches"
branch_labels = None
depends_on = None

_NAMES = (
    *("page_view", "home_view", "category_view", "product_view", "search", "click", "add_to_cart_click"),
    *("remove_from_cart_click", "wishlist_toggle", "share_click", "login_open", "login_success", "logout"),
    *("checkout_start", "checkout_complete", "refund", "page_leave"),
)
_SUMS = {
    "events": "Number of events",
    **{name: f"{name} events" for name in _NAMES},
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
_STEPS = {
    "sessions": "Sessions in which on that day one of its products was seen, put into the cart or bought",
    "product_viewed": "Those that saw one",
    "added_to_cart": "Those that put one into the cart",
    "checked_out": "Those that put one into the cart or bought one, and started a checkout",
    "purchased": "Those that bought one",
}
_OF_AN_HOUR = {
    "events": "Number of events",
    "page_views": "page_view, home_view, category_view and product_view events",
    "product_views": "product_view events",
    "add_to_carts": "add_to_cart_click events",
    "sessions": "Sessions that began",
}
_OF_A_PAGE = {
    "views": "Views of the page: its page_view events, or where there are none those of other views",
    "sessions": "Sessions that viewed it on the day",
    "entries": "Sessions that began on the day, there",
    "exits": "Sessions that began on the day and ended there",
    "bounces": "Entries with at most one page view",
}
_PRODUCT_FACET = ("facet", sa.Text(), "category:… or brand:…")
_DAY = ("day", sa.Date(), "Day in the site's time zone")


_OF_SESSIONS = """
UPDATE session_products p
SET client_no = f.client_no, client_since = f.client_since,
    session_audience_id = CASE WHEN f.day = p.day THEN f.audience_id END
FROM session_facts f WHERE f.session_no = p.session_no
"""


def upgrade() -> None:
    for name, kind, what in (
        ("client_no", sa.BigInteger(), "Number of the client: the first 60 bits of its id's MD5"),
        (
            "client_since",
            sa.DateTime(timezone=True),
            "First hit of the session's client ever; UTC",
        ),
        ("session_audience_id", sa.Integer(), "The session's audience where it began on the day; else NULL"),
    ):
        op.add_column("session_products", sa.Column(name, kind, nullable=True, comment=what))
    op.execute(_OF_SESSIONS)
    op.drop_index("session_products_product", "session_products")
    op.create_index(
        "session_products_product",
        "session_products",
        ["product_id", "day"],
        postgresql_include=["session_no", "audience_id", "client_no", "client_since", "session_audience_id"],
    )
    op.drop_index("session_facts_visitors", "session_facts")
    op.create_index(
        "session_facts_visitors",
        "session_facts",
        [sa.text("(day + 0)"), "client_no"],
        postgresql_include=["day", "session_no", "audience_id", "client_since"],
    )
    op.create_table(
        "product_facet_days",
        *_key(
            _PRODUCT_FACET,
            _DAY,
            ("audience_id", sa.Integer(), "What it can be filtered by (audiences)"),
        ),
        *_sums(_SUMS),
        sa.PrimaryKeyConstraint("facet", "day", "audience_id"),
        comment="What happened on a day in the sessions in which a product of the category or brand was seen, put into"
        " the cart or bought on that day",
    )
    op.create_table(
        "product_facet_hours",
        *_key(
            _PRODUCT_FACET,
            _DAY,
            ("hour", sa.DateTime(timezone=True), "Start of the hour by the site's clock; UTC"),
            ("is_bot", sa.Boolean(), "Whether bots did it"),
        ),
        *_sums(_OF_AN_HOUR),
        sa.PrimaryKeyConstraint("facet", "day", "hour", "is_bot"),
        comment="The hours of such a day",
    )
    op.create_table(
        "product_facet_pages",
        *_key(
            _PRODUCT_FACET,
            _DAY,
            ("page_path", sa.Text(), "Path of the page"),
            ("is_bot", sa.Boolean(), "Whether bots saw it"),
        ),
        *_sums(_OF_A_PAGE),
        sa.PrimaryKeyConstraint("facet", "day", "page_path", "is_bot"),
        comment="The pages of such a day",
    )
    op.create_table(
        "category_funnel_days",
        *_key(
            ("facet", sa.Text(), "Filter and value, such as device:mobile; empty for all"),
            ("with_bots", sa.Boolean(), "Whether what bots did counts, too"),
            _DAY,
            ("category", sa.Text(), "Category; unknown where a product has none"),
        ),
        *_sums(_STEPS),
        sa.PrimaryKeyConstraint("facet", "with_bots", "day", "category"),
        comment="The funnel of a day by category",
    )
    op.create_table(
        "product_facet_days_known",
        *_key(("day", sa.Date(), "Day whose sums by category and brand hold")),
        sa.PrimaryKeyConstraint("day"),
        comment="One row a day whose sums by category and brand hold; of other days the facts are counted",
    )


def _key(*columns: tuple[str, Any, str]) -> list[Any]:
    return [sa.Column(name, kind, autoincrement=False, nullable=False, comment=what) for name, kind, what in columns]


def _sums(columns: dict[str, str]) -> list[Any]:
    return [sa.Column(name, sa.BigInteger(), nullable=False, comment=what) for name, what in columns.items()]
