"""Every index answers a question: what no question uses is only paid for."""

from datetime import UTC, datetime, timedelta

import pytest

from warehouse import books, gauges, load, partitions, runs
from warehouse.derive import remake, touched

LAST = datetime(2026, 11, 22, 23, tzinfo=UTC)
DAY = "'2026-11-20', '2026-11-20'"
HOUR = "'2026-11-20 07:00Z'::timestamptz"
TWO = '{"device": "desktop", "channel": "Direct"}'

# 40,000 events of 60 days, of 4,000 clients, a tenth of them without the tracker's session ids.
EVENTS = """
    INSERT INTO clickstream_events (event_id, event_timestamp, event_name, client_id, session_id, order_id,
        search_query, received_at, page_path, channel, device_type, is_bot, clock_corrected, ingest_window, object_id)
    SELECT md5(i::text)::uuid, at, name, 'c' || i / 10, CASE WHEN i / 10 %% 10 > 0 THEN 's' || i / 10 END,
           CASE name WHEN 'checkout_complete' THEN 'o' || i END,
           CASE name WHEN 'search' THEN 'q' || i %% 40 END, at, '/p' || i %% 50, 'Direct', 'desktop', false, false,
           date_trunc('hour', at), i / 10
    FROM (
        SELECT i, %(last)s - interval '60 days' + i / 10 * interval '1296 s' + i %% 10 * interval '20 s' AS at,
               (ARRAY['page_view', 'product_view', 'product_view', 'search', 'page_view', 'add_to_cart_click',
                      'checkout_start', 'checkout_complete', 'page_view', 'page_view'])[i %% 10 + 1] AS name
        FROM generate_series(0, 39999) i
    ) e
"""
ITEMS = """
    INSERT INTO event_items (event_id, line_number, event_timestamp, event_name, is_bot, product_id, price,
                                    currency, ingest_window)
    SELECT event_id, 1, event_timestamp, event_name, false, 'p' || left(event_id::text, 2), 10, 'EUR', ingest_window
    FROM clickstream_events WHERE event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete')
"""
ORDERS = """
    INSERT INTO order_events (event_id, event_timestamp, event_name, order_id, total, currency, client_id,
                                     session_id, is_bot, ingest_window)
    SELECT event_id, event_timestamp, event_name, order_id, 10, 'EUR', client_id, session_id, false, ingest_window
    FROM clickstream_events WHERE order_id IS NOT NULL
"""
LEDGER = """
    INSERT INTO etl.objects (object_id, object_key, ingest_window, size_bytes, collected, loaded, duplicates, rejected,
                             withheld, run_id)
    SELECT object_id, 'k' || object_id, min(ingest_window), 1, count(*), count(*), 0, 0, 0, gen_random_uuid()
    FROM clickstream_events GROUP BY object_id;
    INSERT INTO etl.windows (ingest_window, state, objects, collected, loaded)
    SELECT ingest_window, 'loaded', count(*), sum(collected), sum(loaded) FROM etl.objects GROUP BY 1;
    INSERT INTO etl.rejects (object_id, ingest_window, line_number, reason, detail)
    SELECT object_id, ingest_window, n, 'not_json', 'x' FROM etl.objects, generate_series(1, 5) n;
    INSERT INTO etl.runs (run_id, trigger, state, replace, requested_by, requested_at, started_at, finished_at)
    SELECT gen_random_uuid(), 'manual', 'succeeded', false, 'x', %(last)s - i * interval '1 hour', now(), now()
    FROM generate_series(1, 3000) i
"""


@pytest.fixture(scope="module")
def filled(module_loader):
    """A warehouse of two months, analysed."""
    with module_loader() as loader:
        with touched(threads=1) as found, loader._connection.cursor() as cursor:
            load.begin(cursor)
            partitions.make_partitions(cursor, LAST - timedelta(days=60), LAST)
            cursor.execute(EVENTS, {"last": LAST})
            cursor.execute(ITEMS)
            cursor.execute(ORDERS)
            found.add_loaded(cursor, "true")
            remake(cursor, found)
        loader._connection.commit()
        loader.warehouse.rows(LEDGER, {"last": LAST})
        loader.warehouse.rows("ANALYZE")
        yield loader


def used(filled, question):
    """Names of the indexes that a question used; partitions' as their table's."""
    before = _scans(filled)
    with filled._connection.cursor() as cursor:
        # In tables as small as these the planner would rather read everything.
        cursor.execute("SET LOCAL enable_seqscan = off")
        if callable(question):
            question(cursor)
        else:
            cursor.execute(question)
        filled._connection.commit()
        cursor.execute("SELECT pg_stat_force_next_flush()")
    filled._connection.commit()
    return {name for name, scans in _scans(filled).items() if scans > before.get(name, 0)}


def _scans(filled):
    return dict(
        filled.warehouse.rows("""
        SELECT coalesce(parent.relname, i.indexrelname)::text, sum(i.idx_scan)::int
        FROM pg_stat_user_indexes i LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
        LEFT JOIN pg_class parent ON parent.oid = h.inhparent
        GROUP BY 1""")
    )


def a_load(cursor):
    """What a tick makes anew after hits of clients that are known, and an event of nobody's session."""
    load.begin(cursor)
    with touched(threads=1) as found:
        found.add_loaded(cursor, "event_timestamp BETWEEN '2026-11-20 12:00Z' AND '2026-11-20 12:30Z'")
        remake(cursor, found)


def a_replace(cursor):
    """The first half of a replace, and what is derived then."""
    load.begin(cursor)
    with touched(threads=1) as found:
        found.delete_windows(cursor, [datetime(2026, 11, 20, 7, tzinfo=UTC)])
        remake(cursor, found)


# What the planner takes only where a month has more than the 128 pages that an entry of a BRIN index stands for.
LARGE_ONLY = {"clickstream_events_time", "event_items_time"}
QUESTIONS = {
    "how new it is": "SELECT * FROM mart.freshness()",
    "the figures of a day": f"SELECT * FROM mart.overview({DAY})",
    "orders by hour": f"SELECT * FROM mart.timeseries('revenue', 'hour', {DAY})",
    "the funnel of a day": f"SELECT * FROM mart.funnel({DAY})",
    "top products of a day": f"SELECT * FROM mart.products({DAY})",
    "events of an hour": f"SELECT count(properties) FROM clickstream_events WHERE event_timestamp >= {HOUR}"
    f" AND event_timestamp < {HOUR} + interval '1 hour'",
    "items of an hour": f"SELECT count(price) FROM event_items WHERE event_timestamp >= {HOUR}"
    f" AND event_timestamp < {HOUR} + interval '1 hour'",
    "visitors of a day": f"SELECT * FROM mart.visitor_totals({DAY})",
    "visitors of a device and a channel": f"SELECT * FROM mart.visitor_totals({DAY}, '{TWO}')",
    "who saw products of a brand": f"""SELECT * FROM mart.overview({DAY}, '{{"brand": "Nord"}}')""",
    "searches of a day": f"SELECT * FROM mart.searches({DAY})",
    "the sessions of a day": f"SELECT * FROM mart.session_list({DAY})",
    "pages, hours of a device and a channel": f"SELECT * FROM mart.pages({DAY}, 'all', 50, '{TWO}');"
    f" SELECT * FROM mart.timeseries('events', 'hour', {DAY}, '{TWO}')",
    "who asked last": "SELECT * FROM etl.audit ORDER BY audit_id DESC LIMIT 20",
    "events of nobody's session": f"SELECT count(*) FROM clickstream_events WHERE event_timestamp >= {HOUR}"
    " AND session_id IS NULL AND client_id IS NULL",
    "a session": "SELECT * FROM sessions WHERE session_key = 's:s77'",
    "a client": "SELECT * FROM clients WHERE client_id = 'c77'",
    "an order": "SELECT * FROM orders WHERE order_id = 'o77'",
    "the books of a day": "SELECT * FROM etl.windows WHERE ingest_window >= '2026-11-20'"
    " AND ingest_window < '2026-11-21'",
    "the newest runs": "SELECT * FROM etl.runs ORDER BY requested_at DESC LIMIT 20",
    "the next queued run": runs.take_queued,
    "what of a window is loaded": lambda cursor: books.loaded_keys(cursor, [datetime(2026, 11, 20, 7, tzinfo=UTC)]),
    "how the warehouse stands": lambda cursor: gauges.read_gauges(cursor, timedelta(hours=48)),
    "rejects of a window": f"SELECT * FROM etl.rejects WHERE ingest_window = {HOUR}",
    "an object's line that was rejected": "SELECT * FROM etl.rejects WHERE object_id = 77 AND line_number = 1",
    "a load": a_load,
    "a replace": a_replace,
}


def test_every_index_that_is_no_key_answers_a_question(filled):
    answered = {index for question in QUESTIONS.values() for index in used(filled, question)}
    indexes = filled.warehouse.rows("""
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'etl') AND NOT i.indisunique""")
    unused = {name for (name,) in indexes} - answered - LARGE_ONLY
    assert not unused, ", ".join(sorted(unused))
