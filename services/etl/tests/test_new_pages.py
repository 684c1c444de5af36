"""What a load has written is found by time at once."""


def test_after_a_load_no_page_is_left_out_of_the_indexes_by_time(lab):
    lab.put(*(lab.event(minutes=n / 100, clientId="c", sessionId=f"s{n}") for n in range(4000)))
    assert lab.tick().errors == []
    assert lab.warehouse.rows("SELECT etl.summarize_new_pages()") == [(0,)]
    lab.warehouse.rows("CREATE TABLE new_pages AS SELECT 1 AS n; CREATE INDEX ON new_pages USING brin (n)")
    lab.warehouse.rows("INSERT INTO new_pages SELECT generate_series(1, 100000)")
    assert lab.warehouse.rows("SELECT etl.summarize_new_pages() > 0") == [(True,)]
