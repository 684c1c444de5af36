"""Campaigns by number; sums by campaign and facet, and of visitors by how they came.

Revision ID: 2026_11_23_campaigns
Revises: 2026_11_23_visitor_hours
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_campaigns"
down_revision = "2026_11_23_visitor_hours"
branch_labels = None
depends_on = None

_UTM = ("utm_source", "utm_medium", "utm_campaign")
_OF_SESSIONS = """
INSERT INTO campaigns (utm_source, utm_medium, utm_campaign)
SELECT DISTINCT coalesce(utm_source, ''), coalesce(utm_medium, ''), coalesce(utm_campaign, '') FROM session_facts
ORDER BY 1, 2, 3;
UPDATE session_facts f SET campaign_id = c.campaign_id
FROM campaigns c
WHERE c.utm_source = coalesce(f.utm_source, '') AND c.utm_medium = coalesce(f.utm_medium, '')
  AND c.utm_campaign = coalesce(f.utm_campaign, '');
UPDATE session_orders o SET campaign_id = f.campaign_id FROM session_facts f WHERE f.session_no = o.session_no;
UPDATE session_products p SET session_campaign_id = f.campaign_id
FROM session_facts f WHERE f.session_no = p.session_no;
"""
_CAMPAIGNS = """
INSERT INTO facet_campaigns
SELECT n.facet, s.day, c.utm_source, c.utm_medium, c.utm_campaign, n.is_bot, sum(s.sessions), sum(s.bounces),
       sum(s.add_to_carts), sum(s.converted)
FROM (
    SELECT day, audience_id, campaign_id, count(*) AS sessions, count(*) FILTER (WHERE page_views <= 1) AS bounces,
           sum(add_to_carts) AS add_to_carts, count(*) FILTER (WHERE orders > 0) AS converted
    FROM session_facts GROUP BY 1, 2, 3
) s
JOIN campaigns c USING (campaign_id)
JOIN (
    SELECT a.audience_id, a.is_bot, f.facet
    FROM audiences a, LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type),
                                      ('country:' || a.country), ('login:' || a.login_state)) f (facet)
) n USING (audience_id)
GROUP BY 1, 2, 3, 4, 5, 6
"""
_ACQUISITION = """
INSERT INTO facet_acquisition (facet, kind, day, value, medium, days_since, visitors)
SELECT facet, kind, day, value, medium, coalesce(day - before, 0), count(*)
FROM (
    SELECT *, lag(day) OVER (PARTITION BY facet, kind, value, medium, client_no ORDER BY day) AS before
    FROM (
        SELECT DISTINCT n.facet, w.kind, w.value, w.medium, s.client_no, s.day
        FROM session_facts s JOIN campaigns c USING (campaign_id) JOIN audiences a USING (audience_id),
             LATERAL (VALUES ('channel', a.channel, ''), ('source', c.utm_source, c.utm_medium),
                             ('campaign', c.utm_campaign, c.utm_medium)) w (kind, value, medium),
             LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type), ('country:' || a.country),
                             ('login:' || a.login_state)) n (facet)
        WHERE s.client_no IS NOT NULL AND NOT a.is_bot
    ) d
) v
GROUP BY 1, 2, 3, 4, 5, 6
"""
_FACET = ("facet", sa.Text(), "Filter and value, such as device:mobile; empty for all")
_PRODUCT_FACET = ("facet", sa.Text(), "category:… or brand:…")
_DAY = ("day", sa.Date(), "Day in the site's time zone")
_BY_CAMPAIGN = (
    ("utm_source", sa.Text(), "Campaign source of the sessions' first hit; empty: none"),
    ("utm_medium", sa.Text(), "Campaign medium of it; empty: none"),
    ("utm_campaign", sa.Text(), "Campaign name of it; empty: none"),
    ("is_bot", sa.Boolean(), "Whether they are bots'"),
)
_SESSIONS = {
    "sessions": "Sessions that began",
    "bounces": "Those with at most one page view",
    "add_to_carts": "add_to_cart_click events in them",
    "converted": "Those with an order",
}


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("campaign_ids", schema="etl")))
    op.create_table(
        "campaigns",
        sa.Column(
            "campaign_id",
            sa.Integer(),
            server_default=sa.text("nextval('etl.campaign_ids'::regclass)"),
            nullable=False,
            comment="Id of the combination",
        ),
        sa.Column(
            "utm_source", sa.Text(), nullable=False, comment="Campaign source of the session's first hit; empty: none"
        ),
        sa.Column("utm_medium", sa.Text(), nullable=False, comment="Campaign medium of it; empty: none"),
        sa.Column("utm_campaign", sa.Text(), nullable=False, comment="Campaign name of it; empty: none"),
        sa.PrimaryKeyConstraint("campaign_id"),
        comment="One row a combination of campaign source, medium and name",
    )
    op.create_index("campaigns_what", "campaigns", _UTM, unique=True)
    for table, column, what in (
        ("session_facts", "campaign_id", "Campaign of its first hit (campaigns)"),
        ("session_orders", "campaign_id", "Campaign of the session's first hit (campaigns); NULL without one"),
        ("session_products", "session_campaign_id", "Campaign of the session's first hit (campaigns)"),
    ):
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=True, comment=what))
    op.drop_index("session_products_product", "session_products")
    op.drop_index("session_facts_visitors", "session_facts")
    op.execute(_OF_SESSIONS)
    op.alter_column("session_facts", "campaign_id", nullable=False)
    for column in _UTM:
        op.drop_column("session_facts", column)
    op.create_index(
        "session_products_product",
        "session_products",
        ["product_id", "day"],
        postgresql_include=[
            *("session_no", "audience_id", "client_no", "client_since", "session_audience_id", "session_campaign_id")
        ],
    )
    op.create_index(
        "session_facts_visitors",
        "session_facts",
        [sa.text("(day + 0)"), "client_no"],
        postgresql_include=["day", "session_no", "audience_id", "client_since", "campaign_id"],
    )
    _table("facet_campaigns", "Sessions per site day, facet and campaign", (_FACET, _DAY, *_BY_CAMPAIGN), _SESSIONS)
    _table(
        "product_facet_campaigns",
        "The sessions of such a day by campaign",
        (_PRODUCT_FACET, _DAY, *_BY_CAMPAIGN),
        _SESSIONS,
    )
    _table(
        "facet_acquisition",
        "Visitors per site day, facet and channel, source or campaign, by when they last came so",
        (
            _FACET,
            ("kind", sa.Text(), "channel, source or campaign"),
            _DAY,
            ("value", sa.Text(), "The channel, source or campaign; empty: none"),
            ("medium", sa.Text(), "Campaign medium; empty: none, and for channels"),
            ("days_since", sa.Integer(), "Days since they last came so within the facet; 0: never before"),
        ),
        {"visitors": "Clients with a session that began on the day, bots' sessions aside"},
    )
    op.execute(_CAMPAIGNS)
    op.execute(_ACQUISITION)
    op.execute("COMMENT ON COLUMN product_facet_hours.day IS 'Day in the site''s time zone that the hour belongs to'")
    # Days by product are made anew by the ETL.
    op.execute("DELETE FROM product_facet_days_known")


def _table(name: str, what: str, key: tuple[tuple[str, Any, str], ...], sums: dict[str, str]) -> None:
    op.create_table(
        name,
        *(sa.Column(column, kind, autoincrement=False, nullable=False, comment=of) for column, kind, of in key),
        *(sa.Column(column, sa.BigInteger(), nullable=False, comment=of) for column, of in sums.items()),
        sa.PrimaryKeyConstraint(*(column for column, *_ in key)),
        comment=what,
    )
