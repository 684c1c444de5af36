"""Sessions and clients of what a load touched."""

from datetime import UTC, datetime

from warehouse.connect import Cursor
from warehouse.derive.touched import HIT_COLUMNS, ITEM_COLUMNS
from warehouse.derive.workbench import TableRows, Workbench, source
from warehouse.plans import looking_up

_SESSION_COLUMNS = (
    *("session_key", "session_id", "client_id", "user_id", "started_at", "ended_at", "duration_seconds", "events"),
    *("page_views", "entry_page", "exit_page", "channel", "utm_source", "utm_medium", "utm_campaign", "device_type"),
    *("country", "is_bot", "reached_view", "reached_product_view", "reached_add_to_cart", "reached_checkout"),
    *("reached_purchase", "orders", "revenue", "currency", "user_ids", "event_ids"),
)
_CLIENT_COLUMNS = (*("client_id", "first_seen_at", "last_seen_at", "first_channel", "sessions", "user_ids", "is_bot"),)
_GONE = "s.started_at, s.ended_at, s.client_id, s.session_key, s.event_ids"
_WANTED_HITS = """
    SELECT DISTINCT unhex(id) AS event_id, started_at AS range_from, ended_at AS range_to
    FROM (
        SELECT substr(event_ids, 3 + 32 * place, 32) AS id, started_at, ended_at
        FROM (SELECT *, unnest(range(length(event_ids) // 32)) AS place FROM sessions_gone)
    )
    WHERE id::UUID NOT IN (SELECT event_id FROM added)
    ORDER BY event_id
"""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
# Hits by which quarters of an hour are wanted; those of bare days that are read again come later.
_MOMENTS = (
    "SELECT event_timestamp AS moment FROM added UNION ALL SELECT event_timestamp FROM gone"
    " UNION ALL SELECT event_timestamp FROM moved_orders UNION ALL SELECT event_timestamp FROM known_hits"
    " UNION ALL SELECT started_at FROM sessions_gone UNION ALL SELECT ended_at FROM sessions_gone"
)


def take_known(cursor: Cursor, bench: Workbench) -> None:
    """Take out of the warehouse what it has of the sessions that were touched, and read what they are made of."""
    cursor.execute("SELECT nullif(etl.events_kept_from(), '-infinity')")
    kept_from = cursor.fetchone()[0] or _LONG_AGO
    bench.execute(f"SET VARIABLE kept_from = TIMESTAMPTZ '{kept_from.isoformat()}'")
    bench.run("touched")
    _take_known_sessions(cursor, bench)
    _look_up_quarters(cursor, bench)
    if _take_bare_days(cursor, bench):
        _look_up_quarters(cursor, bench)
    _take_items_and_orders(cursor, bench)


def make(bench: Workbench) -> None:
    """Make the sessions; the workbench has them and their hits afterwards."""
    bench.run("pool")
    bench.run("sessions")


def made(bench: Workbench) -> list[TableRows]:
    """Rows of the sessions and clients, to be written."""
    sessions, clients = ", ".join(_SESSION_COLUMNS), ", ".join(_CLIENT_COLUMNS)
    return [
        bench.take(f"SELECT {sessions} FROM made ORDER BY started_at", "sessions", _SESSION_COLUMNS),
        bench.take(f"SELECT {clients} FROM clients ORDER BY client_id", "clients", _CLIENT_COLUMNS),
    ]


def _take_known_sessions(cursor: Cursor, bench: Workbench) -> None:
    """What the warehouse has of the touched sessions and clients without one: deleted there, their hits read."""
    cursor.execute(
        "CREATE TEMP TABLE touched_sessions (session_id text) ON COMMIT DROP;"
        "CREATE TEMP TABLE touched_clients (client_id text, range_from timestamptz, range_to timestamptz)"
        " ON COMMIT DROP"
    )
    bench.send(cursor, "FROM touched_sessions", "touched_sessions", ("session_id",))
    bench.send(cursor, "FROM touched_clients", "touched_clients", ("client_id", "range_from", "range_to"))
    with looking_up(cursor):
        cursor.execute(source("known"))
        bench.fetch(cursor, "SELECT * FROM known_sessions", "known_sessions")
        bench.fetch(cursor, "SELECT client_id, frozen FROM known_clients", "known_clients")
        bench.fetch(
            cursor,
            "DELETE FROM sessions s USING known_sessions k WHERE s.session_key = 's:' || k.session_id AND NOT k.frozen"
            f" RETURNING {_GONE}",
            "sessions_gone",
        )
        bench.fetch(
            cursor,
            "DELETE FROM sessions s USING known_clients k WHERE s.client_id = k.client_id AND s.session_id IS NULL"
            f" AND s.started_at BETWEEN k.range_from AND k.range_to AND NOT k.frozen RETURNING {_GONE}",
            "sessions_gone",
        )
    _take_known_hits(cursor, bench)


def _take_known_hits(cursor: Cursor, bench: Workbench) -> None:
    """The events of the sessions that were deleted, less those that were deleted themselves or come anew."""
    definition = "event_id uuid, range_from timestamptz, range_to timestamptz"
    if not bench.send_new(cursor, _WANTED_HITS, "wanted_hits", definition):
        return
    ((first, last),) = bench.rows("SELECT min(started_at)::VARCHAR, max(ended_at)::VARCHAR FROM sessions_gone")
    cursor.execute("ANALYZE wanted_hits")
    columns = ", ".join(f"e.{name}" for name in HIT_COLUMNS)
    with looking_up(cursor):  # through the primary key, in its order
        bench.fetch(
            cursor,
            f"SELECT {columns} FROM wanted_hits w JOIN clickstream_events e"
            " ON e.event_id = w.event_id AND e.event_timestamp BETWEEN w.range_from AND w.range_to"
            " AND e.event_timestamp BETWEEN %s AND %s",
            "known_hits",
            (first, last),
        )


def _look_up_quarters(cursor: Cursor, bench: Workbench) -> None:
    """Hour and day by the site's clock of every quarter of an hour in which something is."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS wanted_quarters (quarter bigint) ON COMMIT DROP; TRUNCATE wanted_quarters"
    )
    wanted = bench.send(
        cursor,
        f"SELECT epoch_us(moment) // 900_000_000 AS quarter FROM ({_MOMENTS}) EXCEPT SELECT quarter FROM quarters",
        "wanted_quarters",
        ("quarter",),
    )
    if wanted:
        bench.fetch(cursor, source("quarters"), "quarters")


def _take_bare_days(cursor: Cursor, bench: Workbench) -> bool:
    """Days of events without session and client: one that has such events already is read whole. Whether any was."""
    touched = bench.send_new(
        cursor,
        "SELECT DISTINCT q.day FROM touches t JOIN quarters q ON q.quarter = epoch_us(t.event_timestamp) // 900_000_000"
        " WHERE t.session_id IS NULL AND t.client_id IS NULL",
        "bare_days",
        "day date",
    )
    if not touched:
        return False
    cursor.execute(source("known_bare_days"))
    known = bench.fetch(cursor, "SELECT day, frozen FROM known_bare_days", "known_bare_days")
    if known:
        bench.fetch(
            cursor,
            f"""
            SELECT e.* FROM known_bare_days d CROSS JOIN LATERAL (
                SELECT {", ".join(HIT_COLUMNS)} FROM clickstream_events e
                WHERE e.event_timestamp >= d.day_from AND e.event_timestamp < d.day_to
                  AND e.session_id IS NULL AND e.client_id IS NULL
            ) e WHERE NOT d.frozen
            """,
            "known_hits",
        )
    return known > 0


def _take_items_and_orders(cursor: Cursor, bench: Workbench) -> None:
    """Lines of the events that were read from the warehouse, and the orders that any of the hits may have made."""
    wanted = bench.send_new(
        cursor,
        "SELECT unhex(replace(event_id::VARCHAR, '-', '')) AS event_id, event_timestamp FROM known_hits"
        " WHERE event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete') ORDER BY known_hits.event_id",
        "wanted_items",
        "event_id uuid, event_timestamp timestamptz",
    )
    if wanted:
        cursor.execute("ANALYZE wanted_items")
        columns = ", ".join(f"i.{name}" for name in ITEM_COLUMNS)
        bench.fetch(
            cursor,
            f"SELECT {columns} FROM wanted_items w JOIN event_items i USING (event_id, event_timestamp)",
            "known_items",
        )
    ordered = bench.send_new(
        cursor,
        "SELECT DISTINCT order_id FROM (SELECT order_id, event_name FROM added UNION ALL"
        " SELECT order_id, event_name FROM known_hits) WHERE event_name = 'checkout_complete' AND order_id IS NOT NULL",
        "wanted_orders",
        "order_id text",
    )
    if ordered:
        bench.fetch(
            cursor,
            "SELECT o.order_id, o.event_id, o.ordered_at, o.currency, o.total - o.refunded"
            " FROM wanted_orders w JOIN orders o USING (order_id)",
            "placed_orders",
        )


def remake_clients(cursor: Cursor, bench: Workbench) -> None:
    """Take the clients of the sessions out of the warehouse, and make them; before the sessions are written."""
    cursor.execute("CREATE TEMP TABLE session_clients (client_id text) ON COMMIT DROP")
    bench.send(
        cursor,
        "SELECT client_id FROM sessions_gone WHERE client_id IS NOT NULL"
        " UNION SELECT client_id FROM made WHERE client_id IS NOT NULL",
        "session_clients",
        ("client_id",),
    )
    cursor.execute("ANALYZE session_clients")
    known = bench.fetch(
        cursor,
        "DELETE FROM clients c USING session_clients t WHERE c.client_id = t.client_id"
        " RETURNING c.client_id, c.first_seen_at",
        "clients_gone",
    )
    if known:
        bench.send_new(cursor, "SELECT client_id FROM clients_gone", "clients_gone", "client_id text")
        cursor.execute("ANALYZE clients_gone")
        with looking_up(cursor):
            bench.fetch(
                cursor,
                "SELECT s.client_id, s.session_key, s.started_at, s.ended_at, s.channel, to_json(s.user_ids), s.is_bot,"
                " date_trunc('hour', s.started_at, site.time_zone), f.day, f.audience_id, f.campaign_id, f.orders"
                " FROM site, clients_gone JOIN sessions s USING (client_id)"
                " LEFT JOIN session_facts f ON f.started_at = s.started_at"
                " AND f.session_no = ('x' || left(md5(s.session_key), 15))::bit(60)::bigint",
                "client_sessions",
            )
    bench.run("clients")
