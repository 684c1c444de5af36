"""Retention drops months of events; what was made of them stays, whatever comes later."""

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from pydantic import ValidationError

from etl.settings import Settings
from warehouse.errors import MigrationError
from warehouse.migrate import migrate

DERIVED = (
    *("sessions", "clients", "orders", "products", "order_events", "etl.product_attributes"),
    *("events_hourly", "sessions_daily", "funnel_daily", "products_daily"),
)
PRODUCT = {"id": "p1", "name": "Aurora", "price": 10}


def order(lab, minutes, **fields):
    return lab.event(
        minutes,
        eventName="checkout_complete",
        order={"id": "o1", "total": 30, "currency": "EUR"},
        items=[{**PRODUCT, "quantity": 3, "currency": "EUR"}],
        clientId="c1",
        sessionId="s1",
        **fields,
    )


def in_march(lab):
    """Let it be March; a line of now is received, of which nothing is kept."""
    lab.now = datetime(2027, 3, 2, 7, 10, tzinfo=UTC)
    lab.hours = int((lab.now - lab.window) / timedelta(hours=1))
    lab.put(new_event(lab, consent={"analytics": False}), hours=lab.hours)


@pytest.fixture
def old(lab):
    """A lab whose November, loaded then, lies four months back."""
    lab.put(lab.event(1, eventName="product_view", product=PRODUCT, clientId="c1", sessionId="s1"), order(lab, 5))
    lab.put(lab.event(61, clientId="c2"), lab.event(65, clientId="c2"), hours=1)
    lab.tick()
    in_march(lab)
    return lab


def derived(lab):
    return {name: lab.warehouse.rows(f"SELECT to_jsonb(t) FROM {name} t ORDER BY 1::text") for name in DERIVED}


def new_event(lab, minutes=1, **fields):
    """An event of the hour that is now."""
    return lab.event(lab.hours * 60 + minutes, **fields)


def events(lab):
    return lab.one("SELECT count(*) FROM clickstream_events")


def test_old_months_are_dropped_and_all_that_was_made_of_them_stays(old):
    before = derived(old)
    old.tick(retention_months=3)
    assert events(old) == 0
    assert old.one("SELECT count(*) FROM event_items") == 0
    assert derived(old) == before
    assert old.warehouse.rows("SELECT month::date::text, events, items FROM etl.dropped_months") == [
        ("2026-11-01", 4, 2)
    ]
    totals = old.one("SELECT sum(collected)::int, sum(loaded)::int FROM etl.windows")
    assert totals == (5, 4)  # one line of March is withheld
    assert old.warehouse.value("SELECT events FROM mart.overview('2026-11-01', '2026-11-30')") == 4


def test_the_month_of_the_cutoff_and_all_later_ones_stay(old):
    old.tick(retention_months=4)
    assert events(old) == 4


def test_without_the_setting_nothing_is_ever_dropped(old):
    old.tick()
    assert events(old) == 4


def test_what_is_not_loaded_yet_keeps_the_months_that_its_events_may_be_of(old):
    key = old.put(old.event(125), hours=2)
    old.warehouse.rows("UPDATE etl.runs SET window_to = %s", (old.window,))  # as if no tick had come so far
    old.runner(old.refusing(key), retention_months=1).tick()
    assert events(old) == 4
    old.tick(retention_months=1)  # the window is loaded, and the watermark moves on
    assert events(old) == 0


def test_what_was_received_last_says_how_old_a_month_is_and_no_clock_that_is_ahead(lab):
    lab.put(lab.event(1))
    lab.now = datetime(2026, 12, 30, 7, 10, tzinfo=UTC)
    december = int((lab.now - lab.window) / timedelta(hours=1))
    lab.put(lab.event(december * 60 + 1), hours=december)
    right = lab.now
    lab.now += timedelta(days=400)
    lab.tick(retention_months=1)
    assert events(lab) == 2
    lab.now = right
    lab.tick(retention_months=1)  # of December nothing before November is older than a month
    assert events(lab) == 2
    lab.now += timedelta(days=3)
    january = december + 72
    lab.put(lab.event(january * 60 + 1), hours=january)
    lab.tick(retention_months=1)
    assert lab.warehouse.rows("SELECT month::date::text FROM etl.dropped_months WHERE events > 0") == [("2026-11-01",)]


def test_a_month_that_has_just_begun_need_not_have_events_yet(lab):
    lab.put(lab.event(1))
    lab.now = datetime(2026, 12, 31, 23, 10, tzinfo=UTC)
    hours = int((lab.now - lab.window) / timedelta(hours=1))
    lab.put(lab.event(hours * 60 + 1), hours=hours)
    lab.now += timedelta(hours=10)
    lab.tick(retention_months=1)
    assert events(lab) == 1


def test_a_tick_again_drops_nothing_more(old):
    for _ in range(2):
        old.tick(retention_months=1)
    assert old.one("SELECT count(*), sum(events)::int FROM etl.dropped_months WHERE events > 0") == (1, 4)


def test_a_dropped_window_cannot_be_replaced_and_stays_as_it_was(old):
    old.tick(retention_months=3)
    before = derived(old), old.warehouse.rows("SELECT * FROM etl.windows ORDER BY 1")
    result = old.replace(0, 1)
    assert result.state == "failed"
    assert "2 windows before 2026-12-01T00:00:00+00:00 were left as they are: retention has dropped" in result.errors[0]
    assert (derived(old), old.warehouse.rows("SELECT * FROM etl.windows ORDER BY 1")) == before


def test_an_object_that_turns_up_for_a_dropped_window_is_refused_and_holds_nothing_up(old):
    old.tick(retention_months=3)
    before = derived(old)
    old.put(old.event(10), hours=0)
    old.put(new_event(old), hours=old.hours)
    result = old.runner().range(None, None)
    assert (result.state, result.counts.loaded) == ("failed", 1)
    assert "1 windows before 2026-12-01" in result.errors[0]
    assert set(old.windows().values()) == {"loaded"}
    assert [row for row in derived(old)["sessions_daily"] if row in before["sessions_daily"]] == before[
        "sessions_daily"
    ]


def test_an_old_event_in_a_new_window_cannot_bring_a_dropped_month_back(lab):
    # A month later the first window of December is asked for again, with an event of November in it.
    lab.now = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)
    lab.hours = int((lab.now.replace(minute=0) - lab.window) / timedelta(hours=1))
    moment = (lab.now - timedelta(minutes=30)).isoformat()
    late, fresh = new_event(lab, 5) | {"eventTimestamp": moment}, new_event(lab, 6)
    first = lab.hours
    lab.put(late, fresh, hours=first)
    lab.tick()
    in_march(lab)
    lab.tick(retention_months=3)
    assert events(lab) == 1
    before = derived(lab)
    result = lab.replace(first, first)
    assert "events of 2026-11 cannot be loaded: retention has dropped the events before 2026-12-01" in result.errors[0]
    assert events(lab) == 1
    assert derived(lab) == before


def test_a_refund_of_a_dropped_order_changes_its_order_and_session_and_no_rollup(old):
    old.tick(retention_months=3)
    before = derived(old)
    refund = {"id": "o1", "total": 12, "currency": "EUR"}
    old.put(new_event(old, eventName="refund", order=refund, clientId="c9", sessionId="s9"), hours=old.hours)
    old.tick(retention_months=3)
    assert old.one("SELECT total::int, refunded::int FROM orders") == (30, 12)
    assert old.one("SELECT events, revenue::int FROM sessions WHERE session_id = 's1'") == (2, 18)
    for name in ("events_hourly", "products_daily", "sessions_daily", "funnel_daily"):
        assert [row for row in derived(old)[name] if row in before[name]] == before[name], name


def test_a_session_that_reaches_back_into_a_dropped_month_stays_as_it_is(old):
    old.tick(retention_months=3)
    old.put(new_event(old, clientId="c1", sessionId="s1"), new_event(old, 2, clientId="c1"), hours=old.hours)
    old.tick(retention_months=3)
    assert events(old) == 2
    rows = old.warehouse.rows("SELECT session_id, events FROM sessions WHERE client_id = 'c1' ORDER BY started_at")
    assert rows == [("s1", 2), (None, 1)]
    assert old.one("SELECT sum(events)::int FROM events_hourly") == 6


def test_a_product_keeps_what_only_dropped_events_said_of_it(old):
    old.tick(retention_months=3)
    old.put(new_event(old, eventName="product_view", product={"id": "p1", "price": 12}), hours=old.hours)
    old.tick(retention_months=3)
    old.replace(old.hours, old.hours)
    assert old.one("SELECT name, price::int FROM products") == ("Aurora", 12)


def test_days_that_begin_before_the_kept_events_are_not_made_again(lab):
    migrate(lab.warehouse.owner_url, {}, "Asia/Ho_Chi_Minh")
    # The site's 1 December begins at 17:00 on 30 November, UTC.
    lab.now = datetime(2026, 11, 30, 20, 10, tzinfo=UTC)
    first = int((lab.now.replace(minute=0) - lab.window) / timedelta(hours=1))
    for hours in (first, first + 6):
        lab.put(lab.event(hours * 60 + 1, eventName="product_view", product=PRODUCT), hours=hours)
    lab.now = datetime(2026, 12, 1, 3, 10, tzinfo=UTC)
    lab.tick()
    assert lab.one("SELECT day::text, views FROM products_daily") == ("2026-12-01", 2)
    in_march(lab)
    lab.tick(retention_months=3)
    assert events(lab) == 1
    lab.replace(first + 6, first + 6)
    assert lab.one("SELECT day::text, views FROM products_daily") == ("2026-12-01", 2)


def test_the_time_zone_cannot_change_once_events_were_dropped(old):
    old.tick(retention_months=3)
    before = derived(old)
    with pytest.raises(MigrationError, match=r"from UTC to Asia/Tokyo: retention has dropped events"):
        migrate(old.warehouse.owner_url, {}, "Asia/Tokyo")
    assert derived(old) == before


def test_a_reader_in_the_way_postpones_it_to_the_next_tick(old):
    with old.warehouse.connection() as reader:
        reader.autocommit = False
        reader.cursor().execute("SELECT count(*) FROM clickstream_events")
        assert old.tick(retention_months=3).state == "succeeded"
        assert events(old) == 4
    old.tick(retention_months=3)
    assert events(old) == 0


def test_a_load_in_the_way_does_too(old):
    old.tick()
    with old.warehouse.connection("clickstream_etl") as loading:
        loading.autocommit = False
        loading.cursor().execute("SELECT pg_advisory_xact_lock(1819238756)")
        old.tick(retention_months=3)
        assert events(old) == 4


def test_partitions_are_there_three_months_ahead(lab):
    lab.tick()
    months = lab.warehouse.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'partitions'::regnamespace AND relkind = 'r'"
        " AND relname LIKE 'clickstream_events%' ORDER BY 1"
    )
    assert [name[-7:] for (name,) in months] == ["2026_11", "2026_12", "2027_01", "2027_02"]


def test_no_other_role_may_drop_events(lab):
    for role in ("clickstream_admin", "clickstream_dashboard"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            lab.warehouse.rows("SELECT etl.drop_events_before(now())", role=role)


def test_a_retention_that_duplicates_need_longer_is_refused():
    with pytest.raises(ValidationError, match="duplicate_days 30 needs events that retention_months 1 drops"):
        Settings(lake_url="memory://", warehouse_url="postgresql://x", duplicate_days=30, retention_months=1)
