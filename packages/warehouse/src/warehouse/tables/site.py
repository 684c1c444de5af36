"""`public.site`: what the whole warehouse has in common."""

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from warehouse.tables.columns import column


class Site(SQLModel, table=True):
    """The shop's settings: one row."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("one_row", name="site_one_row"), {"comment": "Settings of the site: one row"})

    one_row: bool = column("boolean", "Always true: there is one row", key=True, default="true")
    time_zone: str = column("text", "IANA time zone in which days begin")
