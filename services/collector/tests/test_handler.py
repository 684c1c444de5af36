"""API Gateway events through the Lambda entry, several in a row as a warm function gets them."""

import base64
import gzip
import importlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mangum import Mangum

from collector.app import create_app
from collector.log import Log
from collector.settings import Settings
from lake import open_lake

EVENT = {"eventName": "page_view", "eventId": "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"}


@pytest.fixture
def handler(loop: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CLICKSTREAM_LAKE_URL", f"file://{tmp_path}")
    monkeypatch.setenv("CLICKSTREAM_ALLOWED_ORIGINS", "https://shop.example")
    monkeypatch.setenv("CLICKSTREAM_BASE_PATH", "/prod")
    monkeypatch.delitem(sys.modules, "collector.handler", raising=False)
    return importlib.import_module("collector.handler").handler


def gateway_event(
    body: str | None, *, encoded: bool = False, method: str = "POST", path: str = "/prod/clickstream", **headers: str
) -> dict[str, Any]:
    """An event of an HTTP API, payload format 2.0."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} /clickstream",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "content-type": "application/json",
            "host": "abc123.execute-api.eu-central-1.amazonaws.com",
            "user-agent": "Mozilla/5.0",
            "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678",
            "x-forwarded-for": "198.51.100.23",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        }
        | {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": "abc123.execute-api.eu-central-1.amazonaws.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.23",
                "userAgent": "Mozilla/5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} /clickstream",
            "stage": "prod",
            "time": "22/Nov/2026:09:41:07 +0000",
            "timeEpoch": 1795340467123,
        },
        "isBase64Encoded": encoded,
    }
    return event if body is None else event | {"body": body}


def lines(folder: Path) -> list[Any]:
    lake = open_lake(f"file://{folder}")
    return [
        json.loads(line)
        for item in lake.list_all("events")
        for line in gzip.decompress(lake.get(item.key)).splitlines()
    ]


def test_several_invocations_of_a_warm_function(handler: Any, tmp_path: Path) -> None:
    plain = handler(gateway_event(json.dumps(EVENT)), None)
    assert plain["statusCode"] == 200
    assert json.loads(plain["body"]) == {"success": True, "accepted": 1, "rejected": []}
    assert not plain["isBase64Encoded"]

    zipped = base64.b64encode(gzip.compress(json.dumps([EVENT, EVENT]).encode())).decode()
    answer = handler(gateway_event(zipped, encoded=True, content_encoding="gzip"), None)
    assert json.loads(answer["body"])["accepted"] == 2

    beacon = base64.b64encode(json.dumps(EVENT).encode()).decode()
    answer = handler(gateway_event(beacon, encoded=True, content_type="text/plain;charset=UTF-8"), None)
    assert json.loads(answer["body"])["accepted"] == 1

    preflight = handler(
        gateway_event(None, method="OPTIONS", origin="https://shop.example", access_control_request_method="POST"),
        None,
    )
    assert preflight["statusCode"] == 204
    assert preflight["headers"]["access-control-allow-origin"] == "https://shop.example"
    assert preflight["headers"]["access-control-max-age"] == "86400"

    broken = handler(gateway_event("{"), None)
    assert broken["statusCode"] == 400
    assert broken["headers"]["content-type"] == "application/problem+json"
    assert json.loads(broken["body"])["requestId"] == "JKJaXmPLvHcESHA="

    assert handler(gateway_event(None), None)["statusCode"] == 400
    assert handler(gateway_event(None, method="GET", path="/prod/health/ready"), None)["statusCode"] == 200
    assert handler(gateway_event(None, method="GET", path="/prod/nothing"), None)["statusCode"] == 404
    assert len(lines(tmp_path)) == 4


def test_what_api_gateway_knows_is_kept(handler: Any, tmp_path: Path) -> None:
    handler(gateway_event(json.dumps(EVENT), cloudfront_viewer_country="VN"), None)
    [line] = lines(tmp_path)
    ingest = line["_ingest"]
    assert {name: ingest[name] for name in ingest if name not in {"receivedAt", "collectorVersion", "members"}} == {
        "requestId": "JKJaXmPLvHcESHA=",
        "apiId": "abc123",
        "stage": "prod",
        "traceId": "Root=1-67891233-abcdef012345678912345678",
        "sourceIp": "198.51.100.0",
        "userAgent": "Mozilla/5.0",
        "method": "POST",
        "path": "/clickstream",
        "country": "VN",
    }


def test_an_invocation_writes_its_log_before_it_ends(loop: None) -> None:
    """A frozen function writes nothing."""
    stream = io.StringIO()
    invoke = Mangum(create_app(Settings(lake_url="memory://"), log=Log(stream=stream)), lifespan="off")
    for invocation in (1, 2):
        invoke(gateway_event(json.dumps(EVENT), path="/clickstream"), None)
        messages = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
        assert messages == ["collector.object.stored", "collector.request.answered"] * invocation


def test_a_failing_lake_is_a_503_and_the_next_invocation_recovers(handler: Any, tmp_path: Path) -> None:
    (tmp_path / "events").write_text("a file where the folder should be")
    answer = handler(gateway_event(json.dumps(EVENT)), None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"] == "5"
    (tmp_path / "events").unlink()
    assert handler(gateway_event(json.dumps(EVENT)), None)["statusCode"] == 200


def test_an_invocation_writes_its_metrics_before_it_ends(loop: None) -> None:
    stream = io.StringIO()
    settings = Settings(lake_url="memory://", metrics_flush_seconds=0)
    invoke = Mangum(create_app(settings, log=Log(stream=stream)), lifespan="off")
    for invocation in (1, 2):
        invoke(gateway_event(json.dumps([EVENT, EVENT]), path="/clickstream"), None)
        written = [json.loads(line) for line in stream.getvalue().splitlines()]
        metrics = [line for line in written if line["message"] == "collector.metrics"]
        assert [(line["Requests"], line["EventsAccepted"]) for line in metrics] == [(1, 2)] * invocation


def test_behind_cloudfront_and_api_gateway_the_visitors_address_is_kept(loop: None, tmp_path: Path) -> None:
    """CloudFront appends the visitor, API Gateway appends CloudFront; what stands before is the visitor's own word."""
    settings = Settings(lake_url=f"file://{tmp_path}", trusted_proxy_depth=2)
    invoke = Mangum(create_app(settings, log=Log(stream=io.StringIO())), lifespan="off")
    forwarded = "192.0.2.66, 198.51.100.23, 130.176.0.1"
    assert invoke(gateway_event(json.dumps(EVENT), path="/clickstream", x_forwarded_for=forwarded), None)
    [line] = lines(tmp_path)
    assert line["_ingest"]["sourceIp"] == "198.51.100.0"
