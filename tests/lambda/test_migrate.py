"""The operator's actions: the function brings the private warehouse to this version, and tells how it stands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lambda_function import running_function
from runtime_api import FunctionError
from s3_server import S3Server

Event = Callable[[str], dict[str, Any]]


@pytest.fixture
def settings(s3: S3Server, warehouse_server: Any) -> Any:
    """The function's settings for a database that nobody has migrated; and that database."""
    with warehouse_server.database(template="template0") as database:
        given = {
            "CLICKSTREAM_LAKE_URL": s3.lake_url,
            "CLICKSTREAM_WAREHOUSE_URL": database.role_url("clickstream_etl"),
            "CLICKSTREAM_WAREHOUSE_OWNER_URL": database.owner_url,
            "CLICKSTREAM_ETL_PASSWORD": database.role_passwords["clickstream_etl"],
            "CLICKSTREAM_ADMIN_PASSWORD": database.role_passwords["clickstream_admin"],
            "CLICKSTREAM_DASHBOARD_PASSWORD": database.role_passwords["clickstream_dashboard"],
            "CLICKSTREAM_SITE_TIME_ZONE": "Asia/Ho_Chi_Minh",
        }
        yield s3.environment | given, database


def test_an_empty_warehouse_is_migrated_by_the_function_that_then_loads_it(
    settings: Any, s3: S3Server, tmp_path: Path, event: Event
) -> None:
    environment, database = settings
    with running_function("collector.handler.handler", tmp_path, environment) as collector:
        assert json.loads(collector.invoke(event("gzip"))["body"])["accepted"] == 2

    with running_function("etl.handler.handler", tmp_path, environment) as etl:
        before = etl.invoke({"action": "status"})
        assert before["revision"] is None

        done = etl.invoke({"action": "migrate"})
        assert (done["revisionBefore"], done["revision"]) == (None, before["revisionOfCode"])
        assert [step.partition(":")[0] for step in done["steps"]] == ["tables", "mart", "time zone"]
        assert etl.invoke({"action": "migrate"})["steps"] == []

        [run] = etl.invoke(event("schedule"), deadline_seconds=900)["runs"]
        assert (run["state"], run["loaded"]) == ("succeeded", 2)
        status = etl.invoke({"action": "status"})
        assert status["revision"] == status["revisionOfCode"]
        assert (status["pendingWindows"], status["failingWindows"], status["unbalancedWindows"]) == (0, 0, 0)
        assert status["watermark"]
        assert status["eventsKeptFrom"] is None
        log = [line["message"] for line in etl.log_lines()]
        secrets = [value for name, value in environment.items() if name.endswith("_PASSWORD")]
        assert not any(secret in etl.output.read_text("utf-8") for secret in secrets)
    assert {"etl.warehouse.migrated", "etl.metrics", "etl.window.loaded"} <= set(log)
    assert database.value("SELECT time_zone FROM site") == "Asia/Ho_Chi_Minh"
    assert database.value("SELECT count(*) FROM clickstream_events", role="clickstream_dashboard") == 2


def test_the_function_says_what_is_wrong_with_an_action(settings: Any, tmp_path: Path) -> None:
    environment, _ = settings
    del environment["CLICKSTREAM_WAREHOUSE_OWNER_URL"]
    with running_function("etl.handler.handler", tmp_path, environment) as etl:
        for event, match in (
            ({"action": "migrate"}, "migrate failed with 409: to migrate, this function needs .*_OWNER_URL"),
            ({"action": "dance"}, "dance failed with 404: POST /v1/actions/dance: Not Found"),
            ({"action": "../runs"}, "failed with 404"),
            ({"action": "migrate", "tries": 3}, "migrate failed with 422: body.tries: Extra inputs"),
        ):
            with pytest.raises(FunctionError, match=match):
                etl.invoke(event)
