"""Every number with any filter is what a plain count over the events and their sessions gives."""

import json
import random
from datetime import date, timedelta

import pytest
from random_shop import FIRST, LAST, fill

from warehouse.derive import product_facets

ZONES = ["UTC", "Atlantic/Azores"]
FILTERS = [
    {},
    {"bots": True},
    {"channel": "Email"},
    {"device": ["mobile"], "bots": True},
    {"country": "unknown"},
    {"login": "logged_in"},
    {"category": "Laptops"},
    {"brand": ["Nord", "Süd"], "channel": ["Direct"], "bots": True},
    {"country": ["VN", "DE"], "login": ["guest", "anonymous"], "device": "desktop"},
]
VIEWS = "('page_view', 'home_view', 'category_view', 'product_view')"
# What an event's session says of it, beside its own login state and bot; events of nobody speak for themselves.
SEEN = """
CREATE FUNCTION day_of(moment timestamptz) RETURNS date STABLE LANGUAGE sql AS $$
    SELECT max(n.day)::date FROM site, generate_series('2026-10-01'::timestamp, '2026-11-30', '1 day') n (day)
    WHERE n.day AT TIME ZONE site.time_zone <= moment
$$;
CREATE VIEW seen AS
SELECT e.*, day_of(e.event_timestamp) AS on_day, s.session_key, s.started_at AS session_started,
       CASE WHEN s.session_key IS NULL THEN e.channel ELSE s.channel END AS of_channel,
       CASE WHEN s.session_key IS NULL THEN e.device_type ELSE s.device_type END AS of_device,
       coalesce(CASE WHEN s.session_key IS NULL THEN e.country ELSE s.country END, 'unknown') AS of_country,
       coalesce(e.user_login_state, 'unknown') AS of_login
FROM clickstream_events e LEFT JOIN sessions s
  ON CASE WHEN e.session_id IS NOT NULL THEN s.session_key = 's:' || e.session_id
          ELSE s.session_id IS NULL AND s.client_id = e.client_id
               AND e.event_timestamp BETWEEN s.started_at AND s.ended_at END;
CREATE VIEW visits AS
SELECT s.*, day_of(s.started_at) AS on_day, s.channel AS of_channel, s.device_type AS of_device,
       coalesce(s.country, 'unknown') AS of_country,
       (SELECT CASE WHEN bool_or(of_login = 'logged_in') THEN 'logged_in' WHEN bool_or(of_login = 'guest') THEN 'guest'
                    WHEN bool_or(of_login = 'anonymous') THEN 'anonymous' ELSE 'unknown' END
          FROM seen WHERE seen.session_key = s.session_key) AS of_login
FROM sessions s;
CREATE VIEW lines AS
SELECT e.*, i.product_id, p.category, p.brand, coalesce(i.quantity, 1) AS quantity, i.price,
       CASE WHEN e.event_name = 'checkout_complete' THEN o.order_id END AS made_order,
       coalesce(i.currency, o.currency, '') AS paid_in
FROM seen e JOIN event_items i USING (event_id) LEFT JOIN orders o ON o.event_id = e.event_id
LEFT JOIN products p ON p.product_id = i.product_id
WHERE e.event_name IN ('product_view', 'add_to_cart_click')
   OR e.event_name = 'checkout_complete' AND o.order_id IS NOT NULL
"""


@pytest.fixture(scope="module", params=ZONES)
def loader(request, module_loader):
    """A warehouse in a zone, filled at random and told in plain views."""
    with module_loader() as loader:
        loader.warehouse.rows("UPDATE site SET time_zone = %s", (request.param,))
        fill(loader, seed=f"filters of {request.param}")
        loader.warehouse.rows(SEEN)
        if request.param != "UTC":
            sum_days(loader, without=FIRST + timedelta(days=2))
        yield loader


def sum_days(loader, without):
    """Make the sums by category and brand of the days that are over, of all but one."""
    with loader.warehouse.connection() as connection, connection.cursor() as cursor:
        for day in set(product_facets.due(cursor)) - {without}:
            product_facets.make(cursor, day)
        connection.commit()


@pytest.fixture(params=FILTERS, ids=[json.dumps(filters, ensure_ascii=False) for filters in FILTERS])
def filters(request):
    """One of the filters."""
    return request.param


def between(moment, first, last):
    return (
        f"{moment} >= '{first}'::timestamp AT TIME ZONE (SELECT time_zone FROM site)"
        f" AND {moment} < ('{last}'::date + 1)::timestamp AT TIME ZONE (SELECT time_zone FROM site)"
    )


def listed(value):
    return ", ".join(f"'{each}'" for each in ([value] if isinstance(value, str) else value))


def chosen(filters, products=True):
    """The WHERE of a filter for the views above."""
    parts = [] if filters.get("bots") else ["NOT is_bot"]
    for name in ("channel", "device", "country", "login"):
        if name in filters:
            parts.append(f"of_{name} IN ({listed(filters[name])})")
    wanted = [f"{name} IN ({listed(filters[name])})" for name in ("category", "brand") if name in filters]
    if wanted and products:
        parts.append(f"(session_key, on_day) IN (SELECT session_key, on_day FROM lines WHERE {' AND '.join(wanted)})")
    elif wanted:
        parts += wanted
    return " AND ".join(parts) or "true"


def some_ranges(seed, count=4):
    rng = random.Random(seed)  # noqa: S311 -- reproducible
    days = [FIRST + timedelta(days=number) for number in range(5)]
    pairs = [(a, b) for a in days for b in days if a <= b]
    return [(FIRST, LAST), *rng.sample(pairs, count)]


def asked(loader, columns, call):
    return loader.warehouse.rows(f"SELECT {columns} FROM mart.{call}")


def args(first, last, filters):
    return f"'{first}', '{last}', '{json.dumps(filters, ensure_ascii=False)}'"


def test_the_overview(loader, filters):
    for first, last in some_ranges("overview"):
        where = chosen(filters)
        expected = loader.one(f"""
            SELECT count(*), count(*) FILTER (WHERE event_name IN {VIEWS}),
                   count(*) FILTER (WHERE event_name = 'product_view'),
                   count(*) FILTER (WHERE event_name = 'add_to_cart_click'),
                   (SELECT count(*) FROM seen JOIN orders o USING (event_id)
                     WHERE {between("o.ordered_at", first, last)} AND {where.replace("is_bot", "seen.is_bot")}),
                   (SELECT coalesce(sum(o.total - o.refunded), 0) FROM seen JOIN orders o USING (event_id)
                     WHERE o.currency = 'EUR' AND {between("o.ordered_at", first, last)}
                       AND {where.replace("is_bot", "seen.is_bot")})
            FROM seen WHERE {between("event_timestamp", first, last)} AND {where}""")
        of_sessions = loader.one(f"""
            SELECT count(*), count(DISTINCT client_id), round(avg((page_views <= 1)::int), 6),
                   round(avg((orders > 0)::int), 6), round(avg(duration_seconds), 1)
            FROM visits WHERE {between("started_at", first, last)} AND {where}""")
        (found,) = asked(
            loader,
            "events, page_views, product_views, add_to_carts, orders, revenue, sessions, visitors, bounce_rate,"
            " conversion_rate, average_session_seconds",
            f"overview({args(first, last, filters)}, 'EUR')",
        )
        assert found == (*expected, *of_sessions)


def test_events_by_name_and_login_state(loader, filters):
    for first, last in some_ranges("names", 2):
        where, inside = chosen(filters), between("event_timestamp", first, last)
        assert asked(loader, "*", f"event_mix({args(first, last, filters)})") == loader.warehouse.rows(
            f"SELECT event_name, count(*) FROM seen WHERE {inside} AND {where} GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        states = dict(
            loader.warehouse.rows(f"SELECT of_login, count(*) FROM seen WHERE {inside} AND {where} GROUP BY 1")
        )
        visits = dict(
            loader.warehouse.rows(
                f"SELECT of_login, count(*) FROM visits WHERE {between('started_at', first, last)} AND {where}"
                " GROUP BY 1"
            )
        )
        found = asked(loader, "login_state, events, sessions", f"login_states({args(first, last, filters)})")
        assert {state: events for state, events, _ in found if events} == states
        assert {state: sessions for state, _, sessions in found if sessions} == visits


METRICS = {
    "events": ("seen", "event_timestamp", "count(*)"),
    "pageViews": ("seen", "event_timestamp", f"count(*) FILTER (WHERE event_name IN {VIEWS})"),
    "addToCarts": ("seen", "event_timestamp", "count(*) FILTER (WHERE event_name = 'add_to_cart_click')"),
    "sessions": ("visits", "started_at", "count(*)"),
    "visitors": ("visits", "started_at", "count(DISTINCT client_id)"),
}


@pytest.mark.parametrize("metric", METRICS)
def test_timeseries_and_heatmap(loader, filters, metric):
    table, moment, value = METRICS[metric]
    where = f"{between(moment, FIRST, LAST)} AND {chosen(filters)}"
    for grain in ("hour", "day", "week"):
        points = asked(loader, "at, value", f"timeseries('{metric}', '{grain}', {args(FIRST, LAST, filters)})")
        starts = ", ".join(f"'{at.isoformat()}'::timestamptz" for at, _ in points)
        expected = dict(
            loader.warehouse.rows(
                f"SELECT width_bucket({moment}, array[{starts}]), {value} FROM {table} WHERE {where} GROUP BY 1"
            )
        )
        assert [found for _, found in points] == [expected.get(number, 0) for number in range(1, len(points) + 1)]
    if metric in ("events", "sessions"):
        cells = asked(loader, "*", f"heatmap('{metric}', {args(FIRST, LAST, filters)})")
        local = f"{moment} AT TIME ZONE (SELECT time_zone FROM site)"
        expected = {
            (weekday, hour): count
            for weekday, hour, count in loader.warehouse.rows(
                f"SELECT extract(isodow FROM {local})::int, extract(hour FROM {local})::int, {value}"
                f" FROM {table} WHERE {where} GROUP BY 1, 2"
            )
        }
        assert {(weekday, hour): found for weekday, hour, found in cells if found} == expected
        assert len(cells) == 168


@pytest.mark.parametrize("by", ["channel", "device"])
def test_the_funnel_and_its_segments(loader, filters, by):
    for first, last in some_ranges("funnel", 2):
        steps = ("view", "product_view", "add_to_cart", "checkout", "purchase")
        counts = ", ".join(f"count(*) FILTER (WHERE reached_{step})" for step in steps)
        where = f"{between('started_at', first, last)} AND {chosen(filters)}"
        found = [row[0] for row in asked(loader, "sessions", f"funnel({args(first, last, filters)})")]
        assert tuple(found) == loader.one(f"SELECT {counts} FROM visits WHERE {where}")
        segments = {}
        for segment, sessions in asked(
            loader, "segment, sessions", f"funnel_segments('{first}', '{last}', '{by}', '{json.dumps(filters)}')"
        ):
            segments.setdefault(segment, []).append(sessions)
        expected = loader.warehouse.rows(f"SELECT of_{by}, {counts} FROM visits WHERE {where} GROUP BY 1")
        assert segments == {segment: list(rest) for segment, *rest in expected}


def test_the_funnel_by_category(loader, filters):
    lines = f"{between('event_timestamp', FIRST, LAST)} AND {chosen(filters, products=False)}"
    # A checkout is that of a session which began on the day or the day before.
    began = "v.on_day BETWEEN l.on_day - 1 AND l.on_day"
    expected = loader.warehouse.rows(f"""
        SELECT category, count(*), count(*) FILTER (WHERE viewed), count(*) FILTER (WHERE added),
               count(*) FILTER (WHERE reached_checkout AND {began} AND (added OR bought)),
               count(*) FILTER (WHERE bought)
        FROM (
            SELECT coalesce(category, 'unknown') AS category, session_key, on_day,
                   bool_or(event_name = 'product_view') AS viewed,
                   bool_or(event_name = 'add_to_cart_click') AS added, bool_or(made_order IS NOT NULL) AS bought
            FROM lines WHERE {lines} AND session_key IS NOT NULL GROUP BY 1, 2, 3
        ) l JOIN visits v USING (session_key) GROUP BY 1""")
    segments = {}
    for segment, sessions in asked(
        loader, "segment, sessions", f"funnel_segments('{FIRST}', '{LAST}', 'category', '{json.dumps(filters)}')"
    ):
        segments.setdefault(segment, []).append(sessions)
    assert segments == {segment: list(rest) for segment, *rest in expected}


def test_products_and_categories(loader, filters):
    for first, last in some_ranges("products"):
        where = f"{between('event_timestamp', first, last)} AND {chosen(filters, products=False)}"
        figures = """
            count(DISTINCT event_id) FILTER (WHERE event_name = 'product_view'),
            count(DISTINCT event_id) FILTER (WHERE event_name = 'add_to_cart_click'),
            coalesce(sum(quantity) FILTER (WHERE made_order IS NOT NULL), 0), count(DISTINCT made_order),
            coalesce(sum(price * quantity) FILTER (WHERE made_order IS NOT NULL AND paid_in = 'EUR'), 0)"""
        expected = loader.warehouse.rows(f"SELECT product_id, {figures} FROM lines WHERE {where} GROUP BY 1")
        columns = "product_id, views, add_to_carts, purchases, orders, revenue"
        found = asked(loader, columns, f"products({args(first, last, filters)}, in_currency => 'EUR')")
        assert sorted(found) == sorted(expected)
        for by in ("category", "brand"):
            totals = asked(
                loader, "value, revenue", f"categories('{first}', '{last}', '{by}', '{json.dumps(filters)}', 'EUR')"
            )
            assert dict(totals) == dict(
                loader.warehouse.rows(f"""
                SELECT coalesce({by}, 'unknown'), coalesce(sum(price * quantity)
                       FILTER (WHERE made_order IS NOT NULL AND paid_in = 'EUR'), 0)
                FROM lines WHERE {where} GROUP BY 1""")
            )
        for product_id, views, carts, units, _, revenue in expected:
            days = asked(
                loader,
                "sum(views), sum(add_to_carts), sum(purchases), sum(revenue)",
                f"product_days('{product_id}', {args(first, last, filters)}, 'EUR')",
            )
            assert days == [(views, carts, units, revenue)]


def test_channels(loader, filters):
    for first, last in some_ranges("channels", 2):
        where = chosen(filters)
        sessions = f"""
            SELECT of_channel, count(*), count(DISTINCT client_id), round(avg((page_views <= 1)::int), 6),
                   round(avg((orders > 0)::int), 6)
            FROM visits WHERE {between("started_at", first, last)} AND {where} GROUP BY 1"""
        columns = "value, sessions, visitors, bounce_rate, conversion_rate"
        call = f"channels('{first}', '{last}', 'channel', '{json.dumps(filters)}', 'EUR')"
        found = [row for row in asked(loader, columns, call) if row[1]]
        assert sorted(found) == sorted(loader.warehouse.rows(sessions))
        orders = loader.warehouse.rows(f"""
            SELECT of_channel, count(*) FROM seen JOIN orders o USING (event_id)
            WHERE {between("o.ordered_at", first, last)} AND {where.replace("is_bot", "seen.is_bot")} GROUP BY 1""")
        assert sorted(row for row in asked(loader, "value, orders", call) if row[1]) == sorted(orders)


@pytest.mark.parametrize("group_by", ["source", "campaign"])
def test_sources_and_campaigns(loader, filters, group_by):
    for first, last in some_ranges(group_by, 2):
        where = chosen(filters)
        sessions = f"""
            SELECT coalesce(utm_{group_by}, '(not set)'), utm_medium, count(*), count(DISTINCT client_id),
                   round(avg((page_views <= 1)::int), 6), round(avg((orders > 0)::int), 6),
                   sum((SELECT count(*) FROM seen e
                        WHERE e.session_key = visits.session_key AND e.event_name = 'add_to_cart_click'))
            FROM visits WHERE {between("started_at", first, last)} AND {where} GROUP BY 1, 2"""
        columns = "value, medium, sessions, visitors, bounce_rate, conversion_rate, add_to_carts"
        call = f"channels('{first}', '{last}', '{group_by}', '{json.dumps(filters)}', 'EUR')"
        found = [row for row in asked(loader, columns, call) if row[2]]
        assert sorted(found, key=str) == sorted(loader.warehouse.rows(sessions), key=str)
        orders = loader.warehouse.rows(f"""
            SELECT coalesce(s.utm_{group_by}, '(not set)'), s.utm_medium, count(*),
                   coalesce(sum(o.total - o.refunded) FILTER (WHERE o.currency = 'EUR'), 0)
            FROM seen JOIN orders o USING (event_id) LEFT JOIN sessions s USING (session_key)
            WHERE {between("o.ordered_at", first, last)} AND {where.replace("is_bot", "seen.is_bot")} GROUP BY 1, 2""")
        found = [row for row in asked(loader, "value, medium, orders, revenue", call) if row[2]]
        assert sorted(found, key=str) == sorted(orders, key=str)


def test_pages_and_searches(loader, filters):
    where = chosen(filters)
    # Pages and searches are counted by their session alone: its login state, its bots.
    of_sessions = (
        where.replace("of_", "v.of_")
        .replace("is_bot", "v.is_bot")
        .replace("(session_key, on_day) IN", "(v.session_key, e.on_day) IN")
    )
    inside = between("e.event_timestamp", FIRST, LAST)
    pages = loader.warehouse.rows(f"""
        SELECT page_path, sum(views), count(DISTINCT client_id) FROM (
            SELECT v.session_key, v.client_id, e.page_path, e.on_day,
                   coalesce(nullif(count(*) FILTER (WHERE e.event_name = 'page_view'), 0),
                            count(*)) AS views
            FROM seen e JOIN visits v USING (session_key)
            WHERE {inside} AND {of_sessions} AND e.page_path IS NOT NULL AND e.event_name IN {VIEWS}
            GROUP BY 1, 2, 3, 4) p GROUP BY 1""")
    asked_pages = f"pages('{FIRST}', '{LAST}', 'all', 50, '{json.dumps(filters)}', true)"
    found = asked(loader, "path, views, visitors", asked_pages)
    assert sorted(found) == sorted(pages)
    for kind in ("entry", "exit"):
        column = {"entry": "entries", "exit": "exits"}[kind]
        ends = asked(loader, f"path, {column}", f"pages('{FIRST}', '{LAST}', '{kind}', 50, '{json.dumps(filters)}')")
        assert dict(ends) == dict(
            loader.warehouse.rows(
                f"SELECT {kind}_page, count(*) FROM visits WHERE {kind}_page IS NOT NULL"
                f" AND {between('started_at', FIRST, LAST)} AND {where} GROUP BY 1"
            )
        )
    searches = loader.warehouse.rows(f"""
        SELECT lower(btrim(e.search_query)), count(*), count(DISTINCT e.session_key)
        FROM seen e JOIN visits v USING (session_key)
        WHERE {inside} AND {of_sessions} AND e.event_name = 'search' AND btrim(e.search_query) <> '' GROUP BY 1""")
    found = asked(loader, "query, searches, sessions", f"searches('{FIRST}', '{LAST}', 50, '{json.dumps(filters)}')")
    assert sorted(found) == sorted(searches)


def test_new_and_returning_visitors_and_cohorts(loader, filters):
    for first, last in some_ranges("visitors", 2):
        inside = f"{between('started_at', first, last)} AND {chosen(filters)} AND client_id IS NOT NULL"
        since = "(SELECT min(f.started_at) FROM sessions f WHERE f.client_id = visits.client_id)"
        new = f"{since} >= '{first}'::timestamp AT TIME ZONE (SELECT time_zone FROM site)"
        assert asked(loader, "new_visitors, returning_visitors", f"visitor_totals({args(first, last, filters)})") == (
            loader.warehouse.rows(f"""
                SELECT count(DISTINCT client_id) FILTER (WHERE {new}),
                       count(DISTINCT client_id) FILTER (WHERE NOT {new})
                FROM visits WHERE {inside}""")
        )
        day = (
            "(SELECT max(d)::date FROM site, generate_series('2026-01-01'::timestamp, '2026-12-31', '1 day') d"
            " WHERE d AT TIME ZONE site.time_zone <= {})"
        )
        cohorts = loader.warehouse.rows(f"""
            SELECT cohort::date, extract(day FROM week - cohort)::int / 7, count(DISTINCT client_id)
            FROM (SELECT client_id, date_trunc('week', {day.format(since)}::timestamp) AS cohort,
                         date_trunc('week', {day.format("started_at")}::timestamp) AS week
                  FROM visits WHERE {inside} AND {new}) v GROUP BY 1, 2 ORDER BY 1, 2""")
        assert (
            asked(
                loader,
                "cohort, week, visitors",
                f"retention('{first}', '{last}', 8, '{json.dumps(filters, ensure_ascii=False)}')",
            )
            == cohorts
        )


def test_sessions_come_newest_first_in_pages_that_leave_nothing_out(loader, filters):
    expected = [
        key
        for (key,) in loader.warehouse.rows(
            f"SELECT session_key FROM visits WHERE {between('started_at', FIRST, LAST)}"
            f" AND {chosen(filters)}"
            " ORDER BY started_at DESC, mart.session_no(session_key) DESC"
        )
    ]
    found, before = [], "NULL, NULL"
    while page := asked(
        loader,
        "session_key, started_at, session_no",
        f"session_list({args(FIRST, LAST, filters)}, 7, {before})",
    ):
        found += [key for key, _, _ in page]
        before = f"'{page[-1][1].isoformat()}', {page[-1][2]}"
    assert found == expected


def test_events_come_newest_first_in_pages_that_leave_nothing_out(loader):
    first = date(2026, 10, 24)
    expected = [
        event_id
        for (event_id,) in loader.warehouse.rows(
            f"SELECT event_id FROM clickstream_events WHERE {between('event_timestamp', first, LAST)} AND NOT is_bot"
            " AND event_name = 'search' ORDER BY event_timestamp DESC, event_id DESC"
        )
    ]
    found, before = [], "NULL, NULL"
    while page := asked(
        loader, "event_id, event_timestamp", f"event_list('{first}', '{LAST}', '{{}}', 3, 'search', {before})"
    ):
        found += [event_id for event_id, _ in page]
        before = f"'{page[-1][1].isoformat()}', '{page[-1][0]}'"
    assert found == expected
