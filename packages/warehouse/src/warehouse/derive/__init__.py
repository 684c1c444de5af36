"""Making what is derived from events, for exactly what a load touched. Runs inside the load's transaction.

Sessions, facts and sums are made in DuckDB (``derive/duckdb``) from the events that the load adds and, of sessions that
the warehouse knows already, from all their events; orders and products, which are few, in PostgreSQL
(``derive/postgres``). The rows that go are taken from the sums by day and hour, the rows that come are added.
"""

from warehouse.connect import Cursor
from warehouse.derive import facts, orders, sessions, sums
from warehouse.derive.touched import Touched, touched

__all__ = ["Touched", "remake", "remake_everything", "touched"]


def remake(cursor: Cursor, load: Touched) -> None:
    """Re-make orders, products, sessions, clients, facts and rollups for what a load touched."""
    orders.remake(cursor, load.bench)
    sessions.remake(cursor, load.bench)
    facts.remake(cursor, load.bench)
    sums.change(cursor, load.bench)


def remake_everything(cursor: Cursor, piece_events: int = 500_000) -> None:
    """Make sessions, clients, facts and rollups anew, as after a change of the site's time zone.

    Args:
        cursor: of the transaction.
        piece_events: how many events are made anew at once, about: their tables stay within DuckDB's memory.
    """
    cursor.execute(
        "TRUNCATE sessions, clients, events_hourly, products_daily, audience_days, session_facts, session_hours,"
        " session_pages, session_products, session_orders, session_searches"
    )
    cursor.execute("SELECT count(*) FROM clickstream_events")
    pieces = -(-cursor.fetchone()[0] // piece_events)
    for piece in range(pieces):
        cursor.execute("DISCARD TEMP")  # the tables of the piece before
        cursor.execute("CREATE TEMP TABLE forgotten_products (product_id text PRIMARY KEY) ON COMMIT DROP")
        with touched() as load:
            # All events of a session, or of a client's hits without one, are in the same piece.
            load.add_loaded(
                cursor,
                "mod(hashtext(coalesce(session_id, client_id, ''))::bigint + 2147483648, %s) = %s",
                (pieces, piece),
            )
            remake(cursor, load)
