"""Sums of whole days by category and brand (`tables.product_facets`)."""

from datetime import date

from warehouse.connect import Cursor
from warehouse.derive.workbench import Workbench, source
from warehouse.tables.facts import NAMES, SESSION_SUMS


def due(cursor: Cursor) -> list[date]:
    """Days that are over and whose sums do not hold, newest first. A day is over when a later one has events."""
    cursor.execute(
        "SELECT DISTINCT day FROM audience_days WHERE day < (SELECT max(day) FROM audience_days)"
        " EXCEPT SELECT day FROM product_facet_days_known ORDER BY day DESC"
    )
    return [day for (day,) in cursor.fetchall()]


def make(cursor: Cursor, day: date) -> None:
    """Make the sums of a day. The caller has waited for its turn to write."""
    events = ", ".join(f"coalesce(sum(h.{name}), 0) AS {name}" for name in NAMES)
    sums = ("events", *NAMES, *SESSION_SUMS)
    cursor.execute(
        source("product_facets").format(
            events=events, sums=", ".join(sums), whole=", ".join(f"coalesce({name}, 0)" for name in sums)
        ),
        {"day": day},
    )


def forget(cursor: Cursor, bench: Workbench) -> None:
    """Note that the sums of the days that a load changed do not hold any more, nor those of products that moved."""
    changed = bench.rows(
        "SELECT DISTINCT day FROM day_changes UNION SELECT DISTINCT day FROM product_changes_by_audience"
    )
    cursor.execute("DELETE FROM product_facet_days_known WHERE day = ANY(%s::date[])", ([day for (day,) in changed],))
    cursor.execute(
        "DELETE FROM product_facet_days_known k USING moved_products m JOIN session_products s USING (product_id)"
        " WHERE k.day = s.day"
    )
