"""Orders: the first checkout_complete wins, repeats are counted, refunds apply. Products: what is known last."""

from datetime import timedelta
from decimal import Decimal

import pytest


def checkout(loader, minutes=0, order_id="o", **columns):
    columns = {"order": {"total": 100, "currency": "EUR"}, "session_id": "s", **columns}
    return loader.event(minutes, event_name="checkout_complete", order_id=order_id, **columns)


def refund(loader, minutes, **order):
    return loader.event(minutes, event_name="refund", order_id="o", order=order)


def test_an_order_is_what_its_checkout_says(loader):
    order = {"total": 100.5, "currency": "EUR", "tax": 1, "shipping": 2, "discount": 3, "coupon": "X", "item_count": 4}
    loader.load(checkout(loader, order=order, user_id="u", client_id="c"))
    assert loader.one(
        "SELECT order_id, total, refunded, currency, tax, shipping, discount, coupon, item_count, repeats, user_id"
        " FROM orders"
    ) == ("o", Decimal("100.5"), 0, "EUR", 1, 2, 3, "X", 4, 0, "u")
    assert loader.one("SELECT orders, revenue, currency FROM sessions") == (1, Decimal("100.5"), "EUR")
    assert loader.one("SELECT converted FROM sessions_daily") == 1


def test_the_same_order_under_another_event_id_is_counted_and_not_added(loader):
    loader.load(checkout(loader, 0), checkout(loader, 1))
    loader.load(checkout(loader, 2, session_id="other"))
    assert loader.one("SELECT count(*), sum(total), sum(repeats) FROM orders") == (1, 100, 2)
    assert loader.warehouse.rows("SELECT session_id, orders, revenue FROM sessions ORDER BY 1") == [
        ("other", 0, 0),
        ("s", 1, 100),
    ]


def test_a_late_earlier_checkout_takes_the_order_over_and_both_sessions_say_so(loader):
    loader.load(checkout(loader, 60, session_id="later", client_id="a"))
    loader.load(checkout(loader, 0, session_id=None, client_id="b", order={"total": 70, "currency": "EUR"}))
    assert loader.one("SELECT client_id, total, repeats FROM orders") == ("b", 70, 1)
    assert loader.warehouse.rows("SELECT client_id, orders, revenue FROM sessions ORDER BY 1") == [
        ("a", 0, 0),
        ("b", 1, 70),
    ]


def test_deleting_the_first_checkout_gives_the_order_to_the_next(loader):
    start = loader.event()["event_timestamp"]
    loader.load(checkout(loader, 0, session_id="first"))
    loader.load(checkout(loader, 60, session_id="second"), window=start + timedelta(hours=1))
    loader.load(replace=[start])
    assert loader.one("SELECT session_id, repeats FROM orders") == ("second", 0)
    assert loader.warehouse.rows("SELECT session_id, orders FROM sessions") == [("second", 1)]


@pytest.mark.parametrize(
    ("refunds", "refunded"),
    [
        ([{"total": 30}], 30),
        ([{"total": 30}, {"total": 20}], 50),
        ([{}], 100),
        ([{"total": 30}, {}], 100),
        ([{"total": 130}], 100),
        ([{"total": -30}], 30),
        ([{"total": 0}], 0),
    ],
)
def test_refunds_are_taken_off_never_more_than_the_order(loader, refunds, refunded):
    loader.load(checkout(loader))
    for minutes, amounts in enumerate(refunds, 60):
        loader.load(refund(loader, minutes, **amounts))
    assert loader.one("SELECT refunded FROM orders") == refunded
    assert loader.one("SELECT revenue FROM sessions WHERE session_id = 's'") == 100 - refunded


def test_a_refund_that_comes_before_its_order_applies_when_the_order_comes(loader):
    loader.load(refund(loader, 60, total=30))
    assert loader.one("SELECT count(*) FROM orders") == 0
    loader.load(checkout(loader))
    assert loader.one("SELECT total, refunded FROM orders") == (100, 30)


def test_a_refund_changes_neither_the_number_of_orders_nor_the_sessions_conversion(loader):
    loader.load(checkout(loader), refund(loader, 60))
    assert loader.one("SELECT orders, revenue FROM sessions WHERE session_id = 's'") == (1, 0)
    assert loader.one("SELECT sum(converted) FROM sessions_daily") == 1


def test_a_checkout_without_a_total_is_an_order_of_nothing(loader):
    loader.load(checkout(loader, order={}))
    loader.load(refund(loader, 5, total=10))
    assert loader.one("SELECT total, refunded, currency FROM orders") == (0, 0, None)


def test_a_sessions_revenue_is_in_the_currency_of_its_first_order(loader):
    loader.load(
        checkout(loader, 0, "o1"),
        checkout(loader, 1, "o2", order={"total": 500_000, "currency": "VND"}),
        checkout(loader, 2, "o3"),
    )
    assert loader.one("SELECT orders, revenue, currency FROM sessions") == (3, 200, "EUR")


def test_a_checkout_without_an_order_id_is_a_purchase_step_and_no_order(loader):
    loader.load(checkout(loader, order_id=None))
    assert loader.one("SELECT (SELECT count(*) FROM orders), reached_purchase, orders FROM sessions") == (0, True, 0)


def item(**columns):
    return {"product_id": "p", **columns}


def test_a_product_has_its_latest_known_attributes(loader):
    loader.load(loader.event(0, items=[item(product_name="Old", product_brand="Nord", price=9)]))
    loader.load(loader.event(5, items=[item(product_name="New", price=10)]))
    assert loader.one("SELECT name, brand, price, category FROM products") == ("New", "Nord", 10, None)


def test_a_late_older_event_fills_in_only_what_is_not_known(loader):
    loader.load(loader.event(5, items=[item(product_name="New")]))
    loader.load(loader.event(0, items=[item(product_name="Old", product_brand="Nord", price=9)]))
    assert loader.one("SELECT name, brand, price FROM products") == ("New", "Nord", 9)
    assert loader.one("SELECT last_seen_at FROM products") == loader.event(5)["event_timestamp"]


def test_a_product_of_deleted_events_is_what_the_others_say(loader):
    start = loader.event()["event_timestamp"]
    loader.load(loader.event(0, items=[item(product_name="Old")]))
    loader.load(
        loader.event(70, items=[item(product_name="New"), {"product_id": "q"}]), window=start + timedelta(hours=1)
    )
    loader.load(replace=[start + timedelta(hours=1)])
    assert loader.warehouse.rows("SELECT product_id, name, last_seen_at FROM products") == [("p", "Old", start)]


def test_views_carts_and_purchases_of_a_product_are_counted_by_day_and_currency(loader):
    bought = [
        item(price=10, discount_price=8, quantity=2, currency="EUR"),
        item(price=3),
        {"product_id": "q", "price": 5, "quantity": 1.5},
        {"product_name": "nobody knows which"},
    ]
    loader.load(
        loader.event(0, event_name="product_view", items=[item()]),
        loader.event(1, event_name="product_view", items=[item()], is_bot=True),
        loader.event(2, event_name="add_to_cart_click", items=[item(), item()]),
        loader.event(3, event_name="category_view", items=[item()]),
        checkout(loader, 4, items=bought),
        checkout(loader, 5, items=bought),  # a repeat
    )
    assert loader.warehouse.rows(
        "SELECT product_id, currency, is_bot, views, add_to_carts, orders, units, revenue FROM products_daily"
        " ORDER BY product_id, currency, is_bot"
    ) == [
        ("p", "", False, 1, 1, 0, 0, 0),
        ("p", "", True, 1, 0, 0, 0, 0),
        ("p", "EUR", False, 0, 0, 1, 3, 19),
        ("q", "EUR", False, 0, 0, 1, Decimal("1.5"), Decimal("7.5")),
    ]


def test_a_purchase_moves_to_the_day_of_the_checkout_that_takes_the_order_over(loader):
    loader.load(checkout(loader, 24 * 60, items=[item(price=5)]))
    loader.load(checkout(loader, 0, items=[item(price=5)]))
    assert loader.warehouse.rows("SELECT day::text, orders FROM products_daily") == [("2026-11-22", 1)]
