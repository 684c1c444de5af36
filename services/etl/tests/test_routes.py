"""The HTTP of the ETL, and its Lambda entry."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from etl.app import create_app
from etl.run import RunResult

TICK = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Scheduled Event",
    "source": "aws.scheduler",
    "account": "123456789012",
    "time": "2026-11-22T07:15:00Z",
    "region": "ap-southeast-1",
    "resources": ["arn:aws:scheduler:ap-southeast-1:123456789012:schedule/default/tick"],
    "detail": {},
}


@pytest.fixture
def client(lab):
    app = create_app(lab.settings, runner=lab.runner())
    return TestClient(app, raise_server_exceptions=False)


def problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    return body["detail"]


@pytest.mark.parametrize("body", [{}, None])
def test_an_empty_request_is_a_tick(lab, client, body):
    lab.put(lab.event(), "not json")
    answer = client.post("/v1/runs", json=body) if body is not None else client.post("/v1/runs")
    assert answer.status_code == 200
    (run,) = answer.json()["runs"]
    del run["runId"]
    assert run == {
        "action": "load", "state": "succeeded", "windows": 1, "objects": 1, "collected": 2, "loaded": 1,
        "duplicates": 0, "rejected": 1, "withheld": 0, "left": 0, "retries": 0, "difference": None, "error": None,
    }  # fmt: skip
    assert lab.one("SELECT trigger FROM etl.runs") == "schedule"


def test_an_event_of_eventbridge_is_a_tick(lab, client):
    lab.put(lab.event())
    answer = client.post("/v1/events/eventbridge", json=TICK)
    assert answer.json()["runs"][0]["loaded"] == 1


def test_a_range_is_loaded_and_may_be_replaced(lab, client):
    for hours in (-1, 0, 1):
        lab.put(lab.event(60 * hours), hours=hours)
    body = {"from": "2026-11-22T07:00:00Z", "to": "2026-11-22T15:00:00+07:00"}
    assert client.post("/v1/runs", json=body).json()["runs"][0]["windows"] == 1
    assert lab.windows() == {0: "loaded"}
    again = client.post("/v1/runs", json=body | {"replace": True}).json()["runs"][0]
    assert (again["windows"], again["loaded"]) == (1, 1)
    assert again["difference"]["before"] == again["difference"]["after"]
    assert (again["difference"]["changedWindows"], again["difference"]["after"]["loaded"]) == (0, 1)
    assert lab.one("SELECT count(*) FROM etl.runs WHERE trigger = 'manual' AND replace") == 1


def test_a_queued_run_is_begun_by_its_id(lab, client):
    lab.put(lab.event())
    run_id = str(uuid4())
    lab.warehouse.rows(
        "INSERT INTO etl.runs (run_id, trigger, state, replace, requested_by)"
        " VALUES (%s, 'manual', 'queued', false, 'me')",
        (run_id,),
    )
    (run,) = client.post("/v1/runs", json={"runId": run_id}).json()["runs"]
    assert (run["runId"], run["loaded"]) == (run_id, 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"from": "2026-11-22T07:00:00Z"}, "both «from» and «to»"),
        ({"from": "2026-11-22T07:00:00Z", "to": "2026-11-22T07:00:00Z"}, "the range is empty"),
        ({"from": "2026-11-22T07:00:00", "to": "2026-11-22T08:00:00"}, "need a time zone"),
        ({"from": "0001-01-01T00:00:00+14:00", "to": "2026-11-22T08:00:00Z"}, "no windows there"),
        ({"from": "soon", "to": "2026-11-22T08:00:00Z"}, "body.from: Input should be a valid datetime"),
        ({"fron": "2026-11-22T07:00:00Z"}, "body.fron: Extra inputs are not permitted"),
        ({"replace": "perhaps"}, "body.replace: Input should be a valid boolean"),
        ({"runId": "7"}, "body.runId: Input should be a valid UUID"),
        ([], "body: Input should be"),
    ],
)
def test_a_request_that_cannot_be_one_is_told_where_it_is_wrong(client, body, said):
    assert said in problem(client.post("/v1/runs", json=body), 422)


def test_what_is_not_json_is_told(client):
    answer = client.post("/v1/runs", content=b"{", headers={"content-type": "application/json"})
    assert "JSON decode error" in problem(answer, 422)


def test_a_replace_without_a_range_replaces_everything(lab, client):
    lab.put(lab.event())
    client.post("/v1/runs", json={})
    assert client.post("/v1/runs", json={"replace": True}).json()["runs"][0]["windows"] == 1


def test_a_run_that_is_not_queued_is_not_found(client):
    assert "is not queued" in problem(client.post("/v1/runs", json={"runId": str(uuid4())}), 404)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/v1/runs", 405)])
def test_other_paths_and_methods_are_problems_too(client, method, path, status):
    answer = client.request(method, path)
    assert problem(answer, status).startswith(f"{method} {path}: ")
    assert answer.headers.get("allow") == ("POST" if status == 405 else None)


def test_a_failing_window_is_in_the_answer(lab):
    key = lab.put(lab.event())
    app = create_app(lab.settings, runner=lab.runner(lab.refusing(key)))
    answer = TestClient(app).post("/v1/runs", json={})
    assert answer.status_code == 200
    assert answer.json()["runs"][0]["error"].startswith("LakeUnavailableError: the lake did not give events/")


def test_a_lake_that_gives_nothing_is_unavailable(lab):
    keys = [lab.put(lab.event(60 * hours), hours=hours) for hours in range(-4, 1)]
    app = create_app(lab.settings, runner=lab.runner(lab.refusing(*keys)))
    answer = TestClient(app).post("/v1/runs", json={})
    assert "3 times in a row" in problem(answer, 503)


def test_a_warehouse_that_is_not_there_is_unavailable_and_the_service_lives(lab):
    settings = lab.settings.model_copy(update={"warehouse_url": "postgresql://etl:secret@127.0.0.1:1/clickstream"})
    client = TestClient(create_app(settings))
    for answer in (client.post("/v1/runs", json={}), client.get("/health/ready")):
        detail = problem(answer, 503)
        assert "the warehouse cannot be reached" in detail
        assert "secret" not in detail
        assert answer.headers["retry-after"] == "30"
    assert client.get("/health/live").json() == {"status": "ok"}


def test_a_warehouse_that_answers_is_ready(client):
    assert client.get("/health/ready").json() == {"status": "ok"}


def test_an_unforeseen_error_is_a_problem_without_its_words(lab):
    class Broken:
        def tick(self, deadline):
            raise ZeroDivisionError("of password hunter2")

    answer = TestClient(create_app(lab.settings, runner=Broken()), raise_server_exceptions=False).post(
        "/v1/runs", json={}
    )
    assert problem(answer, 500) == "unexpected; see the ETL's log"


class Context:
    """What Lambda hands over beside the event."""

    function_name, memory_limit_in_mb, aws_request_id = "etl", 2048, "r-1"
    invoked_function_arn = "arn:aws:lambda:ap-southeast-1:123456789012:function:etl"

    def __init__(self, seconds):
        self._seconds = seconds

    def get_remaining_time_in_millis(self):
        return int(self._seconds * 1000)


class Noting:
    """A runner that notes its deadlines."""

    def __init__(self):
        self.deadlines = []

    def tick(self, deadline):
        self.deadlines.append(deadline)
        return [RunResult(uuid4())]


def invoke(lab, runner, event, seconds):
    from mangum import Mangum  # noqa: PLC0415 -- as the handler does, beside the app of this test

    from etl.eventbridge import EventBridge  # noqa: PLC0415 -- where it is needed

    return Mangum(create_app(lab.settings, runner=runner), lifespan="off", custom_handlers=[EventBridge])(
        event, Context(seconds)
    )


@pytest.mark.usefixtures("loop")
def test_on_lambda_a_run_ends_a_minute_before_the_function_does(lab):
    runner = Noting()
    invoke(lab, runner, TICK, seconds=900)
    (deadline,) = runner.deadlines
    left = deadline.ends_at - deadline.ends_at.now().astimezone()
    assert timedelta(seconds=835) < left <= timedelta(seconds=840)


def test_elsewhere_a_run_has_all_the_time(lab):
    runner = Noting()
    TestClient(create_app(lab.settings, runner=runner)).post("/v1/runs", json={})
    assert runner.deadlines[0].ends_at is None


@pytest.mark.usefixtures("loop")
def test_a_tick_that_fails_on_lambda_is_an_error_that_eventbridge_tries_again(lab):
    class Failing:
        def tick(self, deadline):
            raise lab.refusing("k").get("k")

    with pytest.raises(RuntimeError, match="the tick failed with 503: the lake did not give k"):
        invoke(lab, Failing(), TICK, seconds=900)


def test_the_lambda_handler_runs_a_tick_for_an_event_of_the_scheduler(lab):
    lab.put(lab.event())
    script = (
        "import json, sys; from etl.handler import handler\n"
        "class Context:\n"
        "    aws_request_id = 'r-1'\n"
        "    def get_remaining_time_in_millis(self): return 900_000\n"
        "print(json.dumps(handler(json.loads(sys.argv[1]), Context())))"
    )
    environment = os.environ | {
        "CLICKSTREAM_LAKE_URL": lab.settings.lake_url,
        "CLICKSTREAM_WAREHOUSE_URL": lab.settings.warehouse_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(TICK)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *log, answer = [json.loads(line) for line in done.stdout.splitlines()]
    assert answer["runs"][0]["windows"] == (1 if lab.one("SELECT count(*) FROM etl.objects") else 0)
    assert answer["runs"][0]["state"] == "succeeded"
    assert [entry["message"] for entry in log][-1] == "etl.run.finished"
    assert log[-1]["service"] == "etl"


def test_settings_that_are_missing_stop_the_service_and_are_named():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLICKSTREAM_")}
    done = subprocess.run(
        [sys.executable, "-c", "import etl.handler"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "lake_url" in done.stderr
    assert "warehouse_url" in done.stderr
