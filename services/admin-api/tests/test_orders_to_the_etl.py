"""Runs that are asked for twice, taken back, replays, and the audit of it all."""

from hashlib import sha256
from typing import Any

import pytest
from fastapi.testclient import TestClient

from etl.runner import Runner

HOUR = {"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T10:00:00Z"}
ME = sha256(b"a-token-of-the-tests").hexdigest()[:12]


def test_asking_twice_with_one_key_makes_one_run(api: TestClient, nudges: Any) -> None:
    key = {"Idempotency-Key": "monday"}
    first = api.post("/v1/etl/runs", json=HOUR, headers=key)
    again = api.post("/v1/etl/runs", json=HOUR, headers=key)
    other = api.post("/v1/etl/runs", json=HOUR | {"replace": True}, headers=key)

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert len(api.get("/v1/etl/runs").json()["runs"]) == 1
    assert other.status_code == 409
    assert first.json()["runId"] in other.json()["detail"]


def test_a_queued_run_can_be_cancelled_and_is_never_begun(api: TestClient, filled: Runner) -> None:
    run_id = api.post("/v1/etl/runs", json=HOUR | {"replace": True}).json()["runId"]

    assert api.post(f"/v1/etl/runs/{run_id}/cancel").json()["state"] == "cancelled"
    assert api.post(f"/v1/etl/runs/{run_id}/cancel").status_code == 200  # as often as one likes
    filled.tick()
    run = api.get(f"/v1/etl/runs/{run_id}").json()
    assert (run["state"], run["startedAt"]) == ("cancelled", None)


def test_a_run_that_has_begun_cannot_be_cancelled(api: TestClient, filled: Runner) -> None:
    run_id = api.post("/v1/etl/runs", json=HOUR).json()["runId"]
    filled.tick()
    answer = api.post(f"/v1/etl/runs/{run_id}/cancel")

    assert answer.status_code == 409
    assert "succeeded" in answer.json()["detail"]
    assert api.post("/v1/etl/runs/0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f/cancel").status_code == 404


def test_a_replace_shows_the_books_before_and_after(api: TestClient, filled: Runner) -> None:
    run_id = api.post("/v1/etl/runs", json=HOUR | {"replace": True}).json()["runId"]
    filled.tick()
    difference = api.get(f"/v1/etl/runs/{run_id}").json()["difference"]

    assert difference["before"]["loaded"] == difference["after"]["loaded"] == 8
    assert difference["changedWindows"] == 0


def test_runs_come_in_pages_that_leave_nothing_out(api: TestClient) -> None:
    asked = {api.post("/v1/etl/runs", json=HOUR).json()["runId"] for _ in range(5)}
    found: list[str] = []
    before = {}
    while True:
        page = api.get("/v1/etl/runs", params={"limit": 2, "state": "queued"} | before).json()
        found += [run["runId"] for run in page["runs"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}

    assert len(found) == 5
    assert set(found) == asked


@pytest.mark.usefixtures("filled")
def test_rejects_are_filtered_paged_and_shown_whole(api: TestClient) -> None:
    first = api.get("/v1/etl/rejects", params={"limit": 1}).json()
    second = api.get("/v1/etl/rejects", params={"limit": 1, "before": first["next"]}).json()
    one = api.get(f"/v1/etl/rejects/{second['rejects'][0]['rejectId']}").json()

    assert (len(first["rejects"]), second["next"]) == (1, None)
    assert first["rejects"][0]["rejectId"] > second["rejects"][0]["rejectId"]
    assert one == second["rejects"][0]
    assert api.get("/v1/etl/rejects", params={"reason": "not_json"}).json()["rejects"][0]["line"] == "{this is no JSON"
    assert api.get("/v1/etl/rejects", params={"to": "2026-03-02T09:00:00Z"}).json()["rejects"] == []
    assert api.get("/v1/etl/rejects/999999").status_code == 404


def test_a_replay_is_queued_told_and_done_by_the_next_tick(api: TestClient, nudges: Any, filled: Runner) -> None:
    answer = api.post("/v1/etl/rejects/replay", json={"reason": "not_json"})
    run = answer.json()
    filled.tick()
    done = api.get(f"/v1/etl/runs/{run['runId']}").json()

    assert (answer.status_code, run["action"], run["state"]) == (202, "replay", "queued")
    assert [str(run_id) for run_id in nudges.told] == [run["runId"]]
    assert done["state"] == "succeeded"
    assert api.get("/v1/etl/rejects", params={"reason": "not_json"}).json()["rejects"][0]["replayedAt"] is not None


def test_a_replay_of_half_a_range_is_refused(api: TestClient) -> None:
    assert api.post("/v1/etl/rejects/replay", json={"from": HOUR["from"]}).status_code == 422


def test_every_order_is_in_the_audit_also_those_that_were_refused(api: TestClient) -> None:
    run_id = api.post("/v1/etl/runs", json=HOUR).json()["runId"]
    api.post("/v1/etl/runs", json={"from": HOUR["to"], "to": HOUR["from"]})
    api.post(f"/v1/etl/runs/{run_id}/cancel")
    api.post("/v1/etl/rejects/replay", json={})
    entries = api.get("/v1/etl/audit").json()["entries"]

    assert [(entry["action"], entry["status"]) for entry in reversed(entries)] == [
        ("run.start", 202),
        ("run.start", 422),
        ("run.cancel", 202),
        ("rejects.replay", 202),
    ]
    assert {entry["caller"] for entry in entries} == {ME}
    assert [entry["target"] for entry in reversed(entries)][:3] == [run_id, None, run_id]
    assert "empty" in entries[2]["detail"]
    page = api.get("/v1/etl/audit", params={"limit": 3}).json()
    assert len(api.get("/v1/etl/audit", params={"before": page["next"]}).json()["entries"]) == 1
