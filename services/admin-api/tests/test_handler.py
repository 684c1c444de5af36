"""The Lambda entry, with an event of API Gateway's REST API."""

import importlib
import json
import sys
from typing import Any

import pytest

TOKEN = "a-token-of-the-tests"


def rest_event(path: str, token: str | None) -> dict[str, object]:
    """An event of a REST API's proxy integration (payload format 1.0)."""
    headers = {"Host": "api.internal"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return {
        "resource": "/{proxy+}", "path": path, "httpMethod": "GET", "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": {"proxy": path[1:]},
        "stageVariables": None, "body": None, "isBase64Encoded": False,
        "requestContext": {"resourcePath": "/{proxy+}", "httpMethod": "GET", "path": path, "stage": "prod",
                           "identity": {"sourceIp": "10.0.1.7"}},
    }  # fmt: skip


@pytest.mark.usefixtures("loop")
def test_a_rest_api_event_is_answered(warehouse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKSTREAM_WAREHOUSE_URL", warehouse.role_url("clickstream_admin"))
    monkeypatch.setenv("CLICKSTREAM_ADMIN_TOKEN", TOKEN)
    sys.modules.pop("admin_api.handler", None)
    handler = importlib.import_module("admin_api.handler")

    answer = handler.handler(rest_event("/v1/etl/status", TOKEN), None)
    refused = handler.handler(rest_event("/v1/etl/status", None), None)
    handler.handler.app.state.engine.dispose()

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["state"] == "empty"
    assert refused["statusCode"] == 401
