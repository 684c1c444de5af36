"""When an event happened: the browser's clock, corrected by sentAt, believed within a range around its receipt."""

import pytest

RECEIVED = "2026-11-22T07:10:00.000Z"
HELD = "2026-11-22 07:10:00+00"

# name: (eventTimestamp, sentAt, receivedAt, expected event time, flagged)
CLOCKS = {
    "a good clock": ("2026-11-22T07:09:58.250Z", None, RECEIVED, "2026-11-22 07:09:58.25+00", False),
    "a good clock that says when it sent": (
        "2026-11-22T07:09:50Z", "2026-11-22T07:09:58Z", RECEIVED, "2026-11-22 07:09:50+00", False,
    ),
    "five seconds on the way are no wrong clock": (
        "2026-11-22T07:09:50Z", "2026-11-22T07:09:55Z", RECEIVED, "2026-11-22 07:09:50+00", False,
    ),
    "a clock one hour behind": (
        "2026-11-22T06:09:50Z", "2026-11-22T06:10:00Z", RECEIVED, "2026-11-22 07:09:50+00", True,
    ),
    "a clock three years ahead": (
        "2029-11-22T07:09:00Z", "2029-11-22T07:10:00Z", RECEIVED, "2026-11-22 07:09:00+00", True,
    ),
    "an event kept offline for two days": (
        "2026-11-20T07:10:00Z", "2026-11-22T07:10:00Z", RECEIVED, "2026-11-20 07:10:00+00", False,
    ),
    "a clock ahead that does not say when it sent": ("2026-11-22T07:16:00Z", None, RECEIVED, HELD, True),
    "four minutes ahead are believed": ("2026-11-22T07:14:00Z", None, RECEIVED, "2026-11-22 07:14:00+00", False),
    "just inside of seven days": ("2026-11-15T07:10:01Z", None, RECEIVED, "2026-11-15 07:10:01+00", False),
    "seven days": ("2026-11-15T07:10:00Z", None, RECEIVED, HELD, True),
    "the year 1": ("0001-01-01T00:00:00Z", None, RECEIVED, HELD, True),
    "the year 9999": ("9999-12-31T23:59:59Z", None, RECEIVED, HELD, True),
    "sent in the year 9999, happened in the year 1": (
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", RECEIVED, HELD, True,
    ),
    "sent in the year 1, happened in the year 9999": (
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", RECEIVED, HELD, True,
    ),
    "no time": (None, None, RECEIVED, HELD, False),
    "no time, a wrong clock": (None, "2026-11-22T01:10:00Z", RECEIVED, HELD, False),
    "a sentAt that is no time": ("2026-11-22T07:09:00Z", "now", RECEIVED, "2026-11-22 07:09:00+00", False),
}  # fmt: skip


def test_the_clock_is_believed_corrected_or_replaced(transform, make_event):
    done = transform(
        *(
            make_event(eventTimestamp=happened, _ingest={"sentAt": sent, "receivedAt": received})
            for happened, sent, received, _, _ in CLOCKS.values()
        )
    )
    found = {
        name: (row["event_timestamp"], row["clock_corrected"] == "true")
        for name, row in zip(CLOCKS, done.events, strict=True)
    }
    assert found == {name: (expected, flagged) for name, (_, _, _, expected, flagged) in CLOCKS.items()}


# How the same moment may be written.
FORMS = [
    "2026-11-22T07:05:00Z",
    "2026-11-22T07:05:00.000Z",
    "2026-11-22T07:05:00.000000Z",
    "2026-11-22T14:05:00+07:00",
    "2026-11-22T02:05:00-0500",
    "2026-11-22T07:05:00",
    "2026-11-22 07:05:00",
    "2026-11-22T07:05Z",
    "2026-11-22t07:05:00z",
    "2026-11-22_07:05:00",
    "2026-11-22T07:05:00,000Z",
    "2026-11-22T02:05:00\N{MINUS SIGN}05:00",
    1795331100000,
    1795331100,
    "1795331100000",
    "1795331100.0",
    1795331100000.2,
]


def test_a_moment_may_be_written_in_many_ways(transform, make_event):
    done = transform(*(make_event(eventTimestamp=form, _ingest={"receivedAt": RECEIVED}) for form in FORMS))
    assert done.rejects == []
    found = [row["event_timestamp"] for row in done.events]
    assert found == ["2026-11-22 07:05:00+00"] * len(FORMS)


RECEIPTS = {
    "as the collector writes it": ("2026-11-22T07:10:00.123Z", "2026-11-22 07:10:00.123+00"),
    "at the border of the window": ("2026-11-22T08:00:00.004Z", "2026-11-22 08:00:00.004+00"),
    "missing": (None, "2026-11-22 07:00:00+00"),
    "words": ("soon", "2026-11-22 07:00:00+00"),
    "two days from its window": ("2026-11-24T07:10:00Z", "2026-11-22 07:00:00+00"),
    "the year 9999": ("9999-12-31T23:59:59Z", "2026-11-22 07:00:00+00"),
    "an absurd number": (9_999_999_999_999_999, "2026-11-22 07:00:00+00"),
}


def test_a_receipt_far_from_the_window_is_the_windows_start(transform, make_event):
    done = transform(*(make_event(_ingest={"receivedAt": receipt}) for receipt, _ in RECEIPTS.values()))
    found = {name: row["received_at"] for name, row in zip(RECEIPTS, done.events, strict=True)}
    assert found == {name: expected for name, (_, expected) in RECEIPTS.items()}
    assert {row["ingest_window"] for row in done.events} == {"2026-11-22 07:00:00+00"}


@pytest.mark.parametrize("days", [6, 8])
def test_a_late_event_of_an_import_keeps_its_time_within_a_week(transform, make_event, days):
    event = transform(
        make_event(eventTimestamp=f"2026-11-{22 - days:02}T07:00:00Z", _ingest={"receivedAt": "2026-11-22T07:00:00Z"})
    ).event
    assert (event["clock_corrected"] == "true") == (days == 8)
