"""The ETL's books, and runs that are asked for."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from etl.runner import Runner

HOUR = {"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T10:00:00Z"}


@pytest.mark.usefixtures("filled")
def test_the_status_shows_balanced_books(api: TestClient) -> None:
    status = api.get("/v1/etl/status").json()

    assert (status["state"], status["balanced"]) == ("ok", True)
    assert status["newestEventAt"] == "2026-03-02T09:42:00Z"
    assert status["totals"] == {
        "windows": 1, "objects": 1, "collected": 10, "loaded": 8, "duplicates": 0, "rejected": 2, "withheld": 0,
    }  # fmt: skip


def test_a_warehouse_without_windows_is_empty(api: TestClient) -> None:
    status = api.get("/v1/etl/status").json()

    assert status["state"] == "empty"
    assert status["watermark"] is None


@pytest.mark.usefixtures("filled")
def test_rejects_come_with_reason_place_and_line(api: TestClient) -> None:
    answer = api.get("/v1/etl/rejects").json()

    assert [(count["reason"], count["source"], count["lines"]) for count in answer["byReason"]] == [
        ("missing_event_name", "etl", 1),
        ("not_json", "etl", 1),
    ]
    by_reason = {reject["reason"]: reject for reject in answer["rejects"]}
    assert by_reason["not_json"]["line"] == "{this is no JSON"
    assert by_reason["not_json"]["lineNumber"] == 9
    assert by_reason["not_json"]["objectKey"].startswith("events/2026/03/02/09/")


def test_windows_come_newest_first_in_pages(api: TestClient, filled: Runner) -> None:
    first = api.get("/v1/etl/windows", params={"limit": 1}).json()

    assert [window["window"] for window in first["windows"]] == ["2026-03-02T09:00:00Z"]
    assert first["next"] is None
    (window,) = first["windows"]
    assert window["newestReceivedAt"] == api.get("/v1/etl/status").json()["newestReceivedAt"]
    assert window["newestEventAt"] == api.get("/v1/etl/status").json()["newestEventAt"]
    assert api.get("/v1/etl/windows", params={"state": "failed"}).json()["windows"] == []
    assert api.get("/v1/etl/windows", params={"before": "2026-03-02T09:00:00Z"}).json()["windows"] == []


def test_a_run_that_is_asked_for_waits_in_the_queue_and_the_etl_is_told(
    api: TestClient, nudges: Any, filled: Runner
) -> None:
    answer = api.post("/v1/etl/runs", json=HOUR | {"replace": True})
    run = answer.json()

    assert answer.status_code == 202
    assert (run["state"], run["trigger"], run["from"], run["replace"]) == ("queued", "manual", HOUR["from"], True)
    assert [str(run_id) for run_id in nudges.told] == [run["runId"]]
    assert api.get(f"/v1/etl/runs/{run['runId']}").json() == run


def test_the_next_tick_takes_a_queued_run_of_which_nobody_was_told(api: TestClient, filled: Runner) -> None:
    run_id = api.post("/v1/etl/runs", json=HOUR | {"replace": True}).json()["runId"]

    filled.tick()

    run = api.get(f"/v1/etl/runs/{run_id}").json()
    assert (run["state"], run["windows"], run["loaded"], run["rejected"]) == ("succeeded", 1, 8, 2)
    assert run_id in [listed["runId"] for listed in api.get("/v1/etl/runs").json()["runs"]]
    assert api.get("/v1/etl/status").json()["totals"]["loaded"] == 8


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"from": HOUR["to"], "to": HOUR["from"]}, "empty"),
        ({"from": HOUR["from"], "to": HOUR["from"]}, "empty"),
        ({"from": "2026-03-02T09:00:00", "to": "2026-03-02T10:00:00"}, "time zone"),
        ({"from": "1990-01-01T00:00:00Z", "to": "2026-03-02T10:00:00Z"}, "too many"),
        ({"from": HOUR["from"]}, "to"),
        (HOUR | {"replcae": True}, "replcae"),
    ],
)
def test_a_range_that_cannot_be_run_is_refused(api: TestClient, nudges: Any, body: dict[str, Any], says: str) -> None:
    answer = api.post("/v1/etl/runs", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.text
    assert nudges.told == []


def test_a_run_that_nobody_knows_is_a_404(api: TestClient) -> None:
    answer = api.get("/v1/etl/runs/0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f")

    assert answer.status_code == 404
    assert "0192f0c1" in answer.json()["detail"]
