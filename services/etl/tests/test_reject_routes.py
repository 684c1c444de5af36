"""The quarantine over HTTP, and as an operator's event."""

import csv
import io
import json

import pytest
from fastapi.testclient import TestClient
from mangum import Mangum

from etl.actions import Action
from etl.app import create_app


@pytest.fixture
def client(lab):
    lab.put(lab.event(), "not json", lab.event(eventName="5"))
    lab.put(lab.event(60, eventName="5"), hours=1)
    lab.tick()
    return TestClient(create_app(lab.settings, runner=lab.runner()), raise_server_exceptions=False)


def cure(lab, reason="invalid_event_name"):
    """As if a release took event names of digits: the lines that were kept have names that can be loaded."""
    lab.warehouse.rows(f"UPDATE etl.rejects SET line = replace(line, '\"5\"', '\"five\"') WHERE reason = '{reason}'")


def test_rejects_are_counted_and_listed_in_pages(client):
    answer = client.get("/v1/rejects", params={"limit": 2}).json()
    assert [(each["reason"], each["source"], each["lines"]) for each in answer["byReason"]] == [
        ("invalid_event_name", "etl", 2),
        ("not_json", "etl", 1),
    ]
    places = {(row["window"], row["lineNumber"]) for row in answer["rejects"]}
    assert places < {("2026-11-22T07:00:00Z", 2), ("2026-11-22T07:00:00Z", 3), ("2026-11-22T08:00:00Z", 1)}
    rest = client.get("/v1/rejects", params={"limit": 2, "before": answer["next"]}).json()
    assert len(rest["rejects"]) == 1
    assert rest["next"] is None
    assert {row["rejectId"] for row in rest["rejects"]}.isdisjoint(row["rejectId"] for row in answer["rejects"])


def test_a_filter_limits_list_and_export(client):
    asked = {"reason": "invalid_event_name", "from": "2026-11-22T08:00:00Z", "to": "2026-11-22T09:00:00Z"}
    assert len(client.get("/v1/rejects", params=asked).json()["rejects"]) == 1
    assert len(client.get("/v1/rejects/export", params=asked).text.splitlines()) == 1


def test_rejects_are_exported_as_ndjson_and_csv_with_their_raw_lines(lab, client):
    kept = lab.one("SELECT array_agg(line ORDER BY reject_id) FROM etl.rejects")
    ndjson = client.get("/v1/rejects/export")
    assert ndjson.headers["content-type"].startswith("application/x-ndjson")
    rows = [json.loads(line) for line in ndjson.text.splitlines()]
    assert [row["line"] for row in rows] == kept
    as_csv = client.get("/v1/rejects/export", params={"format": "csv"})
    found = list(csv.DictReader(io.StringIO(as_csv.text, newline="")))
    assert [row["line"] for row in found] == kept
    assert [row["reason"] for row in found] == [row["reason"] for row in rows]
    assert as_csv.headers["content-disposition"] == 'attachment; filename="rejects.csv"'


def test_an_export_of_nothing_is_an_empty_file(client):
    assert client.get("/v1/rejects/export", params={"reason": "none"}).text == ""
    header = client.get("/v1/rejects/export", params={"reason": "none", "format": "csv"}).text
    assert header.startswith("rejectId,source,reason,")


def test_a_replay_loads_what_can_be_loaded_by_now(lab, client):
    cure(lab)
    (run,) = client.post("/v1/rejects/replay", json={"reason": "invalid_event_name"}).json()["runs"]
    assert (run["action"], run["state"], run["collected"], run["loaded"], run["windows"]) == (
        "replay", "succeeded", 2, 2, 2,
    )  # fmt: skip
    assert [run["difference"][when]["loaded"] for when in ("before", "after")] == [1, 3]
    assert lab.books().loaded == 3


@pytest.mark.usefixtures("loop")
def test_an_operators_event_replays_and_runs(lab, client):
    cure(lab)
    app = create_app(lab.settings, runner=lab.runner())
    handler = Mangum(app, lifespan="off", custom_handlers=[Action])
    (run,) = handler({"action": "replay", "from": "2026-11-22T08:00:00Z"}, None)["runs"]
    assert (run["loaded"], run["collected"]) == (1, 1)
    window = {"from": "2026-11-22T07:00:00Z", "to": "2026-11-22T08:00:00Z", "replace": True}
    (run,) = handler({"action": "run", **window}, None)["runs"]
    assert (run["windows"], run["loaded"], run["rejected"]) == (1, 1, 2)
    with pytest.raises(RuntimeError, match=r"replay failed with 422: body\.reasno"):
        handler({"action": "replay", "reasno": "x"}, None)


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("/v1/rejects", {"limit": 0}, "query.limit"),
        ("/v1/rejects", {"source": "browser"}, "query.source"),
        ("/v1/rejects", {"from": "2026-11-22T07:00:00"}, "query.from"),
        ("/v1/rejects", {"before": 2**63}, "query.before"),
        ("/v1/rejects", {"reasno": "x"}, "query.reasno"),
        ("/v1/rejects/export", {"format": "xlsx"}, "query.format"),
    ],
)
def test_a_request_that_cannot_be_one_is_told_where_it_is_wrong(client, path, asked, said):
    answer = client.get(path, params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert said in answer.json()["detail"]


def test_a_warehouse_that_is_away_is_a_problem_also_of_an_export(lab):
    settings = lab.settings.model_copy(update={"warehouse_url": "postgresql://etl:secret@127.0.0.1:1/clickstream"})
    answer = TestClient(create_app(settings)).get("/v1/rejects/export")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
