"""Searches as sums by facet; a search knows what its session did.

Revision ID: 2026_11_23_searches
Revises: 2026_11_23_facets
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_searches"
down_revision = "2026_11_23_facets"
branch_labels = None
depends_on = None

_OF_SESSIONS = """
UPDATE session_searches s SET product_views = f.product_views, orders = f.orders
FROM session_facts f WHERE f.session_no = s.session_no
"""
_AGAIN = """
UPDATE session_searches s SET days_since = a.since
FROM (
    SELECT ctid, day - lag(day) OVER (PARTITION BY session_no, query ORDER BY day) AS since FROM session_searches
) a
WHERE a.ctid = s.ctid AND a.since IS NOT NULL
"""
_SUMS = """
INSERT INTO facet_searches
SELECT n.facet, s.day, s.query, n.is_bot, s.days_since, sum(s.searches), sum(s.sessions), sum(s.product_views),
       sum(s.orders), sum(s.converted)
FROM (
    SELECT day, audience_id, query, days_since, sum(searches) AS searches, count(*) AS sessions,
           sum(product_views) AS product_views, sum(orders) AS orders, count(*) FILTER (WHERE orders > 0) AS converted
    FROM session_searches GROUP BY 1, 2, 3, 4
) s
JOIN (
    SELECT a.audience_id, a.is_bot, f.facet
    FROM audiences a, LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type),
                                      ('country:' || a.country), ('login:' || a.login_state)) f (facet)
) n USING (audience_id)
GROUP BY 1, 2, 3, 4, 5
"""
_OF_A_SEARCH = {
    "days_since": "Days since the session last searched for it; 0: not on a day before",
    "product_views": "product_view events of the session",
    "orders": "Orders placed in the session",
}
_KEY = (
    ("facet", sa.Text(), "Filter and value, such as device:mobile; empty for all"),
    ("day", sa.Date(), "Day in the site's time zone"),
    ("query", sa.Text(), "What was searched for, in lower case without spaces around it"),
    ("is_bot", sa.Boolean(), "Whether bots searched"),
    ("days_since", sa.Integer(), "Days since the sessions last searched for it; 0: not on a day before"),
)
_COUNTS = {
    "searches": "Number of searches",
    "sessions": "Sessions that searched for it on the day",
    "product_views": "product_view events of those sessions",
    "orders": "Orders placed in those sessions",
    "converted": "Those with an order",
}


def upgrade() -> None:
    for column, what in _OF_A_SEARCH.items():
        op.add_column(
            "session_searches", sa.Column(column, sa.Integer(), nullable=False, server_default="0", comment=what)
        )
    for statement in (_OF_SESSIONS, _AGAIN):
        op.execute(statement)
    for column in _OF_A_SEARCH:
        op.alter_column("session_searches", column, server_default=None)
    op.create_table(
        "facet_searches",
        *(sa.Column(column, kind, autoincrement=False, nullable=False, comment=what) for column, kind, what in _KEY),
        *(sa.Column(column, sa.BigInteger(), nullable=False, comment=what) for column, what in _COUNTS.items()),
        sa.PrimaryKeyConstraint(*(column for column, _, _ in _KEY)),
        comment="Searches per site day and facet",
    )
    op.execute(_SUMS)
