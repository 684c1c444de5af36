"""How the warehouse stands as a whole: its version, its windows, its partitions. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.books import watermark
from warehouse.connect import Cursor
from warehouse.gauges import Gauges, read_gauges
from warehouse.partitions import events_kept_from


@dataclass(frozen=True, slots=True)
class Standing:
    """``revision`` is None, and all else empty, where the warehouse was never migrated."""

    revision: str | None
    watermark: datetime | None = None
    gauges: Gauges | None = None
    partitions_to: datetime | None = None
    events_kept_from: datetime | None = None


def read_standing(cursor: Cursor, look_back: timedelta) -> Standing:
    """How the warehouse stands; ``look_back`` as for ``gauges.read_gauges``."""
    cursor.execute("SELECT to_regclass('etl.alembic_version') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return Standing(None)
    cursor.execute("SELECT version_num FROM etl.alembic_version")
    revision = cursor.fetchone()[0]
    cursor.execute(
        "SELECT max(to_timestamp(right(c.relname, 7), 'YYYY_MM')) + interval '1 month'"
        " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'public.clickstream_events'::regclass"
    )
    partitions_to = cursor.fetchone()[0]
    return Standing(
        revision, watermark(cursor), read_gauges(cursor, look_back), partitions_to, events_kept_from(cursor)
    )
