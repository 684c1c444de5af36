"""The schemas of the OpenAPI document: events as they may be sent, answers, and one problem for each kind of error."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from collector.errors import AllRejectedError, CollectorError
from collector.openapi import REF, problem_schema_name, problem_type
from collector.openapi_examples import REJECTED, REQUEST_ID
from collector.wire_schema import WireSchema
from lake.contract import Envelope, Event

# Answers for which the collector has no error of its own: Starlette's routing gives them.
_ROUTING = {
    "NotFoundProblem": ("not-found", "Not Found", 404, "GET /nothing: Not Found; events are sent to POST /clickstream"),
    "MethodNotAllowedProblem": ("method-not-allowed", "Method Not Allowed", 405, "GET /clickstream: use POST"),
}


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class FieldError(_Answer):
    """One thing that is wrong with an event."""

    field: str = Field(
        description="Which field, with dots between levels; empty: all of it", examples=["items.0.price"]
    )
    code: str = Field(description="The kind of error, for programs", examples=["float_parsing"])
    message: str = Field(
        description="The error, for people",
        examples=["Input should be a valid number, unable to parse string as a number"],
    )


class Rejected(_Answer):
    """An event that was not taken."""

    index: int = Field(description="Its place in the request, from 0", examples=[1])
    event_id: Any = Field(
        description="Its eventId as it was sent; null where it had none",
        examples=["0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f"],
    )
    errors: list[FieldError] = Field(description="What is wrong with it", examples=[REJECTED[0]["errors"]])


class Stored(_Answer):
    """The valid events are durably in the lake."""

    success: Literal[True] = Field(description="Always true: another answer is a problem", examples=[True])
    accepted: int = Field(ge=0, description="Events that were stored", examples=[2])
    rejected: list[Rejected] = Field(description="Events that were not, and why", examples=[REJECTED])
    withheld: int = Field(
        0, ge=1, description="Events not kept because their visitor refused consent; missing: none", examples=[1]
    )


class Health(_Answer):
    """The answer of a healthy collector."""

    status: Literal["ok"] = Field(description="Always ok: what is not is a problem", examples=["ok"])


def component_schemas() -> dict[str, Any]:
    """All schemas, by name."""
    _, events = models_json_schema(
        [(Event, "validation"), (Envelope, "validation")], ref_template=REF, schema_generator=WireSchema
    )
    _, answers = models_json_schema(
        [(Stored, "serialization"), (Rejected, "serialization"), (Health, "serialization")], ref_template=REF
    )
    schemas: dict[str, Any] = events["$defs"] | answers["$defs"]
    del schemas["Stored"]["properties"]["withheld"]["default"]  # it is left out, not 0
    schemas["Stored"]["required"] = ["success", "accepted", "rejected"]
    for model in ("FieldError", "Health", "Rejected", "Stored"):
        for field in schemas[model]["properties"].values():
            field.pop("title", None)
    return schemas | _problems()


def _problems() -> dict[str, Any]:
    found = {
        problem_schema_name(error): _problem(
            error.slug, error.title, error.status, (error.__doc__ or "").partition("\n")[0], error
        )
        for error in _kinds(CollectorError)
    }
    for name, (slug, title, status, detail) in _ROUTING.items():
        found[name] = _problem(slug, title, status, detail, CollectorError)
    mapping = {schema["properties"]["type"]["const"]: REF.format(model=name) for name, schema in found.items()}
    union = {
        "description": "What went wrong (RFC 9457); `type` tells which.",
        "oneOf": [{"$ref": reference} for reference in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return found | {"Problem": union}


def _problem(slug: str, title: str, status: int, description: str, error: type[CollectorError]) -> dict[str, Any]:
    def constant(value: str | int, meaning: str) -> dict[str, Any]:
        kind = "integer" if isinstance(value, int) else "string"
        return {"type": kind, "const": value, "description": meaning, "examples": [value]}

    properties = {
        "type": constant(problem_type(slug), "The kind of problem, for programs"),
        "title": constant(title, "The kind of problem, for people"),
        "status": constant(status, "The HTTP status"),
        "detail": {
            "type": "string",
            "description": "What was wrong this time, where, and what to do",
            "examples": ["the body is not JSON that can be taken: expected value at line 1 column 15"],
        },
        "requestId": {
            "type": "string",
            "description": "To be quoted: the collector's log has it too",
            "examples": [REQUEST_ID],
        },
    }
    required = ["type", "title", "status", "detail"]
    if issubclass(error, AllRejectedError):
        properties["rejected"] = {
            "type": "array",
            "items": {"$ref": REF.format(model="Rejected")},
            "description": "What is wrong with each event",
            "examples": [REJECTED],
        }
        required.append("rejected")
    return {
        "type": "object", "title": title, "description": description, "properties": properties, "required": required,
    }  # fmt: skip


def _kinds(base: type[CollectorError]) -> Iterator[type[CollectorError]]:
    """The errors that have a type of their own; others are told apart by their detail only."""
    yield base
    for error in base.__subclasses__():
        if "slug" in vars(error):
            yield from _kinds(error)
