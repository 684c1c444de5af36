"""Sessions: the tracker's, else a client's hits without a pause of 1,800 seconds; and clients."""

from datetime import timedelta

import pytest

SECOND = 1 / 60


def sessions(loader):
    """(key without its epoch, first and last minute, events) of every session."""
    start = loader.event()["event_timestamp"]
    return [
        (
            key.rpartition(":")[0] if key.startswith("i:") else key,
            *((at - start) / timedelta(minutes=1) for at in times),
            n,
        )
        for key, *times, n in loader.warehouse.rows(
            "SELECT session_key, started_at, ended_at, events FROM sessions ORDER BY started_at, session_key"
        )
    ]


def test_the_trackers_session_is_one_session_whatever_its_pauses(loader):
    loader.load(*(loader.event(minutes, session_id="s", client_id="c") for minutes in (0, 100, 3000)))
    assert sessions(loader) == [("s:s", 0, 3000, 3)]


@pytest.mark.parametrize(("pause", "count"), [(30 - SECOND, 1), (30, 2), (30 + SECOND, 2)])
def test_a_pause_of_exactly_1800_seconds_starts_a_new_session(loader, pause, count):
    loader.load(loader.event(0, client_id="c"), loader.event(pause, client_id="c"))
    assert len(sessions(loader)) == count


@pytest.mark.parametrize("pause", [30 - SECOND, 30])
def test_the_same_pause_counts_the_same_when_the_hits_come_in_two_loads(loader, pause):
    for minutes in (pause, 0):
        loader.load(loader.event(minutes, client_id="c"))
    assert len(sessions(loader)) == (1 if pause < 30 else 2)


def test_a_late_hit_between_two_sessions_makes_them_one(loader):
    loader.load(loader.event(0, client_id="c"), loader.event(50, client_id="c"))
    assert len(sessions(loader)) == 2
    loader.load(loader.event(25, client_id="c"))
    assert sessions(loader) == [("i:c", 0, 50, 3)]


def test_a_late_earlier_hit_becomes_the_sessions_beginning(loader):
    loader.load(loader.event(10, client_id="c", page_path="/second", channel="Direct"))
    loader.load(loader.event(0, client_id="c", page_path="/first", channel="Email"))
    assert loader.one("SELECT entry_page, exit_page, channel, duration_seconds FROM sessions") == (
        "/first", "/second", "Email", 600,
    )  # fmt: skip


def test_a_session_knows_the_ids_of_its_events_in_the_order_of_time(loader):
    loader.load(*(loader.event(minutes, session_id="s", client_id="c") for minutes in (5, 0)))
    loader.load(loader.event(3, session_id="s", client_id="c"), *(loader.event(m, client_id="d") for m in (2, 60)))
    wrong = loader.warehouse.rows("""
        SELECT s.session_key FROM sessions s JOIN LATERAL (
            SELECT string_agg(uuid_send(e.event_id), ''::bytea ORDER BY e.event_timestamp) AS ids
            FROM clickstream_events e
            WHERE e.session_id = s.session_id
               OR e.session_id IS NULL AND e.client_id = s.client_id
                  AND e.event_timestamp BETWEEN s.started_at AND s.ended_at
        ) e ON true
        WHERE e.ids IS DISTINCT FROM s.event_ids""")
    assert (loader.one("SELECT count(*) FROM sessions"), wrong) == (3, [])


def test_sessions_go_over_midnight_and_over_windows(loader):
    day = 17 * 60  # minutes from 07:00 to midnight
    loader.load(loader.event(day - 10, client_id="c"))
    loader.load(loader.event(day + 5, client_id="c"), window=loader.event(day)["event_timestamp"])
    assert sessions(loader) == [("i:c", day - 10, day + 5, 2)]
    assert loader.one("SELECT day::text, sessions FROM sessions_daily") == ("2026-11-22", 1)


def test_a_session_that_a_late_hit_moves_to_the_day_before_leaves_its_old_day(loader):
    midnight = 17 * 60
    loader.load(loader.event(midnight + 5, client_id="c"))
    assert loader.one("SELECT day::text FROM sessions_daily") == "2026-11-23"
    loader.load(loader.event(midnight - 5, client_id="c"))
    assert loader.warehouse.rows("SELECT day::text, sessions FROM sessions_daily") == [("2026-11-22", 1)]
    assert loader.warehouse.rows("SELECT day::text, viewed FROM funnel_daily") == [("2026-11-22", 1)]


def test_clients_have_sessions_of_their_own(loader):
    loader.load(*(loader.event(minutes, client_id=client) for minutes in (0, 1) for client in ("a", "b")))
    assert sessions(loader) == [("i:a", 0, 1, 2), ("i:b", 0, 1, 2)]


def test_hits_with_and_without_a_session_id_are_different_sessions(loader):
    loader.load(loader.event(0, client_id="c", session_id="s"), loader.event(1, client_id="c"))
    assert sessions(loader) == [("s:s", 0, 0, 1), ("i:c", 1, 1, 1)]


def test_a_hit_of_nobody_is_an_event_and_no_session(loader):
    loader.load(loader.event())
    assert loader.one("SELECT (SELECT count(*) FROM clickstream_events), (SELECT count(*) FROM sessions)") == (1, 0)


def test_hits_at_the_same_moment_are_ordered_by_their_sequence(loader):
    loader.load(
        loader.event(0, session_id="s", sequence=2, page_path="/b", channel="Email"),
        loader.event(0, session_id="s", sequence=1, page_path="/a", channel="Direct"),
        loader.event(0, session_id="s", sequence=3, page_path="/c", channel="Referral"),
    )
    assert loader.one("SELECT entry_page, exit_page, channel FROM sessions") == ("/a", "/c", "Direct")


def test_a_session_says_how_far_it_came(loader):
    names = (
        "page_view",
        "home_view",
        "product_view",
        "add_to_cart_click",
        "checkout_start",
        "checkout_complete",
        "mine",
    )
    loader.load(
        *(
            loader.event(number, session_id="s", client_id="c", event_name=name, user_id=user, country=country)
            for number, (name, user, country) in enumerate(
                zip(names, (None, None, "u1", "u2", None, None, None), (None, "VN", "DE", *[None] * 4), strict=True)
            )
        )
    )
    assert loader.one(
        "SELECT events, page_views, user_id, country, reached_view, reached_product_view, reached_add_to_cart,"
        " reached_checkout, reached_purchase, orders FROM sessions"
    ) == (7, 1, "u2", "VN", True, True, True, True, True, 0)
    assert loader.one("SELECT viewed, product_viewed, added_to_cart, checked_out, purchased FROM funnel_daily") == (
        1,
        1,
        1,
        1,
        1,
    )


def test_a_custom_event_alone_reaches_nothing(loader):
    loader.load(loader.event(event_name="mine", session_id="s"))
    assert loader.one("SELECT reached_view, page_views FROM sessions") == (False, 0)


def test_one_hit_of_a_bot_makes_a_bots_session(loader):
    loader.load(loader.event(0, session_id="s"), loader.event(1, session_id="s", is_bot=True))
    assert loader.one("SELECT is_bot FROM sessions") is True


def test_a_client_is_the_sum_of_its_sessions(loader):
    loader.load(
        loader.event(0, client_id="c", user_id="u2", channel="Email"),
        loader.event(100, client_id="c", user_id="u1", channel="Direct"),
        loader.event(200, client_id="c"),
    )
    start = loader.event()["event_timestamp"]
    assert loader.one("SELECT first_seen_at, last_seen_at, first_channel, sessions, user_ids, is_bot FROM clients") == (
        start,
        start + timedelta(minutes=200),
        "Email",
        3,
        ["u1", "u2"],
        False,
    )


def test_deleting_the_hit_that_joined_two_sessions_parts_them_again(loader):
    start = loader.event()["event_timestamp"]
    loader.load(loader.event(0, client_id="c"), loader.event(50, client_id="c"))
    loader.load(loader.event(25, client_id="c"), window=start + timedelta(hours=1))
    loader.load(replace=[start + timedelta(hours=1)])
    assert sessions(loader) == [("i:c", 0, 0, 1), ("i:c", 50, 50, 1)]


def test_deleting_all_hits_of_a_client_deletes_its_sessions_and_the_client(loader):
    start = loader.event()["event_timestamp"]
    loader.load(loader.event(0, client_id="c"), loader.event(1, client_id="d", session_id="s"))
    loader.load(replace=[start])
    assert all(rows == [] for rows in loader.contents().values())


def test_a_client_keeps_every_user_id_also_of_sessions_that_several_logged_in_to(loader):
    loader.load(
        *(loader.event(minutes, session_id="s", client_id="c", user_id=user) for minutes, user in enumerate("bac")),
        loader.event(3, session_id="s", client_id="c"),
        loader.event(90, client_id="c", user_id="d"),
        loader.event(91, client_id="c", user_id="a"),
    )
    assert loader.warehouse.rows("SELECT user_id, user_ids FROM sessions ORDER BY started_at") == [
        ("c", ["a", "b", "c"]),
        ("a", ["a", "d"]),
    ]
    assert loader.one("SELECT user_ids, sessions FROM clients") == (["a", "b", "c", "d"], 2)
    loader.load(window=loader.event()["received_at"], replace=[loader.event()["received_at"]])
    assert loader.warehouse.rows("SELECT user_ids FROM clients") == []
