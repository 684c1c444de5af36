"""Who may ask."""

import pytest
from fastapi.testclient import TestClient

ROUTES = [
    ("GET", "/v1/etl/status"),
    ("GET", "/v1/etl/windows"),
    ("GET", "/v1/etl/runs"),
    ("POST", "/v1/etl/runs"),
    ("GET", "/v1/etl/runs/0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"),
    ("GET", "/v1/etl/rejects"),
    ("GET", "/v1/dw/overview"),
    ("GET", "/v1/dw/timeseries"),
    ("GET", "/v1/dw/funnel"),
    ("GET", "/v1/dw/products"),
]


def test_every_route_that_is_served_is_on_the_list(api: TestClient) -> None:
    served = {
        (method.upper(), path.replace("{run_id}", "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"))
        for path, methods in api.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert served == {*ROUTES, ("GET", "/health/live"), ("GET", "/health/ready")}


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "header", [None, "Bearer wrong-token-of-the-tests", "Bearer ", "Basic YTpi", "Bearer a-token-of-the-test"]
)
def test_without_the_token_nothing_is_answered(api: TestClient, method: str, path: str, header: str | None) -> None:
    del api.headers["Authorization"]
    answer = api.request(method, path, headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


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
