"""Of each window its newest event and receipt, noted as it is loaded.

Revision ID: 2026_11_23_newest_noted
Revises: 2026_11_23_order_days
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_newest_noted"
down_revision = "2026_11_23_order_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, what in (
        ("newest_event_at", "When the newest of its events happened"),
        ("newest_received_at", "When the newest of them was received"),
    ):
        op.add_column("windows", sa.Column(name, sa.DateTime(timezone=True), nullable=True, comment=what), schema="etl")
    op.execute("""
        UPDATE etl.windows w SET newest_event_at = e.event_at, newest_received_at = e.received_at
        FROM (
            SELECT ingest_window, max(event_timestamp) AS event_at, max(received_at) AS received_at
            FROM clickstream_events GROUP BY 1
        ) e
        WHERE e.ingest_window = w.ingest_window
    """)
    # Nothing else was looked for by receipt.
    op.drop_index("clickstream_events_receipt", "clickstream_events")
