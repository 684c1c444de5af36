"""A tick makes the sums by category and brand of the days that are over, as far as its time goes."""

from datetime import timedelta

from etl.app import make_logger
from etl.upkeep import sum_days_by_product

LAPTOP = {"id": "p", "name": "Aurora", "category": "Laptops", "brand": "Nord", "price": 900}


def views(lab, *hours):
    """Load a view of a laptop so many hours after the first window, each in a window of its own."""
    for hour in hours:
        lab.put(lab.event(60 * hour, eventName="product_view", clientId=f"c{hour}", product=LAPTOP), hours=hour)


def known(lab):
    return [
        (day - lab.window.date()).days
        for (day,) in lab.warehouse.rows("SELECT * FROM product_facet_days_known ORDER BY 1")
    ]


def test_days_are_summed_once_they_are_over(lab):
    lab.now = lab.window.replace(day=25)
    views(lab, 0)
    assert lab.tick().errors == []
    assert known(lab) == []
    views(lab, 24, 48)
    assert lab.tick().errors == []
    assert known(lab) == [0, 1]
    lab.books()
    assert lab.one("SELECT sum(sessions) FROM product_facet_days WHERE facet = 'category:Laptops'") == 2


def test_a_late_event_has_its_day_summed_anew(lab):
    lab.now = lab.window.replace(day=25)
    views(lab, 0, 24)
    assert lab.tick().errors == []
    views(lab, 1)
    assert lab.replace(1, 1).errors == []
    assert known(lab) == []
    assert lab.tick().errors == []
    assert known(lab) == [0]
    lab.books()
    assert lab.one("SELECT sum(sessions) FROM product_facet_days WHERE facet = 'brand:Nord'") == 2


def test_what_there_is_no_time_for_is_the_next_ticks(lab):
    lab.now = lab.window.replace(day=25)
    views(lab, 0, 24, 48)
    assert lab.tick().errors == []
    lab.warehouse.rows("TRUNCATE product_facet_days_known")
    with lab.warehouse.connection("clickstream_etl") as control:
        control.autocommit = True
        moments = iter([lab.now, lab.now + timedelta(seconds=2)])
        sum_days_by_product(control, lambda: next(moments), lab.deadline(1), make_logger(lab.settings))
    assert known(lab) == [1]  # the newest first
    assert lab.tick().errors == []
    assert known(lab) == [0, 1]
