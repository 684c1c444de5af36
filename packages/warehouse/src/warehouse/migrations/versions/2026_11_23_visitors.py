"""Visitors and the sessions of a product are counted from indexes.

Revision ID: 2026_11_23_visitors
Revises: 2026_11_23_derived
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_visitors"
down_revision = "2026_11_23_derived"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "session_facts_visitors",
        "session_facts",
        [sa.text("(day + 0)"), "client_no"],
        postgresql_include=["day", "session_no", "audience_id", "client_since", "orders"],
    )
    op.create_index(
        "session_products_product",
        "session_products",
        ["product_id", "day"],
        postgresql_include=["session_no", "audience_id"],
    )
