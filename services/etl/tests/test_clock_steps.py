"""Clocks that are wrong, are put right, or run over a leap day, a year's end and a change of summer time."""

from datetime import UTC, datetime, timedelta

import pytest

from warehouse.migrate import migrate

HOUR = timedelta(hours=1)


def by_clean_load(lab):
    """What a warehouse is that has loaded the same lake at once."""
    lab.clear()
    lab.tick()
    return lab.contents()


@pytest.mark.parametrize("step", [timedelta(hours=3), timedelta(days=400)])
def test_a_host_clock_that_was_ahead_and_is_put_right_keeps_nothing_from_being_loaded(lab, step):
    right = lab.now
    lab.put(lab.event(0))
    lab.now = right + step
    lab.tick()  # the watermark is in the future now
    lab.now = right + HOUR
    lab.put(lab.event(50), lab.event(65), hours=1)
    lab.put(lab.event(5), hours=0)
    assert lab.tick().counts.loaded == 3
    assert lab.contents()["clickstream_events"] == by_clean_load(lab)["clickstream_events"]


def test_a_host_clock_that_falls_back_loads_nothing_twice_and_what_it_cannot_see_yet_later(lab):
    lab.put(lab.event(0))
    lab.put(lab.event(65), hours=1)
    lab.now += HOUR
    assert lab.tick().counts.loaded == 2
    lab.put(lab.event(66), hours=1)
    lab.now -= 2 * HOUR  # before the hour of what is loaded
    assert lab.tick().counts.loaded == 0
    lab.now += 2 * HOUR
    assert lab.tick().counts.loaded == 1
    assert lab.books().loaded == 3


def test_a_collector_whose_clock_was_ahead_has_its_events_loaded_when_their_hour_has_come(lab):
    ahead = lab.put(lab.event(60 * 30), hours=30)
    lab.put(lab.event(0))
    assert lab.tick().counts.loaded == 1
    lab.now += 30 * HOUR
    assert lab.tick().counts.loaded == 1
    assert ("loaded", ahead) in lab.warehouse.rows(
        "SELECT state, object_key FROM etl.objects JOIN etl.windows USING (ingest_window)"
    )


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        (datetime(2028, 2, 28, 23, tzinfo=UTC), ["2028-02-28", "2028-02-29", "2028-03-01"]),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), ["2026-12-31", "2027-01-01"]),
    ],
)
def test_a_leap_day_and_a_years_end_are_days_like_others(lab, moment, days):
    first = int((moment - lab.window) / HOUR)
    hours = 26 if len(days) == 3 else 2
    for hour in range(first, first + hours):
        lab.put(lab.event(60 * hour), lab.event(60 * hour + 59), hours=hour)
    lab.now = moment + hours * HOUR
    assert lab.tick().counts.loaded == 2 * hours
    found = lab.warehouse.rows("SELECT DISTINCT event_timestamp::date::text FROM clickstream_events ORDER BY 1")
    assert [day for (day,) in found] == days
    ((events,),) = lab.warehouse.rows(
        "SELECT sum(value) FROM mart.timeseries('events', 'day', %s, %s)", (days[0], days[-1])
    )
    assert events == 2 * hours


@pytest.mark.parametrize(
    ("night", "hours"), [(datetime(2026, 3, 29, tzinfo=UTC), 23), (datetime(2026, 10, 25, tzinfo=UTC), 25)]
)
def test_a_day_of_23_or_of_25_hours_has_each_of_its_hours_once(lab, night, hours):
    """One event each half hour around the night in which Berlin's clocks change."""
    migrate(lab.warehouse.owner_url, lab.warehouse.role_passwords, "Europe/Berlin")
    first = int((night - lab.window) / HOUR) - 6
    for hour in range(first, first + 36):
        lab.put(lab.event(60 * hour), lab.event(60 * hour + 30), hours=hour)
    lab.now = night + 40 * HOUR
    assert lab.tick().counts.loaded == 72
    day = f"{night:%Y-%m-%d}"
    ((events,),) = lab.warehouse.rows("SELECT sum(value) FROM mart.timeseries('events', 'day', %s, %s)", (day, day))
    assert events == 2 * hours


def test_events_of_the_far_past_and_future_are_kept_at_their_receipt_and_flagged(lab):
    told = [timedelta(days=-8), timedelta(days=-3650), timedelta(minutes=10), timedelta(days=3650)]
    believed = [timedelta(days=-6), timedelta(minutes=4)]
    received = lab.window + timedelta(minutes=30)
    lab.put(
        *(
            lab.event(30) | {"eventTimestamp": (received + each).isoformat().replace("+00:00", "Z")}
            for each in (*told, *believed)
        )
    )
    assert lab.tick().counts.loaded == 6
    rows = lab.warehouse.rows(
        "SELECT event_timestamp - received_at, clock_corrected FROM clickstream_events ORDER BY 1"
    )
    assert sorted(rows) == sorted([(timedelta(0), True)] * 4 + [(each, False) for each in believed])
