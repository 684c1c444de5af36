"""The private services as Lambda runs them: a tick loads what the collector stored, the admin API says so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lambda_function import running_function
from runtime_api import FunctionError
from s3_server import S3Server

Event = Callable[[str], dict[str, Any]]
TOKEN = "a-token-of-the-tests"


def test_events_go_from_one_function_to_the_next(s3: S3Server, warehouse: Any, tmp_path: Path, event: Event) -> None:
    lake = s3.environment | {"CLICKSTREAM_LAKE_URL": s3.lake_url}
    with running_function("collector.handler.handler", tmp_path, lake) as collector:
        assert json.loads(collector.invoke(event("gzip"))["body"])["accepted"] == 2

    settings = lake | {"CLICKSTREAM_WAREHOUSE_URL": warehouse.role_url("clickstream_etl")}
    with running_function("etl.handler.handler", tmp_path, settings) as etl:
        [run] = etl.invoke(event("schedule"), deadline_seconds=900)["runs"]
        assert (run["state"], run["collected"], run["loaded"]) == ("succeeded", 2, 2)
        [again] = etl.invoke(event("schedule"), deadline_seconds=900)["runs"]
        assert (again["state"], again["collected"], again["loaded"]) == ("succeeded", 0, 0)

    settings = {
        "CLICKSTREAM_WAREHOUSE_URL": warehouse.role_url("clickstream_admin"),
        "CLICKSTREAM_ADMIN_TOKEN": TOKEN,
    }
    with running_function("admin_api.handler.handler", tmp_path, settings) as admin:
        answer = admin.invoke(event("admin_status"))
        assert answer["statusCode"] == 200, answer
        status = json.loads(answer["body"])
        assert status["balanced"] is True
        assert status["totals"]["collected"] == status["totals"]["loaded"] == 2

        # Filters that repeat, and a table: API Gateway sends both as lists beside the last value.
        channels = event("admin_funnel_csv")
        answer = admin.invoke(channels)
        assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "text/csv; charset=utf-8")
        assert answer["body"].partition("\r\n")[0] == "step,sessions,rateFromPrevious,rateFromFirst"

        # A run that is asked for waits in the queue, and the same key asks for no second one.
        asked = admin.invoke(event("admin_run"))
        again = admin.invoke(event("admin_run"))
        assert (asked["statusCode"], again["statusCode"]) == (202, 202)
        assert json.loads(asked["body"]) == json.loads(again["body"])
        assert json.loads(asked["body"])["state"] == "queued"

        stranger = event("admin_status")
        del stranger["headers"]["Authorization"], stranger["multiValueHeaders"]["Authorization"]
        assert admin.invoke(stranger)["statusCode"] == 401


def test_a_tick_that_fails_is_an_error_that_the_schedule_sees(s3: S3Server, tmp_path: Path, event: Event) -> None:
    settings = {
        "CLICKSTREAM_LAKE_URL": s3.lake_url,
        "CLICKSTREAM_WAREHOUSE_URL": "postgresql://clickstream_etl@127.0.0.1:1/warehouse",
    }
    with (
        running_function("etl.handler.handler", tmp_path, s3.environment | settings) as etl,
        pytest.raises(FunctionError, match="the tick failed with 503"),
    ):
        etl.invoke(event("schedule"))
