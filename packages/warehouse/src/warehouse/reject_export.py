"""Rejects as files: NDJSON and CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from warehouse.rejects import RejectRow

Format = Literal["ndjson", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
COLUMNS = (
    "rejectId", "source", "reason", "detail", "window", "objectKey", "lineNumber", "createdAt", "replayedAt", "line",
)  # fmt: skip


def exported(rows: Iterable[RejectRow], wanted: Format) -> Iterator[bytes]:
    """Rejects in a format, a chunk a row (CSV with a header first), UTF-8.

    ``line`` is the raw line as text, also in NDJSON: it need not be JSON.
    """
    writers: dict[Format, Callable[[Iterable[RejectRow]], Iterator[bytes]]] = {"ndjson": _ndjson, "csv": _csv}
    return writers[wanted](rows)


def cells(row: RejectRow) -> dict[str, Any]:
    """A reject with the names of ``COLUMNS``, times in ISO 8601."""
    return {
        "rejectId": row.reject_id,
        "source": row.source,
        "reason": row.reason,
        "detail": row.detail,
        "window": _told(row.window),
        "objectKey": row.object_key,
        "lineNumber": row.line_number,
        "createdAt": _told(row.created_at),
        "replayedAt": _told(row.replayed_at) if row.replayed_at else None,
        "line": row.line,
    }


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _ndjson(rows: Iterable[RejectRow]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(cells(row), ensure_ascii=False).encode() + b"\n"


def _csv(rows: Iterable[RejectRow]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(cells(row))
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()
