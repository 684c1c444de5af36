"""A shop's random days, most of whose events are near the borders of days."""

import random
from datetime import date, timedelta

from warehouse.tables import metadata

FACETS = tuple(sorted(name for name in metadata.tables if name.startswith("facet_")))
NAMES = (
    "page_view",
    "home_view",
    "category_view",
    "product_view",
    "add_to_cart_click",
    "checkout_start",
    "search",
    "mine",
    "yours",
)
PRODUCTS = [
    {"product_id": "p", "product_category": "Laptops", "product_brand": "Nord", "product_name": "Aurora"},
    {"product_id": "q", "product_category": "Laptops", "product_brand": "Süd"},
    {"product_id": "r", "product_category": "Mice", "product_brand": "Nord"},
    {"product_id": "x"},
]
# Clocks go back: Berlin at 03:00 on 25 October 2026; the Azores at 01:00, so that an hour after midnight comes twice.
FIRST, LAST = date(2026, 10, 23), date(2026, 10, 27)


def fill(loader, seed):
    """Load some hundred random events around the five days.

    Args:
        loader: of the warehouse.
        seed: makes the same events again.
    """
    rng = random.Random(seed)  # noqa: S311 -- reproducible
    start = loader.event()["event_timestamp"].replace(month=10, day=22, hour=0)
    events = []
    for number in range(500):
        minutes = rng.uniform(0, 7 * 24 * 60)
        if rng.random() < 0.5:
            minutes = round(minutes / 15) * 15 + rng.choice([-1 / 60, 0, 1 / 60])  # around the quarters of hours
        order = rng.random() < 0.15
        columns = {
            "event_name": rng.choice(["checkout_complete", "refund"]) if order else rng.choice(NAMES),
            "client_id": rng.choice(["a", "b", "c", "d", None]),
            "session_id": rng.choice([None, f"s{number // 7}"]),
            "is_bot": rng.random() < 0.2,
            "channel": rng.choice(["Direct", "Email"]),
            "utm_source": rng.choice(["google", "letter", None]),
            "utm_medium": rng.choice(["cpc", "email", None]),
            "utm_campaign": rng.choice(["autumn", None]),
            "device_type": rng.choice(["desktop", "mobile"]),
            "country": rng.choice(["VN", "DE", None]),
            "user_login_state": rng.choice(["logged_in", "anonymous", "guest", None]),
            "page_path": rng.choice(["/", "/a/1", "/a/2", "/cart", None]),
            "items": [
                rng.choice(PRODUCTS) | {"price": rng.randint(1, 50), "quantity": rng.randint(1, 3)}
                for _ in range(rng.randint(0, 2))
            ],
        }
        if columns["event_name"] == "search":
            columns["search_query"] = rng.choice(["Mouse", " mouse", "desk", ""])
        if order:
            currency = rng.choice(["EUR", "EUR", "EUR", "EUR", "VND", None])
            columns |= {
                "order_id": f"o{rng.randint(1, 40)}",
                "order": {"total": rng.randint(1, 99), "currency": currency},
            }
        moment = start + timedelta(minutes=minutes)
        events.append(loader.event(**columns) | {"event_timestamp": moment, "received_at": moment})
    for index in range(0, 500, 100):
        loader.load(*events[index : index + 100])
