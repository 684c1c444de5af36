from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake import events_key, parse_key, rejected_key, window_of
from lake.keys import range_prefixes

BATCH = UUID("01a20589-61af-784d-84c3-44d3c0137453")
WINDOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def test_a_key_tells_root_window_and_count() -> None:
    key = events_key(WINDOW, BATCH, 412)
    assert key == f"events/2026/11/22/07/events-{BATCH}.412.ndjson.gz"
    parsed = parse_key(key, 99)
    assert parsed is not None
    assert (parsed.root, parsed.window, parsed.count, parsed.size, parsed.compressed) == (
        "events",
        WINDOW,
        412,
        99,
        True,
    )
    refused = parse_key(rejected_key(WINDOW, BATCH, 3))
    assert refused is not None
    assert (refused.root, refused.count) == ("rejected", 3)


def test_a_bare_event_of_an_older_collector_counts_one() -> None:
    parsed = parse_key(f"events/2026/11/22/07/event-{BATCH}.json")
    assert parsed is not None
    assert (parsed.count, parsed.compressed) == (1, False)


@pytest.mark.parametrize(
    "key",
    [
        "health/probe",
        f"events/2026/13/40/25/events-{BATCH}.1.ndjson.gz",
        f"events/2026/11/22/events-{BATCH}.1.ndjson.gz",
        f"events/2026/11/22/07/events-{BATCH}.ndjson.gz",
        f"events/2026/11/22/07/events-{BATCH}.1.ndjson.gz.tmp",
        f"other/2026/11/22/07/events-{BATCH}.1.ndjson.gz",
    ],
)
def test_a_key_of_another_layout_is_nobodys(key: str) -> None:
    assert parse_key(key) is None


def test_a_window_is_an_hour_of_utc_wherever_the_moment_was_read() -> None:
    saigon = timezone(timedelta(hours=7))
    assert window_of(datetime(2026, 11, 22, 14, 59, 59, tzinfo=saigon)) == WINDOW
    with pytest.raises(ValueError, match="no time zone"):
        window_of(datetime(2026, 11, 22, 14))  # the mistake in question


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.integers(1, 10**8))
def test_every_key_that_is_made_can_be_read(moment: datetime, count: int) -> None:
    parsed = parse_key(events_key(window_of(moment), BATCH, count))
    assert parsed is not None
    assert (parsed.window, parsed.count) == (window_of(moment), count)


@pytest.mark.parametrize(
    ("hours", "prefixes"),
    [
        (2, ["events/2026/11/29/23/", "events/2026/11/30/00/"]),
        (25, ["events/2026/11/29/", "events/2026/11/30/"]),
    ],
)
def test_a_short_range_is_listed_by_the_hour_and_a_long_one_by_the_day(hours: int, prefixes: list[str]) -> None:
    start = datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert list(range_prefixes("events", start, start + timedelta(hours=hours))) == prefixes
