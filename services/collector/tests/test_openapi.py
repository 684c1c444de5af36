from typing import Any

import jsonschema_rs
import pytest

from lake.contract import Event

pytestmark = pytest.mark.anyio


async def document(collector: Any) -> Any:
    answer = await collector.client.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def schema_in(document: Any, schema: Any) -> Any:
    """A schema of the document that stands on its own."""
    return schema | {"components": document["components"]}


async def test_every_path_and_answer_is_documented(collector: Any) -> None:
    paths = (await document(collector))["paths"]
    assert set(paths) == {"/clickstream", "/health/live", "/health/ready"}
    assert set(paths["/clickstream"]["post"]["responses"]) == {"200", "400", "413", "415", "422", "503"}
    assert "204" in paths["/clickstream"]["options"]["responses"]
    assert set(paths["/health/ready"]["get"]["responses"]) == {"200", "503"}


async def test_every_field_of_the_contract_is_documented(collector: Any) -> None:
    event = (await document(collector))["components"]["schemas"]["Event"]
    assert set(event["properties"]) == {field.alias for field in Event.model_fields.values()}
    assert event["required"] == ["eventName"]


async def test_the_documented_requests_are_taken_and_their_answers_are_as_documented(collector: Any) -> None:
    api = await document(collector)
    post = api["paths"]["/clickstream"]["post"]
    media = post["requestBody"]["content"]["application/json"]
    body = jsonschema_rs.validator_for(schema_in(api, media["schema"]))
    stored = jsonschema_rs.validator_for(
        schema_in(api, post["responses"]["200"]["content"]["application/json"]["schema"])
    )
    assert len(media["examples"]) == 4
    for example in media["examples"].values():
        body.validate(example["value"])
        answer = await collector.send(example["value"])
        assert answer.json()["rejected"] == []
        stored.validate(answer.json())
    for example in post["responses"]["200"]["content"]["application/json"]["examples"].values():
        stored.validate(example["value"])


async def test_the_documented_problems_have_the_documented_form(collector: Any) -> None:
    api = await document(collector)
    problem = jsonschema_rs.validator_for(schema_in(api, {"$ref": "#/components/schemas/Problem"}))
    documented = api["paths"]["/clickstream"]["post"]["responses"]
    for status in ("400", "413", "415", "422", "503"):
        problem.validate(documented[status]["content"]["application/problem+json"]["example"])
    for body, status in ((b"{", 400), ({}, 422), ([{}] * 501, 413)):
        answer = await collector.send(body)
        assert answer.status_code == status
        problem.validate(answer.json())


async def test_the_page_of_the_documentation_is_there(collector: Any) -> None:
    answer = await collector.client.get("/docs")
    assert answer.status_code == 200
    assert "/openapi.json" in answer.text
