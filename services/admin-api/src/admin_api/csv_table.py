"""Answers as CSV (RFC 4180) that no spreadsheet takes for a program."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin_api.wire import Wire

CSV = "text/csv"
# What spreadsheets take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one view; without any, the view still says what the columns are."""

    row: type[Wire]
    rows: Sequence[Wire]


def prefers_csv(accept: str) -> bool:
    """Whether an Accept header names CSV before anything that JSON would be."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            weights[name] = float(weight)
        except ValueError:
            weights[name] = 0.0
    return weights.get(CSV, 0.0) > max(weights.get("application/json", 0.0), weights.get("*/*", 0.0) - 1e-9, 0.0)


def csv_of(table: Table) -> str:
    """The rows below a header. A text that a spreadsheet might run begins with «'»."""
    out = io.StringIO()
    writer = csv.writer(out)
    fields = table.row.model_fields
    writer.writerow([field.serialization_alias or field.alias or name for name, field in fields.items()])
    for row in table.rows:
        writer.writerow([_cell(getattr(row, name)) for name in fields])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value
