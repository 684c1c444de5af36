"""The collector as Lambda runs it: its entry under AWS's runtime client, API Gateway's events in, objects in S3 out."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lambda_function import LambdaFunction, running_function
from runtime_api import InitError
from s3_server import S3Server

Event = Callable[[str], dict[str, Any]]


@pytest.fixture
def collector(s3: S3Server, tmp_path: Path) -> Iterator[LambdaFunction]:
    settings = {"CLICKSTREAM_LAKE_URL": s3.lake_url, "CLICKSTREAM_ALLOWED_ORIGINS": "https://shop.example"}
    with running_function("collector.handler.handler", tmp_path, s3.environment | settings) as function:
        yield function


def lines(s3: S3Server, root: str = "events") -> list[dict[str, Any]]:
    """What lies in the bucket, fetched by AWS's own client; each key's count must be true."""
    client = s3.client()
    found = []
    for item in client.list_objects_v2(Bucket=s3.bucket, Prefix=f"{root}/").get("Contents", []):
        body = client.get_object(Bucket=s3.bucket, Key=item["Key"])["Body"].read()
        in_object = [json.loads(line) for line in gzip.decompress(body).splitlines()]
        assert f".{len(in_object)}.ndjson.gz" in item["Key"]
        found += in_object
    return found


def without_ingest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: line[name] for name in line if name != "_ingest"} for line in found]


def test_a_warm_function_takes_every_form_of_request(collector: LambdaFunction, s3: S3Server, event: Event) -> None:
    for name, accepted in (("plain", 1), ("gzip", 2), ("beacon", 1), ("unicode", 1)):
        answer = collector.invoke(event(name))
        assert answer["statusCode"] == 200, answer
        assert json.loads(answer["body"]) == {"success": True, "accepted": accepted, "rejected": []}
        assert answer["headers"]["access-control-allow-origin"] == "https://shop.example"
        assert answer["isBase64Encoded"] is False

    stored = {line["eventId"]: line for line in lines(s3)}
    assert len(stored) == 5
    for name in ("plain", "unicode"):
        sent = json.loads(event(name)["body"])
        assert without_ingest([stored[sent["eventId"]]]) == [sent]
    ingest = stored[json.loads(event("plain")["body"])["eventId"]]["_ingest"]
    assert ingest["requestId"] == event("plain")["requestContext"]["requestId"]
    assert (ingest["sourceIp"], ingest["apiId"]) == ("198.51.100.0", "r3pmxmplak")

    # The same objects as the ETL will see them.
    lake = s3.lake()
    assert sum(item.count for item in lake.list_all("events")) == 5

    answered = [line for line in collector.log_lines() if line["message"] == "collector.request.answered"]
    assert [line["accepted"] for line in answered] == [1, 2, 1, 1]


def test_a_large_request_becomes_one_object(collector: LambdaFunction, s3: S3Server, event: Event) -> None:
    large = event("plain")
    view = json.loads(large["body"])
    events = [view | {"eventId": f"0192f0c1-0000-7000-8000-{n:012x}", "filler": "é" * 700} for n in range(500)]
    large["body"] = json.dumps(events, ensure_ascii=False)
    assert 850_000 < len(large["body"].encode()) < 1 << 20
    answer = collector.invoke(large)
    assert json.loads(answer["body"])["accepted"] == 500
    [item] = s3.lake().list_all("events")
    assert item.count == 500
    assert without_ingest(lines(s3)) == events

    large["body"] = json.dumps(events * 2)
    assert collector.invoke(large)["statusCode"] == 413


def test_a_preflight_is_answered(collector: LambdaFunction, event: Event) -> None:
    answer = collector.invoke(event("preflight"))
    assert answer["statusCode"] == 204
    assert answer["headers"]["access-control-allow-origin"] == "https://shop.example"
    assert answer["headers"]["access-control-allow-headers"] == "content-type"
    assert answer["headers"]["access-control-max-age"] == "86400"


def test_what_cannot_be_taken_is_said_to_be_so(collector: LambdaFunction, s3: S3Server, event: Event) -> None:
    for name, status, slug in (
        ("not_json", 400, "malformed"),
        ("wrong_type", 415, "unsupported-media"),
        ("invalid_event", 422, "all-rejected"),
    ):
        answer = collector.invoke(event(name))
        assert answer["statusCode"] == status
        assert answer["headers"]["content-type"] == "application/problem+json"
        problem = json.loads(answer["body"])
        assert problem["type"] == f"urn:clickstream:problem:{slug}"
        assert problem["requestId"] == event(name)["requestContext"]["requestId"]
    assert lines(s3) == []
    assert [line["body"] for line in lines(s3, "rejected")] == json.loads(event("invalid_event")["body"])


def test_a_function_that_cannot_reach_its_lake_says_so_and_is_not_ready(
    collector: LambdaFunction, s3: S3Server, event: Event
) -> None:
    assert collector.invoke(event("ready"))["statusCode"] == 200
    s3.client().delete_object(Bucket=s3.bucket, Key="health/probe")
    s3.client().delete_bucket(Bucket=s3.bucket)
    answer = collector.invoke(event("plain"))
    assert answer["statusCode"] == 503
    assert int(answer["headers"]["retry-after"]) > 0
    assert collector.invoke(event("ready"))["statusCode"] == 503
    s3.client().create_bucket(Bucket=s3.bucket)
    assert collector.invoke(event("plain"))["statusCode"] == 200
    assert len(lines(s3)) == 1


def test_a_function_without_its_settings_fails_at_its_start_and_names_them(tmp_path: Path, event: Event) -> None:
    with (
        running_function("collector.handler.handler", tmp_path, {}) as function,
        pytest.raises(InitError, match="lake_url"),
    ):
        function.invoke(event("plain"))
