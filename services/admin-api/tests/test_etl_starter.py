"""Telling the ETL of a run."""

from uuid import UUID

import httpx
from aws_lambda_powertools import Logger

from admin_api.etl_starter import HttpEtl

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
