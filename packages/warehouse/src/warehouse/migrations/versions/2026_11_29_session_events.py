"""Sessions know the ids of their events.

Revision ID: 2026_11_29_session_events
Revises: 2026_11_23_facet_orders
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_session_events"
down_revision = "2026_11_23_facet_orders"
branch_labels = None
depends_on = None

_OF_SESSIONS = """
UPDATE sessions s SET event_ids = m.event_ids
FROM (
    SELECT session_id,
           string_agg(uuid_send(event_id), ''::bytea ORDER BY event_timestamp, sequence NULLS FIRST, event_id)
               AS event_ids
    FROM clickstream_events WHERE session_id IS NOT NULL GROUP BY 1
) m
WHERE s.session_id = m.session_id
"""
_OF_CLIENTS = """
UPDATE sessions s SET event_ids = m.event_ids
FROM (
    SELECT i.session_key,
           string_agg(uuid_send(e.event_id), ''::bytea ORDER BY e.event_timestamp, e.sequence NULLS FIRST, e.event_id)
               AS event_ids
    FROM sessions i JOIN clickstream_events e
      ON e.client_id = i.client_id AND e.session_id IS NULL AND e.event_timestamp BETWEEN i.started_at AND i.ended_at
    WHERE i.session_id IS NULL GROUP BY 1
) m
WHERE s.session_key = m.session_key
"""


def upgrade() -> None:
    op.add_column(
        "sessions",
        sa.Column(
            "event_ids", sa.LargeBinary(), nullable=False, server_default=sa.text("''::bytea"),
            comment="Ids of its events in the order of time, 16 bytes each",
        ),
    )  # fmt: skip
    op.execute(_OF_SESSIONS)
    op.execute(_OF_CLIENTS)
    op.alter_column("sessions", "event_ids", server_default=None)
