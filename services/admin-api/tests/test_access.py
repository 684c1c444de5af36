"""Who may ask."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from admin_api.app import create_app
from admin_api.settings import Settings

TOKEN = "a-token-of-the-tests"
READER = "a-reader-of-the-tests"

RUN = "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"
READ = [
    *(f"/v1/etl/{name}" for name in ("status", "windows", "runs", f"runs/{RUN}", "rejects", "rejects/1", "audit")),
    *(f"/v1/dw/{name}" for name in ("dimensions", "overview", "timeseries", "heatmap", "funnel", "events")),
    *(f"/v1/dw/{name}" for name in ("products", "products/p", "categories", "channels", "pages", "paths", "searches")),
    *(f"/v1/dw/{name}" for name in ("visitors", "retention", "sessions", "sessions/s")),
]
OPERATE = ["/v1/etl/runs", f"/v1/etl/runs/{RUN}/cancel", "/v1/etl/rejects/replay"]
ROUTES = [*(("GET", path) for path in READ), *(("POST", path) for path in OPERATE)]
EXAMPLES = {"{run_id}": RUN, "{reject_id}": "1", "{product_id}": "p", "{session_id}": "s"}


def test_every_route_that_is_served_is_on_the_list(api: TestClient) -> None:
    served = {
        (method.upper(), re.sub(r"{\w+}", lambda name: EXAMPLES[name[0]], path))
        for path, methods in api.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert served == {*ROUTES, ("GET", "/health/live"), ("GET", "/health/ready")}


@pytest.fixture(scope="module")
def closed() -> Iterator[TestClient]:
    """The API before a warehouse that nobody serves: whoever is let in gets 503."""
    nowhere = "postgresql://clickstream_admin@127.0.0.1:1/warehouse"
    settings = Settings(
        warehouse_url=nowhere, admin_token=TOKEN, read_tokens=f"{READER}, {READER}-too", log_level="CRITICAL"
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "header", [None, "Bearer wrong-token-of-the-tests", "Bearer ", "Basic YTpi", "Bearer a-token-of-the-test"]
)
def test_without_a_token_nothing_is_answered(closed: TestClient, method: str, path: str, header: str | None) -> None:
    answer = closed.request(method, path, headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("token", [READER, f"{READER}-too"])
@pytest.mark.parametrize("path", OPERATE)
def test_who_may_only_read_may_not_operate(closed: TestClient, path: str, token: str) -> None:
    answer = closed.post(path, headers={"Authorization": f"Bearer {token}"}, json={})

    assert answer.status_code == 403
    assert "operate" in answer.json()["detail"]


@pytest.mark.parametrize("token", [TOKEN, READER, f"{READER}-too"])
def test_every_token_may_read(closed: TestClient, token: str) -> None:
    answer = closed.get("/v1/etl/status", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_short_tokens_are_refused_at_start_up() -> None:
    with pytest.raises(ValidationError, match="CLICKSTREAM_READ_TOKENS"):
        Settings(warehouse_url="postgresql://", admin_token=TOKEN, read_tokens=f"{READER},short")


def test_the_health_checks_need_no_token(api: TestClient) -> None:
    del api.headers["Authorization"]

    assert api.get("/health/live").status_code == 200
    assert api.get("/health/ready").status_code == 200


def test_an_unforeseen_error_is_a_problem_without_its_words(api: TestClient) -> None:
    def break_down() -> None:
        raise RuntimeError("the password is swordfish")

    api.app.add_api_route("/broken", break_down)  # type: ignore[attr-defined]
    answer = api.get("/broken")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "swordfish" not in answer.text
