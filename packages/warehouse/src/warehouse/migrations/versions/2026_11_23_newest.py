"""What is newest is found among the last pages, not among all events of the last hour.

Revision ID: 2026_11_23_newest
Revises: 2026_11_23_visitors
"""

from alembic import op

revision = "2026_11_23_newest"
down_revision = "2026_11_23_visitors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("clickstream_events_time", "clickstream_events")
    for name, column in (("time", "event_timestamp"), ("receipt", "received_at")):
        op.create_index(
            f"clickstream_events_{name}",
            "clickstream_events",
            [column],
            postgresql_using="brin",
            postgresql_with={"autosummarize": "on"},
        )
