"""Telling the ETL of a run."""

import json
from uuid import UUID

import boto3
import httpx
import pytest
from aws_lambda_powertools import Logger
from botocore.stub import Stubber
from pydantic import ValidationError

from admin_api.app import starter_of
from admin_api.etl_function import LambdaEtl
from admin_api.etl_starter import HttpEtl, WaitForTick
from admin_api.settings import Settings

RUN = UUID("0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f")


def test_the_etl_is_told_the_run_s_id() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"runs": []})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    HttpEtl("http://etl/", Logger(service="test"), client).start(RUN)

    assert [(request.method, str(request.url)) for request in seen] == [("POST", "http://etl/v1/runs")]
    assert seen[0].read() == b'{"runId":"0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"}'


def test_an_etl_that_does_not_answer_is_no_error_the_run_waits_for_the_tick() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = httpx.Client(transport=httpx.MockTransport(refuse))
    HttpEtl("http://etl", Logger(service="test", level="CRITICAL"), client).start(RUN)


def test_the_function_is_told_without_waiting_for_it() -> None:
    client = boto3.client("lambda", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stubber:
        stubber.add_response(
            "invoke",
            {"StatusCode": 202},
            {
                "FunctionName": "clickstream-etl",
                "InvocationType": "Event",
                "Payload": json.dumps(
                    {
                        "source": "clickstream.admin-api",
                        "detail-type": "Run Requested",
                        "detail": {"runId": str(RUN)},
                    }
                ).encode(),
            },
        )
        LambdaEtl("clickstream-etl", Logger(service="test"), client).start(RUN)
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException"])
def test_a_function_that_cannot_be_invoked_is_no_error_the_run_waits_for_the_tick(code: str) -> None:
    client = boto3.client("lambda", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stubber:
        stubber.add_client_error("invoke", code)
        LambdaEtl("clickstream-etl", Logger(service="test", level="CRITICAL"), client).start(RUN)


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, WaitForTick), ({"etl_url": "http://etl"}, HttpEtl), ({"etl_function": "clickstream-etl"}, LambdaEtl)],
)
def test_the_settings_choose_how_the_etl_is_told(
    given: dict[str, str], expected: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    settings = Settings(warehouse_url="postgresql://", admin_token="a-token-of-the-tests", **given)  # type: ignore[arg-type]

    assert type(starter_of(settings, Logger(service="test"))) is expected


def test_two_ways_to_the_etl_are_refused_at_start_up() -> None:
    with pytest.raises(ValidationError, match="two ways"):
        Settings(warehouse_url="postgresql://", admin_token="a-token-of-the-tests", etl_url="x", etl_function="y")
