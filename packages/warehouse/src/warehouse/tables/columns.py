"""Column shorthands: each column carries its comment, which the database and the reference take from here."""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Numeric, Text, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field

_TYPES: dict[str, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    "text": Text,
    "integer": Integer,
    "bigint": BigInteger,
    "boolean": Boolean,
    "timestamptz": DateTime(timezone=True),
    "money": Numeric(18, 4),
    "sum": Numeric,
}
ZERO = Decimal(0)


def column(kind: str, comment: str, *, key: bool = False, null: bool = False, default: str | None = None) -> Any:
    """A column of a table.

    Args:
        kind: text, integer, bigint, boolean, timestamptz (UTC), money (NUMERIC(18,4)) or sum (NUMERIC: what is
            added up or multiplied has more digits than its parts).
        comment: what the column says, with its unit; becomes `COMMENT ON COLUMN`.
        key: part of the primary key.
        null: whether it may be NULL.
        default: SQL expression of the server's default.
    """
    extra: dict[str, Any] = {"comment": comment}
    if default is not None:
        extra["server_default"] = text(default)
    return Field(
        default=None if null or default is not None else ...,
        sa_type=_TYPES[kind],
        primary_key=key,
        nullable=null,
        sa_column_kwargs=extra,
    )
