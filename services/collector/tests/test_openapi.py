import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from collector.errors import CollectorError
from collector.openapi_document import document_text
from lake.contract import Event

pytestmark = pytest.mark.anyio


async def document(collector: Any) -> Any:
    answer = await collector.client.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def schema_in(document: Any, schema: Any) -> Any:
    """A schema of the document that stands on its own."""
    return schema | {"components": document["components"]}


def errors_of(base: type[CollectorError]) -> Iterator[type[CollectorError]]:
    yield base
    for error in base.__subclasses__():
        yield from errors_of(error)


async def test_every_path_and_answer_is_documented(collector: Any) -> None:
    paths = (await document(collector))["paths"]
    assert set(paths) == {"/clickstream", "/health/live", "/health/ready"}
    answers = {"200", "400", "401", "408", "413", "415", "422", "431", "500", "503"}
    assert set(paths["/clickstream"]["post"]["responses"]) == answers
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


async def test_every_field_says_what_it_is_with_an_example(collector: Any) -> None:
    api = await document(collector)
    for name, schema in api["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, described in schema.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field}"
            [*examples] = described["examples"]
            for example in examples:
                jsonschema_rs.validator_for(schema_in(api, described)).validate(example)


async def test_coercions_are_documented(collector: Any) -> None:
    api = await document(collector)
    event = jsonschema_rs.validator_for(schema_in(api, {"$ref": "#/components/schemas/Event"}))
    taken = [
        {"userId": 7, "eventTimestamp": 1_795_340_467_123.4, "isFirstVisit": "true", "sequence": "3"},
        {"product": {"id": 12, "price": "1299.00"}, "items": [{"quantity": "2", "price": "-1"}], "pageUrl": None},
    ]
    refused = [
        {"sequence": "-1"}, {"sequence": 2**31}, {"items": [{"quantity": "two"}]}, {"order": {"total": 1e13}},
        {"eventName": 5}, {"userId": "x" * 129}, {"eventTimestamp": 10**15}, {"isFirstVisit": "perhaps"},
    ]  # fmt: skip
    for fields, valid in [(fields, True) for fields in taken] + [(fields, False) for fields in refused]:
        sent = {"eventName": "a"} | fields
        assert event.is_valid(sent) is valid, sent
        if valid:
            assert (await collector.send(sent)).json()["rejected"] == []


async def test_every_problem_has_a_schema_of_its_own_told_by_its_type(collector: Any) -> None:
    api = await document(collector)
    schemas = api["components"]["schemas"]
    union = schemas["Problem"]
    assert union["discriminator"]["propertyName"] == "type"
    for kind, reference in union["discriminator"]["mapping"].items():
        name = reference.rpartition("/")[2]
        assert schemas[name]["properties"]["type"]["const"] == kind
    kinds = {error.slug for error in errors_of(CollectorError)} | {"not-found", "method-not-allowed"}
    assert set(union["discriminator"]["mapping"]) == {f"urn:clickstream:problem:{slug}" for slug in kinds}


async def test_the_documented_problems_are_those_that_are_answered(collector: Any) -> None:
    api = await document(collector)
    problem = jsonschema_rs.validator_for(schema_in(api, {"$ref": "#/components/schemas/Problem"}))
    documented = api["paths"]["/clickstream"]["post"]["responses"]
    for status, response in documented.items():
        if status != "200":
            media = response["content"]["application/problem+json"]
            jsonschema_rs.validator_for(schema_in(api, media["schema"])).validate(media["example"])
            problem.validate(media["example"])
    for body, status in ((b"{", 400), ({}, 422), ([{}] * 501, 413)):
        answer = await collector.send(body)
        assert answer.status_code == status
        media = documented[str(status)]["content"]["application/problem+json"]
        jsonschema_rs.validator_for(schema_in(api, media["schema"])).validate(answer.json())
    for answer in (await collector.client.get("/nothing"), await collector.client.get("/clickstream")):
        problem.validate(answer.json())


async def test_the_document_is_the_same_without_a_server(collector: Any) -> None:
    assert json.loads(document_text()) == await document(collector)


async def test_the_page_of_the_documentation_is_there(collector: Any) -> None:
    answer = await collector.client.get("/docs")
    assert answer.status_code == 200
    assert "/openapi.json" in answer.text
