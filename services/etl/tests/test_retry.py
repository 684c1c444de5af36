"""What may pass is tried again with pauses, counted and logged; what cannot pass fails at once."""

import threading
from datetime import timedelta

import psycopg2
import pytest

from etl.app import make_logger
from etl.errors import LoadError
from etl.metrics import RunMeasures
from etl.retry import Retries
from etl.run import NO_DEADLINE
from etl.runner import Runner
from lake import LakeRefusedError, LakeUnavailableError
from warehouse.books import Counts
from warehouse.connect import connected, connection_lost, passing
from warehouse.errors import WarehouseRefusedError, WarehouseUnavailableError
from warehouse.rejects import RejectFilter


class Failing:
    """The lab's lake, but that its first answers are errors."""

    def __init__(self, lake, *errors):
        self._lake = lake
        self.errors = list(errors)
        self.asked = 0

    def _answer(self, work):
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return work()

    def get(self, key):
        return self._answer(lambda: self._lake.get(key))

    def each_object(self, root, start, end):
        if start is not None:
            return self._lake.each_object(root, start, end)
        return self._answer(lambda: self._lake.each_object(root))


BUSY = LakeUnavailableError("SlowDown: please reduce your request rate")


class Noting:
    """A log that keeps its entries."""

    def __init__(self):
        self.entries = []

    def warning(self, message, extra=None, **_):
        self.entries.append((message, extra))

    info = error = warning


class Paused:
    """A runner whose pauses are noted, not slept; ``meanwhile`` is what others do in them."""

    def __init__(self, lab, lake=None, meanwhile=lambda: None, **settings):
        self.pauses = []
        self.log = Noting()
        changed = lab.settings.model_copy(update={"retry_seconds": 1.0, **settings})

        def pause(seconds):
            self.pauses.append(seconds)
            meanwhile()

        self.runner = Runner(changed, lake or lab.lake, self.log, lambda: lab.now, sleep=pause)


def test_a_busy_lake_is_asked_again_and_the_retries_are_in_the_books(lab):
    lab.put(lab.event())
    paused = Paused(lab, Failing(lab.lake, BUSY, BUSY))
    (result,) = paused.runner.tick()
    assert (result.state, result.counts.loaded, result.measures.retries) == ("succeeded", 1, 2)
    assert lab.one("SELECT state, retries FROM etl.runs") == ("succeeded", 2)
    assert len(paused.pauses) == 2
    retried = [extra for message, extra in paused.log.entries if message == "etl.retry"]
    assert [(each["what"], each["attempt"]) for each in retried] == [("list events", 1), ("list events", 2)]
    assert retried[0]["error"] == f"LakeUnavailableError: {BUSY}"


def test_pauses_grow_and_are_bounded(lab):
    measures = RunMeasures()
    pauses = []
    settings = lab.settings.model_copy(update={"retry_attempts": 12, "retry_seconds": 1.0})
    retries = Retries(
        settings, make_logger(settings), lambda: lab.now, deadline=NO_DEADLINE, measures=measures, sleep=pauses.append
    )
    with pytest.raises(LakeUnavailableError):
        retries.call("x", lambda: (_ for _ in ()).throw(BUSY), when=lambda error: True)
    assert (len(pauses), measures.retries) == (11, 11)
    assert all(0 <= pause <= min(2**number, 20) for number, pause in enumerate(pauses))
    assert max(pauses) > 1


def test_an_object_that_is_not_there_fails_at_once(lab):
    key = lab.put(lab.event())
    lake = Failing(lab.lake)
    lake.get = lambda wanted: lake._answer(lambda: (_ for _ in ()).throw(LakeRefusedError(f"no {wanted}")))
    (result,) = (paused := Paused(lab, lake)).runner.tick()
    assert result.errors == [f"LakeRefusedError: no {key}"]
    assert (paused.pauses, result.measures.retries) == ([], 0)


def test_what_is_lost_by_a_defect_is_not_tried_again(lab):
    lab.put(lab.event())
    lab.warehouse.rows("ALTER TABLE clickstream_events ADD CONSTRAINT poison CHECK (false) NOT VALID")
    (result,) = (paused := Paused(lab)).runner.tick()
    assert result.errors[0].startswith("CheckViolation")
    assert paused.pauses == []


def test_no_retry_goes_beyond_the_deadline(lab):
    lab.put(lab.event())
    paused = Paused(lab, Failing(lab.lake, *[BUSY] * 9), retry_seconds=1000.0)
    with pytest.raises(LakeUnavailableError):
        paused.runner.tick(lab.deadline(0.000001))
    assert sum(paused.pauses) < 1


def test_a_lake_that_stays_busy_is_given_up(lab):
    lab.put(lab.event())
    lake = Failing(lab.lake, *[BUSY] * 99)
    with pytest.raises(LakeUnavailableError):
        Paused(lab, lake).runner.tick()
    assert lake.asked == lab.settings.retry_attempts


def test_a_transaction_in_somebodys_way_is_tried_again(lab):
    lab.put(lab.event())
    # As a server that gives up waiting for a lock: another transaction holds it until the first retry.
    lab.warehouse.rows("ALTER ROLE clickstream_etl SET lock_timeout = '200ms'")
    try:
        with lab.warehouse.connection() as other:
            other.autocommit = False
            other.cursor().execute("LOCK TABLE sessions IN EXCLUSIVE MODE")
            (result,) = Paused(lab, meanwhile=other.rollback).runner.tick()
    finally:
        lab.warehouse.rows("ALTER ROLE clickstream_etl RESET lock_timeout")
    assert (result.state, result.counts, result.measures.retries) == ("succeeded", Counts(1, 1), 1)
    assert lab.books() == Counts(collected=1, loaded=1)


class Cutting:
    """The lab's lake; the first gets cut the connections of some of the ETL's sessions."""

    def __init__(self, lab, times, sessions):
        self.each_object = lab.lake.each_object
        self._lab, self._times, self._sessions = lab, times, sessions

    def get(self, key):
        if self._times:
            self._times -= 1
            self._lab.warehouse.rows(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                f" WHERE datname = current_database() AND application_name LIKE '{self._sessions}'"
            )
        return self._lab.lake.get(key)


@pytest.mark.parametrize("sessions", ["clickstream-etl", "clickstream-etl-load", "clickstream-etl%"])
@pytest.mark.parametrize("replace", [False, True])
def test_a_run_whose_connection_is_lost_goes_on_with_another(lab, sessions, replace):
    for hours in (-2, -1, 0):
        lab.put(lab.event(60 * hours, clientId="c"), hours=hours)
    if replace:
        lab.tick()
        before = lab.contents()
    paused = Paused(lab, Cutting(lab, 2, sessions), commit_mib=0)
    start = lab.window - timedelta(hours=2)
    result = paused.runner.range(start, start + timedelta(hours=3), replace=replace)
    assert (result.state, result.errors, result.counts.loaded, result.objects) == ("succeeded", [], 3, 3)
    assert 1 <= result.measures.retries <= 2
    assert lab.books() == Counts(collected=3, loaded=3)
    assert set(lab.windows().values()) == {"loaded"}
    assert lab.one("SELECT count(*) FROM etl.runs WHERE state = 'running'") == 0
    if replace:
        assert lab.contents() == before
        assert result.difference.as_json()["after"]["windows"] == 3


def test_a_window_that_takes_its_connection_with_it_does_not_keep_the_others_from_being_loaded(lab):
    bad = lab.put(lab.event(-120), hours=-2)
    for hours in (-1, 0):
        lab.put(lab.event(60 * hours), hours=hours)
    cutting = Cutting(lab, 99, "clickstream-etl-load")
    lake = lab.refusing()
    lake.get = lambda key: cutting.get(key) if key == bad else lab.lake.get(key)
    with pytest.raises(WarehouseUnavailableError):
        Paused(lab, lake, commit_mib=0).runner.tick()
    assert lab.windows() == {-2: "failed", -1: "loaded", 0: "loaded"}
    assert lab.tick().counts.loaded == 1


def test_a_replay_whose_connection_is_lost_goes_on_with_another(lab):
    lab.put(*["not json"] * 5)
    lab.tick()
    paused = Paused(lab, replay_lines=2)
    cut = threading.Event()

    def progress(done, total):
        if done == 2 and not cut.is_set():
            cut.set()
            Cutting(lab, 1, "clickstream-etl%").get(lab.one("SELECT object_key FROM etl.objects"))

    result = paused.runner.replay(RejectFilter(), progress=progress)
    assert (result.state, result.measures.retries) == ("succeeded", 1)
    assert lab.one("SELECT count(*) FROM etl.rejects WHERE replayed_at IS NOT NULL") == 5


def test_a_warehouse_that_comes_back_is_waited_for(lab):
    lab.put(lab.event())
    again = "ALTER ROLE clickstream_etl CONNECTION LIMIT -1"
    lab.warehouse.rows("ALTER ROLE clickstream_etl CONNECTION LIMIT 0")
    try:
        assert Paused(lab, meanwhile=lambda: lab.warehouse.rows(again)).runner.tick()[0].counts.loaded == 1
    finally:
        lab.warehouse.rows(again)


def test_a_wrong_password_fails_at_once_and_says_so(lab):
    url = lab.settings.warehouse_url.replace("clickstream_etl:", "clickstream_etl:not-")
    paused = Paused(lab, warehouse_url=url)
    with pytest.raises(WarehouseRefusedError, match="password authentication failed") as caught:
        paused.runner.tick()
    assert paused.pauses == []
    assert not caught.value.retryable


def test_a_database_that_does_not_exist_is_told_apart_from_one_that_is_away(lab):
    url = lab.settings.warehouse_url.rpartition("/")[0] + "/nowhere"
    with pytest.raises(WarehouseRefusedError, match="does not exist"), connected(url, "test"):
        pass


def test_errors_of_the_server_are_what_they_are():
    assert connection_lost(psycopg2.InterfaceError("connection already closed"))
    assert not connection_lost(ValueError())
    assert not passing(LoadError("three times"))
