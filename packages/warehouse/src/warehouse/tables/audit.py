"""`etl.audit`: who asked the admin API to change something."""

from datetime import datetime

from sqlalchemy import Sequence
from sqlmodel import SQLModel

from warehouse.tables.columns import column

AuditIds = Sequence("audit_ids", schema="etl", metadata=SQLModel.metadata)


class AuditEntry(SQLModel, table=True):
    """A call of the admin API that asks for a change, whatever became of it. The API may add rows, never change one."""

    __tablename__ = "audit"
    __table_args__ = (
        {
            "schema": "etl",
            "comment": "One row a call of the admin API that asks for a change, also where it was refused",
        },
    )

    audit_id: int | None = column("bigint", "Id of the entry", key=True, default="nextval('etl.audit_ids'::regclass)")
    called_at: datetime = column("timestamptz", "When it was asked for", default="clock_timestamp()")
    caller: str = column("text", "Fingerprint of the caller's token: first 12 hex digits of its SHA-256")
    action: str = column("text", "What was asked for, such as run.start, run.cancel, rejects.replay")
    target: str | None = column("text", "Id of the run that it is about", null=True)
    request: str = column("text", "The call's body, as JSON")
    status: int = column("integer", "HTTP status of the answer")
    detail: str | None = column("text", "Why it was refused", null=True)
