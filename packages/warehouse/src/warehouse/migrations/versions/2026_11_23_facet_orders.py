"""Orders by facet and how long the client had been known.

Revision ID: 2026_11_23_facet_orders
Revises: 2026_11_23_summarize
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_facet_orders"
down_revision = "2026_11_23_summarize"
branch_labels = None
depends_on = None

_KEY = (
    ("facet", sa.Text(), "Filter and value, such as device:mobile; empty for all"),
    ("day", sa.Date(), "Day in the site's time zone of the session"),
    ("is_bot", sa.Boolean(), "Whether it is a bot's"),
    ("days_known", sa.Integer(), "Days since the client's first session in any facet"),
)


def upgrade() -> None:
    op.create_table(
        "facet_orders",
        *(sa.Column(name, kind, autoincrement=False, nullable=False, comment=what) for name, kind, what in _KEY),
        sa.Column("orders", sa.BigInteger(), nullable=False, comment="Orders of clients' sessions"),
        sa.PrimaryKeyConstraint("facet", "day", "is_bot", "days_known"),
        comment="Orders per site day and facet, by how long the client had been known",
    )
    op.execute("""
INSERT INTO facet_orders
SELECT n.facet, s.day, a.is_bot, s.days_known, sum(s.orders)
FROM (
    SELECT day, audience_id, orders, day - min(day) OVER (PARTITION BY client_no) AS days_known
    FROM session_facts WHERE client_no IS NOT NULL
) s
JOIN audiences a USING (audience_id),
LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type), ('country:' || a.country),
                ('login:' || a.login_state)) n (facet)
WHERE s.orders > 0
GROUP BY 1, 2, 3, 4
""")
