"""A window that cannot be loaded is told, kept apart, and loaded once the cause is gone."""

import threading
from datetime import timedelta

import psycopg2
import pytest

from etl.errors import LoadError
from lake import LakeUnavailableError
from warehouse.books import Counts
from warehouse.errors import WarehouseError, WarehouseUnavailableError

# A line of the warehouse that cannot be written breaks the SQL of its whole transaction.
POISON = "ALTER TABLE clickstream_events ADD CONSTRAINT poison CHECK (event_name <> 'poison')"
CURE = "ALTER TABLE clickstream_events DROP CONSTRAINT poison"


def errors(lab):
    found = lab.warehouse.rows("SELECT ingest_window, attempts, error FROM etl.windows WHERE state = 'failed'")
    return {int((window - lab.window) / timedelta(hours=1)): (attempts, error) for window, attempts, error in found}


def test_a_window_that_breaks_the_sql_fails_alone_and_loads_when_the_cause_is_gone(lab):
    lab.warehouse.rows(POISON)
    for hours in range(-3, 1):
        lab.put(lab.event(60 * hours, eventName="poison" if hours == -2 else "page_view"), hours=hours)
    result = lab.tick()
    assert (result.state, result.windows, result.counts.loaded) == ("failed", 3, 3)
    assert lab.windows() == {-3: "loaded", -2: "failed", -1: "loaded", 0: "loaded"}
    attempts, error = errors(lab)[-2]
    assert attempts == 1
    assert error.startswith("CheckViolation: ")
    assert 'violates check constraint "poison"' in error
    assert lab.one("SELECT failing_windows, balanced FROM mart.freshness()") == (1, True)

    lab.put(lab.event(), hours=0)
    assert lab.tick().counts.loaded == 1
    assert errors(lab)[-2][0] == 2

    lab.warehouse.rows(CURE)
    result = lab.tick()
    assert (result.state, result.counts.loaded) == ("succeeded", 1)
    assert set(lab.windows().values()) == {"loaded"}
    assert lab.one("SELECT count(*) FROM etl.windows WHERE attempts > 0 OR error IS NOT NULL") == 0
    assert lab.books() == Counts(collected=5, loaded=5)


def test_an_object_that_the_lake_does_not_give_fails_its_window_alone(lab):
    keys = [lab.put(lab.event(60 * hours), hours=hours) for hours in range(-2, 1)]
    lake = lab.refusing(keys[1])
    (result,) = lab.runner(lake).tick()
    assert (result.state, result.windows) == ("failed", 2)
    assert errors(lab) == {-1: (1, f"LakeUnavailableError: the lake did not give {keys[1]}: it is tired")}
    lake.keys.clear()
    (result,) = lab.runner(lake).tick()
    assert (result.state, result.windows) == ("succeeded", 1)
    assert lab.books().loaded == 3


def test_a_lake_that_gives_nothing_ends_the_run_after_three_windows(lab):
    keys = [lab.put(lab.event(60 * hours), hours=hours) for hours in range(-5, 1)]
    with pytest.raises(
        LoadError, match=r"3 times in a row windows could not be loaded, at last: Lake.*tired"
    ) as caught:
        lab.runner(lab.refusing(*keys)).tick()
    assert caught.value.retryable
    assert lab.windows() == {-5: "failed", -4: "failed", -3: "failed", -2: "pending", -1: "pending", 0: "pending"}
    assert lab.one("SELECT state FROM etl.runs") == "failed"
    assert lab.tick().windows == 6


def test_three_bad_windows_do_not_keep_the_others_from_being_loaded_for_ever(lab):
    lab.warehouse.rows(POISON)
    for hours in range(-6, 1):
        lab.put(lab.event(60 * hours, eventName="poison" if hours < -2 else "page_view"), hours=hours)
    with pytest.raises(LoadError):
        lab.tick()
    with pytest.raises(LoadError):
        lab.tick()
    assert [hours for hours, state in lab.windows().items() if state == "loaded"] == [-2, -1, 0]
    with pytest.raises(LoadError):
        lab.tick()
    # Three are tried each time, the one first that was tried least: no cured window waits behind bad ones.
    assert {hours: attempts for hours, (attempts, _) in errors(lab).items()} == {-6: 3, -5: 3, -4: 2, -3: 2}
    lab.warehouse.rows(CURE)
    assert lab.tick().windows == 4


def test_a_lake_that_does_not_list_is_an_error_that_the_next_tick_mends(lab):
    lab.put(lab.event())

    class Silent:
        def each_object(self, root, start, end):
            raise LakeUnavailableError("the lake did not list events/")

    with pytest.raises(LakeUnavailableError):
        lab.runner(Silent()).tick()
    assert lab.one("SELECT state, error FROM etl.runs") == (
        "failed", "LakeUnavailableError: the lake did not list events/",
    )  # fmt: skip
    assert lab.tick().counts.loaded == 1


def test_a_failing_replace_leaves_the_window_as_it_was(lab):
    key = lab.put(lab.event(), lab.event())
    lab.put(lab.event(60), hours=1)
    lab.tick()
    before = lab.contents()
    result = lab.runner(lab.refusing(key)).range(lab.window, lab.window + timedelta(hours=2), replace=True)
    assert (result.state, result.windows) == ("failed", 1)
    assert lab.contents() == before


def test_a_batch_that_fails_in_the_middle_of_a_window_keeps_the_batches_before(lab):
    keys = [lab.put(lab.event()) for _ in range(3)]
    result = lab.runner(lab.refusing(keys[1]), commit_mib=0).tick()[0]
    assert result.counts.loaded == 1
    assert lab.one("SELECT state, objects, loaded FROM etl.windows") == ("failed", 1, 1)
    assert lab.tick().counts.loaded == 2
    assert lab.books() == Counts(collected=3, loaded=3)


def test_a_bad_window_among_transactions_of_several_windows_fails_alone(lab, monkeypatch):
    monkeypatch.setattr("etl.settings._MIB", 1000)
    for hours in (-2, -2, -2, -1, 0, 0):
        lab.put(*(lab.event(60 * hours) for _ in range(4)), hours=hours)
    lab.warehouse.rows(POISON)
    lab.put(lab.event(-60, eventName="poison"), hours=-1)
    result = lab.tick(commit_mib=1)
    # The first transaction stands, the second has an object of each window: each is loaded again, but for what stands.
    assert (result.state, result.windows, result.counts) == ("failed", 2, Counts(collected=20, loaded=20))
    assert lab.windows() == {-2: "loaded", -1: "failed", 0: "loaded"}
    lab.warehouse.rows(CURE)
    assert lab.tick(commit_mib=1).counts == Counts(collected=5, loaded=5)
    assert lab.books() == Counts(collected=25, loaded=25)


def test_an_error_that_quotes_a_nul_is_kept_without_it(lab):
    key = lab.put(lab.event())

    class Odd(type(lab.refusing())):
        def get(self, key):
            raise ValueError(f"cannot read {key}: \0")

    (result,) = lab.runner(Odd(lab.lake, set())).tick()
    assert result.errors == [f"ValueError: cannot read {key}: \\x00"]
    assert errors(lab) == {0: (1, f"ValueError: cannot read {key}: \\x00")}


def test_a_connection_that_is_cut_is_an_unavailable_warehouse_and_loses_nothing(lab):
    key = lab.put(lab.event())
    lake = lab.refusing()

    def cut_and_get(wanted):
        lab.warehouse.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'clickstream-etl%'"
        )
        return lab.lake.get(wanted)

    lake.get = cut_and_get
    with pytest.raises(WarehouseUnavailableError, match="connection to the warehouse was lost") as caught:
        lab.runner(lake).tick()
    told = f"WarehouseUnavailableError: {caught.value}"
    result = lab.tick()
    assert (result.state, result.counts.loaded) == ("succeeded", 1)
    assert lab.one("SELECT object_key FROM etl.objects") == key
    assert lab.one("SELECT retries, error FROM etl.runs WHERE state = 'failed'") == (
        3, told,
    )  # fmt: skip


def test_a_writer_that_is_cut_leaves_its_window_to_the_next_tick(lab):
    lab.put(lab.event())
    lake = lab.refusing()

    def cut_and_get(wanted):
        lab.warehouse.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'clickstream-etl-load'"
        )
        return lab.lake.get(wanted)

    lake.get = cut_and_get
    with pytest.raises(WarehouseUnavailableError):
        lab.runner(lake).tick()
    assert lab.one("SELECT state FROM etl.runs") == "failed"
    assert lab.windows() == {0: "failed"}
    assert lab.tick().counts.loaded == 1


def test_a_warehouse_that_is_not_there_is_told(lab):
    nobody = lab.runner(warehouse_url="postgresql://etl:secret@127.0.0.1:1/clickstream")
    with pytest.raises(WarehouseUnavailableError, match="cannot be reached"):
        nobody.tick()


def test_a_warehouse_that_is_not_migrated_is_told(lab, warehouse_server):
    with warehouse_server.database(template="template0") as empty:
        url = empty.role_url("clickstream_etl")
        with pytest.raises(WarehouseError, match="not of this version, migrate it") as caught:
            lab.runner(warehouse_url=url).tick()
    assert not caught.value.retryable


def test_a_transaction_that_somebody_blocks_is_waited_for(lab):
    lab.put(lab.event())
    with lab.warehouse.connection() as other:
        other.autocommit = False
        other.cursor().execute("LOCK TABLE sessions IN EXCLUSIVE MODE")
        released = threading.Timer(0.5, other.rollback)
        released.start()
        assert lab.tick().counts.loaded == 1
        released.join()


def test_books_that_do_not_balance_are_refused_by_the_database(lab):
    lab.put(lab.event())
    lab.tick()
    for table in ("objects", "windows"):
        with pytest.raises(psycopg2.errors.CheckViolation):
            lab.warehouse.rows(f"UPDATE etl.{table} SET loaded = loaded + 1", role="clickstream_etl")
