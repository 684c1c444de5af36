"""Making what is derived from events, for exactly what a load touched. Runs inside the load's transaction.

Sessions, facts and sums are made in DuckDB (``derive/duckdb``) from the events that the load adds and, of sessions that
the warehouse knows already, from all their events; orders and products, which are few, in PostgreSQL
(``derive/postgres``). The rows that go are taken from the sums by day and hour, the rows that come are added.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from warehouse.connect import Cursor
from warehouse.derive import facts, orders, product_facets, sessions, sums
from warehouse.derive.touched import Touched, touched
from warehouse.derive.workbench import writing
from warehouse.tables import metadata

__all__ = ["Touched", "remake", "remake_everything", "touched"]

_DERIVED = (
    *("sessions", "clients", "events_hourly", "products_daily", "audience_days", "order_days"),
    *(name for name in metadata.tables if name.startswith(("facet_", "product_facet_", "session_"))),
    "category_funnel_days",
)


def remake(cursor: Cursor, load: Touched) -> None:
    """Re-make orders, products, sessions, clients, facts and rollups for what a load touched.

    DuckDB makes rows while PostgreSQL takes those that were made before.
    """
    bench = load.bench
    load.settle()
    orders.remake(cursor, bench)
    sessions.take_known(cursor, bench)
    with writing(cursor, load.items()):
        sessions.make(bench)
        facts.make(bench)
    sessions.remake_clients(cursor, bench)
    facts.take_known(cursor, bench)
    with writing(cursor, sessions.made(bench)):
        facts.make_rows(bench)
        rows = facts.made(bench)
    with writing(cursor, rows):
        sums.make(bench)
    facts.move_clients(cursor, bench)
    sums.add(cursor, bench)
    product_facets.forget(cursor, bench)


def remake_everything(cursor: Cursor, piece_events: int = 500_000) -> None:
    """Make sessions, clients, facts and rollups anew, as after a change of the site's time zone.

    Args:
        cursor: of the transaction.
        piece_events: how many events are made anew at once, about: their tables stay within DuckDB's memory. More if an
            hour has more.
    """
    cursor.execute(f"TRUNCATE {', '.join(_DERIVED)}")
    cursor.execute("SELECT date_trunc('hour', event_timestamp), count(*) FROM clickstream_events GROUP BY 1 ORDER BY 1")
    # In the order of time, as they would have come: then few sessions and clients are made more than once.
    for first, end in _stretches(cursor.fetchall(), piece_events):
        cursor.execute("DISCARD TEMP")  # the tables of the piece before
        cursor.execute("CREATE TEMP TABLE forgotten_products (product_id text PRIMARY KEY) ON COMMIT DROP")
        with touched() as load:
            load.add_loaded(cursor, "event_timestamp >= %s AND event_timestamp < %s", (first, end))
            remake(cursor, load)


def _stretches(hours: Sequence[tuple[datetime, int]], events: int) -> Iterator[tuple[datetime, datetime]]:
    """Stretches [first, end) of at least so many events, the last one of what is left."""
    first, count = None, 0
    for hour, in_hour in hours:
        first, count = first or hour, count + in_hour
        if count >= events or hour == hours[-1][0]:
            yield first, hour + timedelta(hours=1)
            first, count = None, 0
