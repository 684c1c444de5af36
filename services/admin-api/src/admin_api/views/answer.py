"""What every answer about the warehouse has in common."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from admin_api.wire import Wire


class Answer(Wire):
    """The days that were asked for, and how far the warehouse can be trusted for them."""

    # Member that is the answer's table, for CSV.
    table_member: ClassVar[str] = "rows"

    first: date = Field(serialization_alias="from", description="First day, in `timeZone`")
    last: date = Field(serialization_alias="to", description="Last day, inclusive")
    time_zone: str = Field(description="The site's time zone, in which days begin", examples=["Asia/Ho_Chi_Minh"])
    as_of: datetime | None = Field(description="Newest receipt that is loaded; null in an empty warehouse")
    complete: bool = Field(
        description="Whether nothing that was received on these days or the day after is pending or failing"
    )

    def table(self) -> Sequence[Wire]:
        """The rows of the answer's CSV."""
        rows: Sequence[Wire] = getattr(self, self.table_member)
        return rows


def row_of(view: type[Wire], row: dict[str, Any]) -> Any:
    """A view of a row that has its members by name; columns that the view lacks are left out."""
    return view(**{name: row[name] for name in view.model_fields})
