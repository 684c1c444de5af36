"""Rejects can be replayed and say who refused them, runs say what they changed, sessions keep all their user ids.

Revision ID: 2026_11_23_replay
Revises: 2026_11_22_order_free
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "2026_11_23_replay"
down_revision = "2026_11_22_order_free"
branch_labels = None
depends_on = None

# Sessions that more than one user logged in to: the others know theirs already.
_SEVERAL_USERS = """
    UPDATE sessions s SET user_ids = several.user_ids
    FROM (
        SELECT s.session_key, array_agg(DISTINCT e.user_id ORDER BY e.user_id) AS user_ids
        FROM sessions s
        JOIN clickstream_events e
          ON e.event_timestamp BETWEEN s.started_at AND s.ended_at AND e.user_id IS NOT NULL
         AND {same}
        WHERE s.user_id IS NOT NULL
        GROUP BY s.session_key
        HAVING count(DISTINCT e.user_id) > 1
    ) several
    WHERE s.session_key = several.session_key
"""
_CLIENTS_OF_THEM = """
    UPDATE clients c SET user_ids = theirs.user_ids
    FROM (
        SELECT s.client_id, array_agg(DISTINCT u.user_id ORDER BY u.user_id) AS user_ids
        FROM sessions s, unnest(s.user_ids) AS u (user_id) WHERE s.client_id IS NOT NULL GROUP BY s.client_id
    ) theirs
    WHERE c.client_id = theirs.client_id AND c.user_ids <> theirs.user_ids
"""


def upgrade() -> None:
    for column in (
        sa.Column(
            "action",
            sa.Text(),
            server_default="load",
            nullable=False,
            comment="load: objects of windows; replay: lines of etl.rejects once more",
        ),
        sa.Column(
            "replay_filter",
            JSONB(),
            nullable=True,
            comment="Rejects that a replay is limited to: reason, source, objectKey, rejectId",
        ),
        sa.Column(
            "retries",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="How often something was tried again after a passing failure",
        ),
        sa.Column(
            "difference",
            JSONB(),
            nullable=True,
            comment="Books of the windows that it replaced or replayed, before and after; NULL for other runs",
        ),
    ):
        op.add_column("runs", column, schema="etl")
    for table in ("objects", "windows"):
        parts = "least(loaded, duplicates, rejected, withheld) >= 0"
        op.create_check_constraint(f"{table}_no_debts", table, parts, schema="etl")
    op.create_check_constraint("runs_action", "runs", "action IN ('load', 'replay')", schema="etl")
    op.add_column(
        "rejects",
        sa.Column(
            "source",
            sa.Text(),
            server_default="etl",
            nullable=False,
            comment="Who refused it: etl, or collector (objects under rejected/)",
        ),
        schema="etl",
    )
    op.add_column(
        "rejects",
        sa.Column(
            "replayed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last replay that could not load it either",
        ),
        schema="etl",
    )
    op.create_check_constraint("rejects_source", "rejects", "source IN ('etl', 'collector')", schema="etl")
    op.create_index("rejects_line", "rejects", ["object_id", "line_number"], unique=True, schema="etl")
    op.add_column(
        "sessions",
        sa.Column(
            "user_ids",
            ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="All user ids that were logged in, sorted",
        ),
    )
    op.execute("UPDATE sessions SET user_ids = ARRAY[user_id] WHERE user_id IS NOT NULL")
    op.execute(_SEVERAL_USERS.format(same="e.session_id = s.session_id"))
    op.execute(
        _SEVERAL_USERS.format(same="s.session_id IS NULL AND e.session_id IS NULL AND e.client_id = s.client_id")
    )
    op.execute(_CLIENTS_OF_THEM)
