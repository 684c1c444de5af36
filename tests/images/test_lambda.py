"""The services' images as Lambda functions: AWS's runtime client in them asks a Runtime API for events."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runtime_api import RuntimeApi
from s3_server import S3Server

EVENTS = Path(__file__).parents[1] / "lambda" / "events"
TOKEN = "a-token-of-the-tests"


@contextmanager
def function(engine: Any, image: str, log: Path, environment: Mapping[str, str]) -> Iterator[RuntimeApi]:
    """A container of an image, run as Lambda runs it: nothing but /tmp can be written. Ends with its Runtime API."""
    settings = {"AWS_LAMBDA_FUNCTION_NAME": image, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", **environment}
    with log.open("wb") as output, RuntimeApi() as api:
        settings["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{api.port}"
        given = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
        process = subprocess.Popen(
            engine.command("run", "--rm", "--network=host", "--read-only", "--tmpfs=/tmp", *given, image),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield api
        finally:
            process.terminate()
    # The runtime client ends when its Runtime API does.
    process.wait(30)


def event(name: str) -> dict[str, Any]:
    """One of the recorded events."""
    read: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return read


def test_an_event_goes_from_image_to_image(engine: Any, s3: S3Server, warehouse: Any, tmp_path: Path) -> None:
    lake = s3.environment | {"CLICKSTREAM_LAKE_URL": s3.lake_url}
    with function(engine, "clickstream-collector", tmp_path / "collector.log", lake) as collector:
        answer = collector.invoke(event("plain"))
        assert (answer["statusCode"], json.loads(answer["body"])["accepted"]) == (200, 1)

    settings = lake | {"CLICKSTREAM_WAREHOUSE_URL": warehouse.role_url("clickstream_etl")}
    with function(engine, "clickstream-etl", tmp_path / "etl.log", settings) as etl:
        [run] = etl.invoke(event("schedule"), deadline_seconds=900)["runs"]
        assert (run["state"], run["collected"], run["loaded"]) == ("succeeded", 1, 1)

    settings = {
        "CLICKSTREAM_WAREHOUSE_URL": warehouse.role_url("clickstream_admin"),
        "CLICKSTREAM_ADMIN_TOKEN": TOKEN,
    }
    with function(engine, "clickstream-admin-api", tmp_path / "admin.log", settings) as admin:
        answer = admin.invoke(event("admin_status"))
        assert (answer["statusCode"], json.loads(answer["body"])["totals"]["loaded"]) == (200, 1)
