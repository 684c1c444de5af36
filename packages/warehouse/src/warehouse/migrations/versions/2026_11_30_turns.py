"""Turns to write are numbered, so that a load knows whether somebody else wrote since its last one.

Revision ID: 2026_11_30_turns
Revises: 2026_11_29_patient_summary
"""

from alembic import op

revision = "2026_11_30_turns"
down_revision = "2026_11_29_patient_summary"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE etl.turns")
