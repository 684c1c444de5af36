"""What is derived from events does not depend on how they arrived."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.derive import remake_everything

NAMES = ("page_view", "product_view", "add_to_cart_click", "checkout_start", "checkout_complete", "refund", "my_event")
WINDOWS = 4
# A try takes seconds: `make test-fuzz` makes more of them.
TRIES = 100 if settings.get_current_profile_name() == "fuzz" else 12

ITEMS = st.fixed_dictionaries(
    {"product_id": st.sampled_from(["p1", "p2", None])},
    optional={
        "product_name": st.sampled_from(["Aurora", "Borealis"]),
        "product_brand": st.sampled_from(["Nord", "Süd"]),
        "price": st.sampled_from([9, 10, 25.5]),
        "quantity": st.sampled_from([1, 2]),
        "currency": st.sampled_from(["EUR", "VND"]),
    },
)
EVENTS = st.fixed_dictionaries(
    {
        # Gaps around the 30 minutes of a session, around midnight, and a day and more.
        "minutes": st.sampled_from([0, 1, 29, 30, 31, 59.9, 60, 90, 1019, 1021, 1049, 2460, 2500]),
        "event_name": st.sampled_from(NAMES),
        "client_id": st.sampled_from(["c1", "c2", None]),
        "session_id": st.sampled_from([None, None, "s1", "s2"]),
        "window": st.integers(0, WINDOWS - 1),
    },
    optional={
        "order_id": st.sampled_from(["o1", "o2"]),
        "order": st.fixed_dictionaries(
            {}, optional={"total": st.sampled_from([100, 40]), "currency": st.sampled_from(["EUR", "VND"])}
        ),
        "items": st.lists(ITEMS, max_size=2),
        "user_id": st.sampled_from(["u1", "u2"]),
        "sequence": st.integers(0, 3),
        "is_bot": st.booleans(),
        "channel": st.sampled_from(["Direct", "Email"]),
        "device_type": st.sampled_from(["desktop", "mobile"]),
        "page_path": st.sampled_from(["/", "/a"]),
        "country": st.sampled_from(["VN", "DE"]),
        "utm_source": st.sampled_from(["letter", "partner"]),
        "utm_medium": st.just("email"),
    },
)


@st.composite
def arrivals(draw):
    """Events, an order of steps (load some events of a window, or replace a window), and whether all is made anew."""
    events = draw(st.lists(EVENTS, min_size=2, max_size=14))
    shuffled = draw(st.permutations(range(len(events))))
    steps = []
    while shuffled:
        size = draw(st.integers(1, len(shuffled)))
        batch, shuffled = shuffled[:size], shuffled[size:]
        steps.append(("load", batch))
        if draw(st.booleans()):
            steps.append(("replace", draw(st.sets(st.integers(0, WINDOWS - 1), min_size=1))))
    return events, steps, draw(st.integers(1, 4)) == 1


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_any_order_of_arrival_and_any_replaces_give_what_one_load_of_everything_gives(loader, zone):
    loader.warehouse.rows("UPDATE site SET time_zone = %s", (zone,))
    start = loader.event()["event_timestamp"]

    @settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(arrivals())
    def holds(arrival):
        drawn, steps, anew = arrival
        loader.clear()
        events = []
        for fields in drawn:
            columns = {name: value for name, value in fields.items() if name not in ("minutes", "window")}
            window = start + timedelta(hours=fields["window"])
            events.append({**loader.event(fields["minutes"], **columns), "ingest_window": window})
        arrived = set()
        for kind, what in steps:
            if kind == "load":
                loader.load(*(events[index] for index in what))
                arrived |= set(what)
            else:
                windows = [start + timedelta(hours=number) for number in what]
                loader.load(*(events[i] for i in arrived if events[i]["ingest_window"] in windows), replace=windows)
        bit_by_bit = loader.contents()
        loader.clear()
        loader.load(*events)
        assert bit_by_bit == loader.contents()
        if anew:
            with loader.warehouse.connection() as connection:
                connection.autocommit = False
                with connection.cursor() as cursor:
                    remake_everything(cursor, piece_events=1)  # a piece an hour
                connection.commit()
            assert bit_by_bit == loader.contents()

    holds()
