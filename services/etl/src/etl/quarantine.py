"""Reading the quarantine for the ETL's routes: a connection a request."""

from collections.abc import Iterator
from dataclasses import dataclass

from etl.settings import Settings
from warehouse import rejects
from warehouse.connect import connected
from warehouse.reject_export import Format, exported
from warehouse.rejects import ReasonCount, RejectFilter, RejectRow

_NAME = "clickstream-etl-rejects"


@dataclass(frozen=True, slots=True)
class RejectPage:
    """Counts by reason of all that the filter names, and a page of the rejects, the newest first.

    ``following`` is the ``before`` of the next page; None on the last.
    """

    by_reason: list[ReasonCount]
    rows: list[RejectRow]
    following: int | None


class Quarantine:
    """The rejects of the settings' warehouse."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def page(self, wanted: RejectFilter, *, limit: int, before: int | None) -> RejectPage:
        """Counts and a page of at most ``limit`` rejects."""
        with connected(self._settings.warehouse_url, _NAME) as connection, connection.cursor() as cursor:
            rows = rejects.page(cursor, wanted, limit=limit + 1, before=before)
            more = len(rows) > limit
            return RejectPage(
                rejects.by_reason(cursor, wanted), rows[:limit], rows[limit - 1].reject_id if more else None
            )

    def export(self, wanted: RejectFilter, file_format: Format) -> Iterator[bytes]:
        """All rejects in a format, read as they are consumed."""
        with connected(self._settings.warehouse_url, _NAME) as connection:
            yield from exported(rejects.stream(connection, wanted), file_format)
