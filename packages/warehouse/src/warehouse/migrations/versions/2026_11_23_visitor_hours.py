"""Visitors of an hour.

Revision ID: 2026_11_23_visitor_hours
Revises: 2026_11_23_product_facets
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_visitor_hours"
down_revision = "2026_11_23_product_facets"
branch_labels = None
depends_on = None

_WHAT = "Clients with a session that began in the hour; where bots did it: those that are no visitors without them"
_COUNT = """
UPDATE facet_hours h SET visitors = v.visitors
FROM (
    SELECT facet, day, hour, is_bot, count(*) AS visitors
    FROM (
        SELECT n.facet, s.day, date_trunc('hour', s.started_at, z.time_zone) AS hour, s.client_no,
               bool_and(n.is_bot) AS is_bot
        FROM site z, session_facts s
        JOIN (
            SELECT a.audience_id, a.is_bot, f.facet
            FROM audiences a, LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type),
                                              ('country:' || a.country), ('login:' || a.login_state)) f (facet)
        ) n USING (audience_id)
        WHERE s.client_no IS NOT NULL GROUP BY 1, 2, 3, 4
    ) c
    GROUP BY 1, 2, 3, 4
) v
WHERE (h.facet, h.day, h.hour, h.is_bot) = (v.facet, v.day, v.hour, v.is_bot)
"""


def upgrade() -> None:
    for table in ("facet_hours", "product_facet_hours"):
        op.add_column(table, sa.Column("visitors", sa.BigInteger(), nullable=False, server_default="0", comment=_WHAT))
        op.alter_column(table, "visitors", server_default=None)
    op.execute(_COUNT)
    # Days by product are made anew by the ETL.
    op.execute("DELETE FROM product_facet_days_known")
