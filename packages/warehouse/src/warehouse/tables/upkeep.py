"""What the ETL remembers to keep itself going, schema `etl`: months that retention dropped, parsed user agents."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from warehouse.tables.columns import column


class DroppedMonth(SQLModel, table=True):
    """A month whose events retention has dropped. Rollups, sessions, orders and books of it stay."""

    __tablename__ = "dropped_months"
    __table_args__ = (
        {"schema": "etl", "comment": "One row a month (UTC) whose events retention has dropped; rollups of it stay"},
    )

    month: datetime = column("timestamptz", "Start of the month; UTC", key=True)
    events: int = column("bigint", "Rows of clickstream_events that were dropped")
    items: int = column("bigint", "Rows of event_items that were dropped")
    dropped_at: datetime = column("timestamptz", "When", default="now()")


class UserAgent(SQLModel, table=True):
    """A user agent with what it says, so that each is parsed once."""

    __tablename__ = "user_agents"
    __table_args__ = ({"schema": "etl", "comment": "One row a user agent that was parsed, with what it says"},)

    digest: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "MD5 of the user agent"})
    user_agent: str = column("text", "The user agent as sent")
    parsers: str = column("text", "Versions of the parser and of the crawler list that said so")
    device_type: str = column("text", "desktop, mobile, tablet, bot or unknown")
    browser: str | None = column("text", "Browser family", null=True)
    os: str | None = column("text", "Operating system family", null=True)
    is_bot: bool = column("boolean", "Whether it is a crawler's or a program's")
    bot_reason: str | None = column("text", "What gave it away; NULL where it is no bot", null=True)
    first_seen_at: datetime = column("timestamptz", "When it was parsed", default="now()")
