"""What a load has written is found by time at once."""

import threading
from datetime import timedelta

import pytest

from etl.errors import LoadError
from etl.load import windows


def test_after_a_load_no_page_is_left_out_of_the_indexes_by_time(lab):
    lab.put(*(lab.event(minutes=n / 100, clientId="c", sessionId=f"s{n}") for n in range(4000)))
    assert lab.tick().errors == []
    assert lab.warehouse.rows("SELECT etl.summarize_new_pages(false)") == [(0,)]
    lab.warehouse.rows("CREATE TABLE new_pages AS SELECT 1 AS n; CREATE INDEX ON new_pages USING brin (n)")
    lab.warehouse.rows("INSERT INTO new_pages SELECT generate_series(1, 100000)")
    assert lab.warehouse.rows("SELECT etl.summarize_new_pages(false) > 0") == [(True,)]


def test_nor_after_a_load_that_failed_further_on(lab):
    lab.put(*(lab.event(minutes=n / 100, clientId="c", sessionId=f"s{n}") for n in range(4000)))
    lab.now += timedelta(hours=4)
    bad = [lab.put(lab.event(60 * hours), hours=hours) for hours in (1, 2, 3)]
    with pytest.raises(LoadError, match="3 times in a row"):
        lab.runner(lab.refusing(*bad)).tick()
    assert lab.one("SELECT count(*) FROM clickstream_events") == 4000
    assert lab.warehouse.rows("SELECT etl.summarize_new_pages(false)") == [(0,)]


def test_a_large_load_waits_for_autovacuum_to_give_way(lab, monkeypatch):
    lab.warehouse.rows("CREATE TABLE new_pages (n integer); CREATE INDEX ON new_pages USING brin (n)")
    lab.warehouse.rows("INSERT INTO new_pages SELECT generate_series(1, 100000)")
    # Autovacuum holds this lock too, and gives it up when somebody has waited for a second.
    holder = lab.warehouse.connection()
    with holder as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("LOCK TABLE new_pages IN SHARE UPDATE EXCLUSIVE MODE")
        lab.put(lab.event())
        assert lab.tick().errors == []
        assert lab.warehouse.rows("SELECT etl.summarize_new_pages(false)") == [(0,)]
        lab.put(lab.event())
        monkeypatch.setattr(windows, "_MANY_EVENTS", 1)
        giving_way = threading.Timer(1.2, connection.rollback)
        giving_way.start()
        assert lab.tick().errors == []
        giving_way.join(20)
    assert lab.warehouse.rows("SELECT brin_summarize_new_values('new_pages_n_idx')") == [(0,)]
