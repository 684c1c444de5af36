"""What bodies have in common: camelCase names, numbers, texts that PostgreSQL can hold."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints
from pydantic.alias_generators import to_camel

# JSON numbers: money has at most 18 digits, of which a double keeps 15 to 17; the warehouse keeps them all.
Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
# PostgreSQL's texts hold every character but NUL.
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]

MAX_BIGINT = 2**63 - 1


class Wire(BaseModel):
    """Base of the API's bodies."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, extra="forbid")
