"""Orders as sums by day.

Revision ID: 2026_11_23_order_days
Revises: 2026_11_23_campaigns
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_order_days"
down_revision = "2026_11_23_campaigns"
branch_labels = None
depends_on = None

_KEY = (
    ("day", sa.Date(), "Day in the site's time zone"),
    ("audience_id", sa.Integer(), "What it can be filtered by (audiences)"),
    ("currency", sa.Text(), "ISO 4217 currency; empty where unknown"),
)


def upgrade() -> None:
    op.create_table(
        "order_days",
        *(sa.Column(name, kind, autoincrement=False, nullable=False, comment=what) for name, kind, what in _KEY),
        sa.Column("orders", sa.BigInteger(), nullable=False, comment="Orders placed"),
        sa.Column("revenue", sa.Numeric(), nullable=False, comment="Their totals less refunds"),
        sa.PrimaryKeyConstraint("day", "audience_id", "currency"),
        comment="Orders per site day, audience and currency",
    )
    op.execute(
        "INSERT INTO order_days SELECT day, audience_id, coalesce(currency, ''), count(*), sum(revenue)"
        " FROM session_orders GROUP BY 1, 2, 3"
    )
    op.drop_index("session_facts_orders", "session_facts")
    op.create_index(
        "session_facts_orders",
        "session_facts",
        ["day"],
        postgresql_include=["audience_id", "client_no", "client_since", "orders"],
        postgresql_where=sa.text("orders > 0"),
    )
