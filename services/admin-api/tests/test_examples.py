"""The examples of the OpenAPI document are answers that the API may give."""

from importlib import resources
from typing import Any

import jsonschema_rs  # schemathesis brings it
import pytest

from admin_api import examples
from admin_api.app import create_app
from admin_api.settings import Settings

DOCUMENT = create_app(
    Settings(warehouse_url="postgresql://nobody@127.0.0.1:1/none", admin_token="a-token-of-the-tests")
).openapi()
OPERATIONS = {each["operationId"]: each for path in DOCUMENT["paths"].values() for each in path.values()}


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    """What the document says of the answer in JSON."""
    (status,) = (status for status in operation["responses"] if status in ("200", "202"))
    found: dict[str, Any] = operation["responses"][status]["content"]["application/json"]
    return found


def errors(schema: dict[str, Any], value: object) -> list[str]:
    """What a schema of the document says against a value."""
    whole = schema | {"components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


def numbers(value: Any, path: str = "") -> list[tuple[str, float]]:
    """Every number of a body, with the place."""
    if isinstance(value, dict):
        return [each for name, part in value.items() for each in numbers(part, f"{path}.{name}")]
    if isinstance(value, list):
        return [each for part in value for each in numbers(part, path)]
    return [(path, value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_route_has_an_example_that_is_as_its_model_says(name: str) -> None:
    answer = answer_of(OPERATIONS[name])

    assert errors(answer["schema"], answer["example"]) == []
    assert all(0 <= value <= 1 for place, value in numbers(answer["example"]) if place.endswith(("Rate", "share")))


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if "security" in each])
def test_an_answer_that_lacks_or_adds_a_member_would_be_noticed(name: str) -> None:
    answer = answer_of(OPERATIONS[name])
    lacking = dict(list(answer["example"].items())[1:])

    assert errors(answer["schema"], lacking)
    assert errors(answer["schema"], answer["example"] | {"further": 1})


@pytest.mark.parametrize("name", ["windows", "runs", "run", "status"])
def test_the_books_of_an_example_balance(name: str) -> None:
    def books(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return [each for part in value for each in books(part)]
        if not isinstance(value, dict):
            return []
        return [*([value] if "collected" in value else []), *(each for part in value.values() for each in books(part))]

    found = books(answer_of(OPERATIONS[name])["example"])
    assert found
    for each in found:
        assert each["collected"] == sum(each[name] for name in ("loaded", "duplicates", "rejected", "withheld"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_refusal_of_a_route_has_an_example_of_its_status(name: str) -> None:
    problem = DOCUMENT["components"]["schemas"]["Problem"]
    refused = {status: each for status, each in OPERATIONS[name]["responses"].items() if status >= "400"}

    for status, each in refused.items():
        example = each["content"]["application/problem+json"]["example"]
        assert errors(problem, example) == []
        assert str(example["status"]) == status
        assert example["detail"]
    assert refused


def test_no_example_is_of_no_route() -> None:
    named = {file.name.removesuffix(".json") for file in resources.files(examples).iterdir() if ".json" in file.name}

    assert named == set(OPERATIONS)
