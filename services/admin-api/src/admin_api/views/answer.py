"""What every answer about the warehouse has in common."""

from datetime import date, datetime
from typing import Any, ClassVar, get_args

from pydantic import Field

from admin_api.csv_table import Table
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

    def table(self) -> Table:
        """The answer's CSV."""
        (row,) = get_args(type(self).model_fields[self.table_member].annotation)
        return Table(row, getattr(self, self.table_member))


def row_of(view: type[Wire], row: dict[str, Any]) -> Any:
    """A view of a row that has its members by name; columns that the view lacks are left out."""
    return view(**{name: row[name] for name in view.model_fields})
