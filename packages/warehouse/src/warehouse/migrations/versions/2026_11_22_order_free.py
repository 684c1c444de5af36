"""What makes the derived tables independent of the order in which events arrive, and sums wide enough.

Revision ID: 2026_11_22_order_free
Revises: 2026_11_22_initial
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_order_free"
down_revision = "2026_11_22_initial"
branch_labels = None
depends_on = None

_SUMS = (("sessions", "revenue"), ("products_daily", "units"), ("products_daily", "revenue"))


def upgrade() -> None:
    op.create_table(
        "product_attributes",
        sa.Column("product_id", sa.Text(), nullable=False, comment="The shop's product id"),
        sa.Column("attribute", sa.Text(), nullable=False, comment="name, category, brand, url_path or price"),
        sa.Column("value", sa.Text(), nullable=False, comment="Its latest known value"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="Newest event with that value; UTC"),
        sa.PrimaryKeyConstraint("product_id", "attribute"),
        schema="etl",
        comment="One row an attribute of a product: its latest value, and when that was seen",
    )
    op.execute("""
        INSERT INTO etl.product_attributes (product_id, attribute, value, seen_at)
        SELECT DISTINCT ON (i.product_id, a.attribute) i.product_id, a.attribute, a.value, i.event_timestamp
        FROM event_items i, LATERAL (VALUES
            ('name', i.product_name), ('category', i.product_category), ('brand', i.product_brand),
            ('url_path', i.product_url_path), ('price', i.price::text)) AS a (attribute, value)
        WHERE i.product_id IS NOT NULL AND a.value IS NOT NULL
        ORDER BY i.product_id, a.attribute, i.event_timestamp DESC, a.value DESC
    """)
    for table, name in _SUMS:
        op.alter_column(table, name, type_=sa.Numeric(), existing_type=sa.Numeric(18, 4), existing_nullable=False)
    # The same event id may be loaded again when its receipts are further apart than the look-back.
    op.drop_constraint("order_events_pkey", "order_events", type_="primary")
    op.create_primary_key("order_events_pkey", "order_events", ["event_id", "event_timestamp"])
    op.alter_column("events_hourly", "hour", comment="Start of the hour by the site's clock; UTC")
