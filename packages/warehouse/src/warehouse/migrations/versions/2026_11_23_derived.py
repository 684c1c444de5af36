"""Sums by day in one table, sessions known by bits of an MD5, events of nobody found by an index.

Facts and sums by day are emptied: `migrate` makes them again from the events.

Revision ID: 2026_11_23_derived
Revises: 2026_11_23_facts
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_derived"
down_revision = "2026_11_23_facts"
branch_labels = None
depends_on = None

_PAGE_VIEWS = "Views of pages: page_view events, or where a page has none those of other views"
_SESSION = "Number of the session: the first 60 bits of its key's MD5"
_SESSION_OR_NONE = "Number of the session; NULL for events without session and client"
_CLIENT = "Number of the client: the first 60 bits of its id's MD5"
_NUMBERS = (
    ("session_facts", "session_no", _SESSION),
    ("session_facts", "client_no", _CLIENT),
    ("session_hours", "session_no", _SESSION_OR_NONE),
    ("session_pages", "session_no", _SESSION),
    ("session_pages", "client_no", _CLIENT),
    ("session_products", "session_no", _SESSION_OR_NONE),
    ("session_searches", "session_no", _SESSION),
    ("session_orders", "session_no", _SESSION_OR_NONE),
)

_VIEWS = """
CREATE VIEW sessions_daily AS
SELECT d.day, a.channel, a.device_type, a.is_bot, sum(d.sessions)::bigint AS sessions,
       sum(d.bounces)::bigint AS bounces, sum(d.duration_seconds)::bigint AS duration_seconds,
       sum(d.page_views)::bigint AS page_views,
       sum(d.converted)::bigint AS converted
FROM audience_days d JOIN audiences a USING (audience_id)
WHERE d.sessions > 0 GROUP BY d.day, a.channel, a.device_type, a.is_bot;
COMMENT ON VIEW sessions_daily IS 'Sessions per site day of their start, channel, device and bot';

CREATE VIEW funnel_daily AS
SELECT d.day, a.channel, a.device_type, a.is_bot, sum(d.viewed)::bigint AS viewed,
       sum(d.product_viewed)::bigint AS product_viewed, sum(d.added_to_cart)::bigint AS added_to_cart,
       sum(d.checked_out)::bigint AS checked_out, sum(d.purchased)::bigint AS purchased
FROM audience_days d JOIN audiences a USING (audience_id)
WHERE d.sessions > 0 GROUP BY d.day, a.channel, a.device_type, a.is_bot;
COMMENT ON VIEW funnel_daily IS 'Sessions that reached each funnel step, per site day, channel, device and bot';
"""


def upgrade() -> None:
    op.execute(
        "TRUNCATE session_facts, session_hours, session_pages, session_products, session_orders, session_searches,"
        " audience_days"
    )
    op.drop_table("sessions_daily")
    op.drop_table("funnel_daily")
    op.add_column(
        "audience_days", sa.Column("page_views", sa.BigInteger(), nullable=False, comment="Sum of their page views")
    )
    op.execute(_VIEWS)
    op.create_index(
        "clickstream_events_bare",
        "clickstream_events",
        ["event_timestamp"],
        postgresql_where=sa.text("session_id IS NULL AND client_id IS NULL"),
    )
    # No question goes by them.
    op.drop_index("orders_event", "orders")
    op.drop_index("audit_time", "audit", schema="etl")
    op.alter_column("sessions", "page_views", comment=_PAGE_VIEWS)
    op.alter_column("session_facts", "page_views", comment=_PAGE_VIEWS)
    for table, column, comment in _NUMBERS:
        op.alter_column(table, column, comment=comment)
