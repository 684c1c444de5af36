"""What bodies have in common: camelCase names, numbers, texts that PostgreSQL can hold."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints
from pydantic.alias_generators import to_camel

# JSON numbers: money has at most 18 digits, of which a double keeps 15 to 17; the warehouse keeps them all.
Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
# PostgreSQL's texts hold every character but NUL.
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]

MAX_BIGINT = 2**63 - 1


def _no_number(given: Any) -> Any:
    """Pydantic would take 20261122 for seconds since 1970, and answer for a day of that year."""
    if isinstance(given, bool | int | float):
        raise ValueError("expected ISO 8601, such as 2026-11-22T07:00:00Z or 2026-11-22, not a number")
    if isinstance(given, str) and "-" not in given.strip()[1:]:
        raise ValueError(f"expected ISO 8601, such as 2026-11-22T07:00:00Z or 2026-11-22, not {given!r}")
    return given


Moment = Annotated[datetime, BeforeValidator(_no_number)]
Day = Annotated[date, BeforeValidator(_no_number)]


class Wire(BaseModel):
    """Base of the API's bodies."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, extra="forbid")
