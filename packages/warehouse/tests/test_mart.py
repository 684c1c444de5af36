"""The mart's answers are those of plain SQL over the events, on random days of zones with odd hours."""

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from random_shop import FACETS, FIRST, LAST, fill

from warehouse.derive import remake_everything
from warehouse.migrate import migrate

VIEWS = ("page_view", "home_view", "category_view", "product_view")
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Atlantic/Azores"]


@pytest.fixture(scope="module", params=ZONES)
def filled(request, module_loader):
    """A warehouse in a zone, loaded there."""
    with module_loader() as loader:
        loader.warehouse.rows("UPDATE site SET time_zone = %s", (request.param,))
        fill(loader, seed=request.param)
        yield loader, ZoneInfo(request.param)


def with_bots(bots):
    return json.dumps({"bots": bots})


def ranges():
    days = [FIRST + timedelta(days=number) for number in range(5)]
    return [(a, b) for a in days for b in days if a <= b]


def inside(table, moment, first, last, bots):
    """Rows of a table between two midnights of the zone, by PostgreSQL's own arithmetic."""
    return (
        f"(SELECT t.*, {moment} AS moment FROM {table} t, site s"
        f" WHERE {moment} >= '{first}'::timestamp AT TIME ZONE s.time_zone"
        f" AND {moment} < ('{last}'::date + 1)::timestamp AT TIME ZONE s.time_zone AND ({bots} OR NOT is_bot)) t"
    )


def test_the_overview_is_what_the_events_say(filled):
    loader, _ = filled
    for first, last in ranges():
        for bots in (False, True):
            names = "events, visitors, sessions, page_views, product_views, add_to_carts, orders"
            found = loader.one(f"SELECT {names} FROM mart.overview('{first}', '{last}', '{with_bots(bots)}')")
            events = inside("clickstream_events", "event_timestamp", first, last, bots)
            sessions = inside("sessions", "started_at", first, last, bots)
            orders = inside("orders", "ordered_at", first, last, bots)
            expected = (
                *loader.one(f"""
                    SELECT count(*), 0, 0, count(*) FILTER (WHERE event_name IN {VIEWS}),
                           count(*) FILTER (WHERE event_name = 'product_view'),
                           count(*) FILTER (WHERE event_name = 'add_to_cart_click') FROM {events}"""),
                loader.one(f"SELECT count(*) FROM {orders}"),
            )
            visitors, count = loader.one(f"SELECT count(DISTINCT client_id), count(*) FROM {sessions}")
            assert found == (expected[0], visitors, count, *expected[3:])


def test_the_overviews_rates_and_revenue_are_what_sessions_and_orders_say(filled):
    loader, _ = filled
    for bots in (False, True):
        sessions = inside("sessions", "started_at", FIRST, LAST, bots)
        orders = inside("orders", "ordered_at", FIRST, LAST, bots)
        count, bounced, converted, seconds = loader.one(f"""
            SELECT count(*), count(*) FILTER (WHERE page_views <= 1), count(*) FILTER (WHERE orders > 0),
                   sum(duration_seconds) FROM {sessions}""")
        in_euro, revenue, others = loader.one(f"""
            SELECT count(*) FILTER (WHERE currency = 'EUR'), sum(total - refunded) FILTER (WHERE currency = 'EUR'),
                   count(*) FILTER (WHERE currency IS DISTINCT FROM 'EUR') FROM {orders}""")
        assert loader.one(f"""
            SELECT currency, revenue, orders_in_other_currencies, conversion_rate, average_order_value, bounce_rate,
                   average_session_seconds FROM mart.overview('{FIRST}', '{LAST}', '{with_bots(bots)}')""") == (
            "EUR",
            revenue,
            others,
            round(Decimal(converted) / count, 6),
            round(revenue / in_euro, 4),
            round(Decimal(bounced) / count, 6),
            round(Decimal(seconds) / count, 1),
        )
        assert loader.one(
            f"SELECT revenue FROM mart.overview('{FIRST}', '{LAST}', '{with_bots(bots)}', 'VND')"
        ) == loader.one(f"SELECT coalesce(sum(total - refunded), 0) FROM {orders} WHERE currency = 'VND'")


METRICS = {
    "events": ("clickstream_events", "event_timestamp", "count(*)"),
    "pageViews": ("clickstream_events", "event_timestamp", f"count(*) FILTER (WHERE event_name IN {VIEWS})"),
    "sessions": ("sessions", "started_at", "count(*)"),
    "visitors": ("sessions", "started_at", "count(DISTINCT client_id)"),
    "orders": ("orders", "ordered_at", "count(*)"),
    "revenue": ("orders", "ordered_at", "coalesce(sum(total - refunded) FILTER (WHERE currency = 'EUR'), 0)"),
}


@pytest.mark.parametrize("metric", METRICS)
def test_a_timeseries_is_what_the_events_between_its_points_say(filled, metric):
    loader, zone = filled
    table, moment, value = METRICS[metric]
    for grain in ("hour", "day", "week"):
        points = loader.warehouse.rows(
            f"SELECT at, value FROM mart.timeseries('{metric}', '{grain}', '{FIRST}', '{LAST}', '{{}}', 'EUR')"
        )
        rows = inside(table, moment, FIRST, LAST, False)
        ends = [at for at, _ in points[1:]] + [None]
        for (at, found), end in zip(points, ends, strict=True):
            until = "true" if end is None else f"moment < '{end.isoformat()}'"
            expected = loader.one(f"SELECT {value} FROM {rows} WHERE moment >= '{at.isoformat()}' AND {until}")
            assert (grain, at, found) == (grain, at, expected)
        local = [at.astimezone(zone) for at, _ in points]
        if grain == "day":
            assert [moment.date() for moment in local] == [FIRST + timedelta(days=number) for number in range(5)]
            assert {(moment.hour, moment.minute) for moment in local} == {(0, 0)}
        if grain == "week":
            assert [moment.date() for moment in local] == [date(2026, 10, 19), date(2026, 10, 26)]
        if grain == "hour":
            assert {moment.minute for moment in local} == {0}
            changes = {"Europe/Berlin": 121, "Atlantic/Azores": 121}
            assert len(points) == changes.get(zone.key, 120)


def test_the_event_mix_is_what_the_events_say(filled):
    loader, _ = filled
    for first, last in ranges():
        events = inside("clickstream_events", "event_timestamp", first, last, False)
        assert loader.warehouse.rows(f"SELECT * FROM mart.event_mix('{first}', '{last}')") == loader.warehouse.rows(
            f"SELECT event_name, count(*) FROM {events} GROUP BY 1 ORDER BY 2 DESC, 1"
        )


def test_the_funnel_is_what_the_sessions_say(filled):
    loader, _ = filled
    for first, last in ranges():
        sessions = inside("sessions", "started_at", first, last, False)
        steps = ("view", "product_view", "add_to_cart", "checkout", "purchase")
        counts = loader.one(
            f"SELECT {', '.join(f'count(*) FILTER (WHERE reached_{s})' for s in steps)} FROM {sessions}"
        )
        found = loader.warehouse.rows(f"SELECT * FROM mart.funnel('{first}', '{last}')")
        assert [row[1] for row in found] == ["page_view", "product_view", "add_to_cart", "checkout", "purchase"]
        assert tuple(row[2] for row in found) == counts
        assert [row[3] for row in found] == [None] + [
            round(Decimal(b) / a, 6) if a else None for a, b in pairwise(counts)
        ]
        assert [row[4] for row in found] == [round(Decimal(b) / counts[0], 6) if counts[0] else None for b in counts]


def test_products_are_what_the_items_say(filled):
    loader, _ = filled
    for first, last in ranges():
        items = inside("event_items", "event_timestamp", first, last, False)
        expected = loader.warehouse.rows(f"""
            SELECT t.product_id, count(DISTINCT t.event_id) FILTER (WHERE t.event_name = 'product_view'),
                   count(DISTINCT t.event_id) FILTER (WHERE t.event_name = 'add_to_cart_click'),
                   coalesce(sum(t.quantity) FILTER (WHERE o.order_id IS NOT NULL), 0), count(DISTINCT o.order_id),
                   coalesce(sum(t.price * t.quantity) FILTER (WHERE o.currency = 'EUR'), 0)
            FROM {items} LEFT JOIN orders o ON o.event_id = t.event_id GROUP BY 1""")
        found = loader.warehouse.rows(
            "SELECT product_id, views, add_to_carts, purchases, orders, revenue"
            f" FROM mart.products('{first}', '{last}', '{{}}', in_currency => 'EUR')"
        )
        assert sorted(found) == sorted(row for row in expected if any(row[1:]))
        assert [row[5] for row in found] == sorted((row[5] for row in found), reverse=True)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Atlantic/Azores"])
def test_a_change_of_zone_gives_what_a_fresh_load_in_that_zone_gives(loader, zone):
    fill(loader, seed=1)
    (line,) = migrate(loader.warehouse.owner_url, loader.warehouse.role_passwords, zone)
    assert line == f"time zone: UTC -> {zone}, rollups re-made"
    changed = loader.contents()
    loader.clear()
    fill(loader, seed=1)
    fresh = loader.contents()
    rollups = (
        *("events_hourly", "products_daily", "session_facts", "session_hours", "session_products", "audience_days"),
        *FACETS,
    )
    assert {name: changed[name] for name in rollups} == {name: fresh[name] for name in rollups}
    assert all(fresh[name] for name in rollups)


def test_everything_made_anew_in_pieces_is_what_it_was(loader):
    fill(loader, seed=1)
    before = loader.contents()
    with loader.warehouse.connection() as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            remake_everything(cursor, piece_events=40)
        connection.commit()
    assert loader.contents() == before


def test_the_hour_that_comes_twice_after_midnight_is_counted_though_nothing_else_was_loaded(loader):
    loader.warehouse.rows("UPDATE site SET time_zone = 'Atlantic/Azores'")
    # 00:30 summer time; the 25th begins half an hour later, at the second 00:00.
    moment = loader.event()["event_timestamp"].replace(month=10, day=25, hour=0, minute=30)
    view = loader.event(event_name="product_view", session_id="s", items=[{"product_id": "p"}])
    loader.load(view | {"event_timestamp": moment, "received_at": moment})
    for day, count in (("2026-10-24", 1), ("2026-10-25", 0)):
        assert loader.one(f"SELECT events, sessions FROM mart.overview('{day}', '{day}')") == (count, count)
        assert len(loader.warehouse.rows(f"SELECT * FROM mart.products('{day}', '{day}')")) == count


def test_days_without_anything_are_zeros_and_no_rates(loader):
    assert loader.one("SELECT * FROM mart.overview('2026-01-01', '2026-01-02')") == (
        0, 0, 0, 0, 0, 0, 0, 0, None, 0, None, None, None, None,
    )  # fmt: skip
    points = loader.warehouse.rows("SELECT value FROM mart.timeseries('revenue', 'day', '2026-01-01', '2026-01-03')")
    assert points == [(0,), (0,), (0,)]
    assert [row[2] for row in loader.warehouse.rows("SELECT * FROM mart.funnel('2026-01-01', '2026-01-02')")] == [0] * 5
    assert loader.warehouse.rows("SELECT * FROM mart.products('2026-01-01', '2026-01-02')") == []


def test_a_shop_that_sends_no_currency_has_revenue_all_the_same(loader):
    order = {"event_name": "checkout_complete", "order_id": "o", "order": {"total": 10}}
    loader.load(loader.event(session_id="s", items=[{"product_id": "p", "price": 10}], **order))
    assert loader.one("SELECT revenue, currency FROM mart.overview('2026-11-22', '2026-11-22')") == (10, None)
    assert loader.one("SELECT revenue, currency FROM mart.products('2026-11-22', '2026-11-22')") == (10, None)
    assert loader.one("SELECT value FROM mart.timeseries('revenue', 'day', '2026-11-22', '2026-11-22')") == 10


def test_products_are_sorted_as_asked_and_cut(loader):
    fill(loader, seed=2)
    for sort in ("views", "addToCarts", "purchases", "revenue"):
        column = {"addToCarts": "add_to_carts"}.get(sort, sort)
        values = [
            value
            for (value,) in loader.warehouse.rows(
                f"SELECT {column} FROM mart.products('{FIRST}', '{LAST}', '{with_bots(True)}', '{sort}', max_rows => 2)"
            )
        ]
        assert len(values) == 2, sort
        assert values == sorted(values, reverse=True), sort


@pytest.mark.parametrize(("metric", "grain"), [("events", "month"), ("money", "day"), (None, "day")])
def test_an_unknown_metric_or_grain_is_refused(loader, metric, grain):
    with pytest.raises(psycopg2.errors.InvalidParameterValue, match=r"unknown (metric|grain) .*: expected"):
        loader.warehouse.rows("SELECT mart.timeseries(%s, %s, '2026-01-01', '2026-01-02')", (metric, grain))


def test_the_dashboard_may_ask_every_question(loader):
    days = "'2026-11-22', '2026-11-22'"
    questions = [
        *(
            f"mart.{name}({days})"
            for name in ("overview", "event_mix", "login_states", "funnel", "products", "categories")
        ),
        *(f"mart.{name}({days})" for name in ("channels", "visitors", "visitor_totals", "retention", "pages", "paths")),
        *(f"mart.{name}({days})" for name in ("path_links", "searches", "dimensions", "session_list", "event_list")),
        f"mart.timeseries('events', 'day', {days})",
        f"mart.heatmap('events', {days})",
        f"mart.funnel_segments({days}, 'channel')",
        f"mart.product_days('p', {days})",
        f"mart.completeness({days})",
        "mart.session_events('s:1')",
        "mart.freshness()",
        "mart.version()",
    ]
    for question in questions:
        for role in ("clickstream_dashboard", "clickstream_admin", "clickstream_etl"):
            assert loader.warehouse.rows(f"SELECT * FROM {question}", role=role) is not None
