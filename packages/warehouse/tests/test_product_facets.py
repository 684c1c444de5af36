"""Sums of whole days by category and brand: the mart says the same with and without them, whatever is loaded."""

import json
from datetime import date

import pytest
from random_shop import FIRST, LAST, fill

from warehouse.derive import product_facets

FILTERS = ({"category": "Laptops"}, {"brand": "Nord", "bots": True}, {"category": "Mice", "device": "mobile"})


def due(loader):
    with loader.warehouse.connection() as connection, connection.cursor() as cursor:
        return product_facets.due(cursor)


def make(loader, *days):
    with loader.warehouse.connection() as connection, connection.cursor() as cursor:
        for day in days or product_facets.due(cursor):
            product_facets.make(cursor, day)
            connection.commit()


def known(loader):
    return [day for (day,) in loader.warehouse.rows("SELECT day FROM product_facet_days_known ORDER BY 1")]


def answers(loader):
    found = {}
    for filters in ({}, *FILTERS):
        given = json.dumps(filters)
        for call in (
            f"overview('{FIRST}', '{LAST}', '{given}', 'EUR')",
            f"event_mix('{FIRST}', '{LAST}', '{given}')",
            f"login_states('{FIRST}', '{LAST}', '{given}')",
            f"funnel_segments('{FIRST}', '{LAST}', 'category', '{given}')",
            f"funnel_segments('{FIRST}', '{LAST}', 'channel', '{given}')",
            f"timeseries('sessions', 'day', '{FIRST}', '{LAST}', '{given}')",
            f"timeseries('events', 'hour', '{FIRST}', '{LAST}', '{given}')",
            f"timeseries('visitors', 'day', '{FIRST}', '{LAST}', '{given}')",
            f"heatmap('sessions', '{FIRST}', '{LAST}', '{given}')",
            f"visitors('{FIRST}', '{LAST}', '{given}')",
            *(f"pages('{FIRST}', '{LAST}', '{kind}', 50, '{given}')" for kind in ("all", "entry", "exit")),
            *(f"channels('{FIRST}', '{LAST}', '{kind}', '{given}')" for kind in ("channel", "source", "campaign")),
            f"timeseries('events', 'week', '{FIRST}', '{LAST}', '{given}')",
        ):
            found[call] = loader.warehouse.rows(f"SELECT * FROM mart.{call}")
    return found


def counted(loader):
    """The answers from the facts alone."""
    loader.warehouse.rows("TRUNCATE product_facet_days_known")
    return answers(loader)


@pytest.fixture
def filled(loader):
    """A warehouse with the random shop's days, all that are over summed."""
    fill(loader, seed="product facets")
    make(loader)
    return loader


def test_sums_are_made_of_every_day_but_the_newest(filled):
    newest = filled.one("SELECT max(day) FROM audience_days")
    days = [day for (day,) in filled.warehouse.rows("SELECT DISTINCT day FROM audience_days ORDER BY 1")]
    assert known(filled) == [day for day in days if day != newest]
    assert due(filled) == []
    summed = answers(filled)
    assert filled.one("SELECT count(DISTINCT facet) FROM product_facet_days") == 4
    assert summed == counted(filled)
    assert due(filled) == [day for day in reversed(days) if day != newest]


def test_a_load_of_a_day_has_its_sums_made_anew(filled):
    before = known(filled)
    late = {"event_timestamp": filled.event()["event_timestamp"].replace(month=10, day=25, hour=12)}
    view = {"event_name": "product_view", "client_id": "late", "session_id": "late"}
    laptop = {"product_id": "p", "product_category": "Laptops", "product_brand": "Nord"}
    filled.load({**filled.event(**view, items=[laptop]), **late, "received_at": late["event_timestamp"]})
    assert known(filled) == [day for day in before if day != date(2026, 10, 25)]
    mixed = answers(filled)
    make(filled)
    assert known(filled) == before
    assert answers(filled) == mixed == counted(filled)


def test_a_product_that_moves_to_another_category_has_the_sums_of_its_days_made_anew(filled):
    before = known(filled)
    seen = {day for (day,) in filled.warehouse.rows("SELECT DISTINCT day FROM session_products WHERE product_id = 'r'")}
    newest = filled.one("SELECT max(day) FROM audience_days")
    tomorrow = filled.event()["event_timestamp"].replace(month=10, day=newest.day, hour=23, minute=59, second=59)
    moved = {"product_id": "r", "product_category": "Laptops", "product_brand": "Nord"}
    event = filled.event(event_name="product_view", client_id="new", session_id="new", items=[moved])
    filled.load({**event, "event_timestamp": tomorrow, "received_at": tomorrow})
    assert seen - {newest}
    assert known(filled) == [day for day in before if day not in seen]
    mixed = answers(filled)
    make(filled)
    assert answers(filled) == mixed == counted(filled)


def test_what_is_deleted_is_taken_out_of_the_sums(filled):
    before = answers(filled)
    filled.load(replace=[filled.one("SELECT min(ingest_window) FROM clickstream_events")])
    mixed = answers(filled)
    assert mixed != before
    make(filled)
    assert answers(filled) == mixed == counted(filled)


def test_a_day_of_which_nothing_is_left_is_not_summed(filled):
    filled.load(
        replace=[window for (window,) in filled.warehouse.rows("SELECT DISTINCT ingest_window FROM clickstream_events")]
    )
    assert due(filled) == []
    assert known(filled) == []
