"""How the warehouse stands at a moment: what alarms look at after every run. Nothing here commits."""

from dataclasses import dataclass
from datetime import timedelta

from warehouse.connect import Cursor


@dataclass(frozen=True, slots=True)
class Gauges:
    """State of the windows. ``watermark_lag_seconds`` is None before the first tick that succeeded.

    ``disk_used_percent`` is None where the machine does not tell: only that of a deployment on AWS does.
    """

    watermark_lag_seconds: float | None
    pending_windows: int
    failing_windows: int
    unbalanced_windows: int
    disk_used_percent: int | None = None


def read_gauges(cursor: Cursor, look_back: timedelta) -> Gauges:
    """How the warehouse stands.

    Args:
        cursor: of a role that reads the schema `etl`.
        look_back: how far back from now the windows' books are held against the ledger. A window is unbalanced where
            its books are not the sums of its objects' books, or say a window has lost or gained lines.
    """
    cursor.execute(
        """
        WITH ledger AS (
            SELECT ingest_window, sum(collected) AS collected, sum(loaded) AS loaded, sum(duplicates) AS duplicates,
                   sum(rejected) AS rejected, sum(withheld) AS withheld
            FROM etl.objects WHERE ingest_window >= now() - %(look_back)s GROUP BY ingest_window
        ),
        unbalanced AS (
            SELECT count(*) AS windows
            FROM (SELECT * FROM etl.windows WHERE ingest_window >= now() - %(look_back)s) w
            FULL JOIN ledger o USING (ingest_window)
            WHERE (w.collected, w.loaded, w.duplicates, w.rejected, w.withheld)
                  IS DISTINCT FROM (coalesce(o.collected, 0), coalesce(o.loaded, 0), coalesce(o.duplicates, 0),
                                    coalesce(o.rejected, 0), coalesce(o.withheld, 0))
        ),
        states AS (
            SELECT count(*) FILTER (WHERE state IN ('pending', 'running')) AS pending,
                   count(*) FILTER (WHERE state = 'failed') AS failing
            FROM etl.windows WHERE state <> 'loaded'
        )
        SELECT extract(epoch FROM now() - f.watermark)::float8, s.pending, s.failing, u.windows
        FROM mart.freshness() f, states s, unbalanced u
        """,
        {"look_back": look_back},
    )
    lag, pending, failing, unbalanced = cursor.fetchone()
    return Gauges(None if lag is None else max(lag, 0.0), pending, failing, unbalanced, _disk_used_percent(cursor))


def _disk_used_percent(cursor: Cursor) -> int | None:
    """How full the volume is, where infra/instance/roles-warehouse.sql has made the function that tells."""
    cursor.execute("SELECT to_regprocedure('host.disk_used_percent()') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return None
    cursor.execute("SELECT host.disk_used_percent()")
    used: int | None = cursor.fetchone()[0]
    return used
