import threading

import duckdb
import pyarrow as pa
import pytest

from warehouse.planned import PlannedQueries

_QUERIES = {
    "doubled": "SELECT number * 2 AS doubled FROM numbers ORDER BY number",
    "named": "SELECT n.name FROM numbers JOIN names n USING (number) ORDER BY name",
    "broken": "SELECT error('as told') FROM numbers",
}


def numbers(*given: int) -> pa.Table:
    return pa.table({"number": pa.array(given, pa.int64())})


@pytest.fixture
def queries() -> PlannedQueries:
    return PlannedQueries(_QUERIES.__getitem__)


def test_a_planned_query_reads_the_rows_that_are_shown_now(queries: PlannedQueries) -> None:
    with queries.desk(1, 64) as desk:
        for given in ((1, 2), (), (3,), tuple(range(10_000))):
            desk.show("numbers", numbers(*given))
            assert desk.ask("doubled")["doubled"].to_pylist() == [2 * number for number in given]
        desk.show("numbers", numbers(1, 2))
        desk.show("names", pa.table({"number": pa.array([2, 3], pa.int64()), "name": ["two", "three"]}))
        assert desk.ask("named")["name"].to_pylist() == ["two"]
        assert desk.ask("doubled")["doubled"].to_pylist() == [2, 4]


def test_it_is_planned_once() -> None:
    asked = []

    def query(name: str) -> str:
        asked.append(name)
        return _QUERIES[name]

    queries = PlannedQueries(query)
    for given in (1, 2, 3):
        with queries.desk(1, 64) as desk:
            desk.show("numbers", numbers(given))
            assert desk.ask("doubled")["doubled"].to_pylist() == [2 * given]
    assert asked == ["doubled"]


def test_a_desk_is_cleared_when_it_is_given_back(queries: PlannedQueries) -> None:
    with queries.desk(1, 64) as desk:
        desk.show("numbers", numbers(1))
    with queries.desk(1, 64) as again:
        assert again is desk
        assert again.ask("doubled").num_rows == 0


def test_other_columns_than_before_are_refused(queries: PlannedQueries) -> None:
    with queries.desk(1, 64) as desk:
        desk.show("numbers", numbers(1))
        with pytest.raises(ValueError, match="numbers has other columns"):
            desk.show("numbers", pa.table({"number": ["1"]}))


def test_a_desk_that_failed_is_not_used_again(queries: PlannedQueries) -> None:
    failed = None

    def fail() -> None:
        nonlocal failed
        with queries.desk(1, 64) as failed:
            failed.show("numbers", numbers(1))
            failed.ask("broken")

    with pytest.raises(duckdb.Error, match="as told"):
        fail()
    with queries.desk(1, 64) as desk:
        assert desk is not failed
        desk.show("numbers", numbers(4))
        assert desk.ask("doubled")["doubled"].to_pylist() == [8]


def test_two_at_once_have_a_desk_each(queries: PlannedQueries) -> None:
    both = threading.Barrier(2, timeout=20)
    found: dict[int, list[int]] = {}

    def work(given: int) -> None:
        with queries.desk(1, 64) as desk:
            desk.show("numbers", numbers(given))
            both.wait()
            found[given] = desk.ask("doubled")["doubled"].to_pylist()

    threads = [threading.Thread(target=work, args=(given,)) for given in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == {1: [2], 2: [4]}
