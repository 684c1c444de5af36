"""The OpenAPI document of ``POST /clickstream``, which is served outside FastAPI's routing.

Schemas and examples are made when the document is first asked for: a cold start needs none of them.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from collector.errors import (
    PROBLEM_JSON,
    AllRejectedError,
    CollectorError,
    HeadTooLargeError,
    MalformedRequestError,
    QueueFullError,
    SlowRequestError,
    TooLargeError,
    UnsupportedMediaError,
    WriteKeyError,
)
from collector.openapi_examples import ANSWERS, BODIES, REJECTED, REQUEST_ID
from collector.write_keys import HEADER, QUERY
from lake.contract import MAX_BODY_BYTES, MAX_EVENTS_PER_REQUEST

DESCRIPTION = """\
Takes the events of a shop's visitors and keeps them, unchanged, in the raw lake.

An answer of 200 means that the events are durably stored. An answer of 503 means that nothing was: send the same
request again after `Retry-After` seconds; events carry an `eventId`, so that sending twice never counts twice.
"""
REF = "#/components/schemas/{model}"
_TAGS = [
    {"name": "Events", "description": "From the browser into the raw lake"},
    {"name": "Health", "description": "For load balancers and alarms"},
]


def problem_type(slug: str) -> str:
    """A problem's ``type`` (RFC 9457)."""
    return f"urn:clickstream:problem:{slug}"


def problem_schema_name(error: type[CollectorError]) -> str:
    """Name of the schema of an error's answer: ``TooLargeProblem``."""
    kind = next(base for base in error.__mro__ if "slug" in vars(base))
    name = "Internal" if kind is CollectorError else kind.__name__.removesuffix("Error")
    return f"{name}Problem"


def problem_answer(description: str, error: CollectorError, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    """A documented problem+json answer, with the error as its example."""
    example = {
        "type": problem_type(error.slug),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "requestId": REQUEST_ID,
    } | error.members()
    schema = {"$ref": REF.format(model=problem_schema_name(type(error)))}
    content = {PROBLEM_JSON: {"schema": schema, "example": example}}
    return {"description": description, "content": content} | ({"headers": headers} if headers else {})


_WRITE_KEY = [
    {
        "name": HEADER,
        "in": "header",
        "description": "One of the write keys, where the collector has any",
        "schema": {"type": "string"},
        "example": "wk_4f9a1c27d05e4b83",
    },
    {
        "name": QUERY,
        "in": "query",
        "description": "The same for `navigator.sendBeacon`, which can set no header; never stored nor logged",
        "schema": {"type": "string"},
        "example": "wk_4f9a1c27d05e4b83",
    },
]


def _post() -> dict[str, Any]:
    event = {"$ref": REF.format(model="Event")}
    several = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_EVENTS_PER_REQUEST,
        "items": event,
        "description": "Several events, in the order in which they happened",
    }
    schema = {"anyOf": [event, several, {"$ref": REF.format(model="Envelope")}]}
    media = {"schema": schema, "examples": BODIES}
    retry_after = {
        "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}, "example": 5}
    }
    return {
        "tags": ["Events"],
        "summary": "Send events",
        "description": (
            "The body is one event, an array of events, or an envelope, as JSON in UTF-8, plain or (with "
            "`Content-Encoding: gzip`) compressed. `text/plain` is taken too, so that `navigator.sendBeacon` needs no "
            "preflight. Ids may be sent as numbers and numbers as text; unknown fields are kept. At most "
            f"{MAX_EVENTS_PER_REQUEST} events and {MAX_BODY_BYTES >> 20} MiB, also when decompressed. Where the "
            "collector honours privacy signals, events of a browser that sends `Sec-GPC: 1` or `DNT: 1` are "
            "acknowledged, not kept, and counted in `withheld`."
        ),
        "operationId": "sendEvents",
        "parameters": _WRITE_KEY,
        "requestBody": {
            "required": True,
            "description": "One event, several, or an envelope of several",
            "content": {"application/json": media, "text/plain": media},
        },
        "responses": {
            "200": {
                "description": "The valid events are durably stored; those that are not are listed in `rejected`.",
                "content": {"application/json": {"schema": {"$ref": REF.format(model="Stored")}, "examples": ANSWERS}},
            },
            "400": problem_answer(
                "Not JSON, not UTF-8, bad gzip, or neither an event nor a list of events.",
                MalformedRequestError("the body is not JSON that can be taken: expected value at line 1 column 15"),
            ),
            "401": problem_answer(
                "The collector has write keys, and the request carries none of them.",
                WriteKeyError("a write key is needed: send it in X-Write-Key, or as writeKey in the query"),
                {
                    "WWW-Authenticate": {
                        "description": "The scheme",
                        "schema": {"type": "string"},
                        "example": "WriteKey",
                    }
                },
            ),
            "408": problem_answer(
                "The request did not arrive in time; the same request may succeed later.",
                SlowRequestError("the request did not arrive in 20 seconds"),
            ),
            "413": problem_answer(
                f"Over {MAX_EVENTS_PER_REQUEST} events or {MAX_BODY_BYTES >> 20} MiB.",
                TooLargeError(f"501 events in one request, at most {MAX_EVENTS_PER_REQUEST} are taken"),
            ),
            "415": problem_answer(
                "Content type, charset or content encoding that is not read.",
                UnsupportedMediaError("Content-Type 'text/html' is not read: expected application/json or text/plain"),
            ),
            "422": problem_answer("No event of the request is valid.", AllRejectedError(REJECTED)),
            "431": problem_answer(
                "Request line and headers are too large.",
                HeadTooLargeError("request line and headers take more than 32768 bytes"),
            ),
            "500": problem_answer("The collector failed; nothing was acknowledged.", CollectorError("see its log")),
            "503": problem_answer(
                "Nothing was stored; the same request may succeed later.",
                QueueFullError("33554000 bytes are waiting for the lake: send the request again later"),
                retry_after,
            ),
        },
    }


def _cors_header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


_PREFLIGHT = {
    "tags": ["Events"],
    "summary": "Browser preflight",
    "description": "What a browser asks before a page of another origin may send JSON.",
    "operationId": "preflight",
    "responses": {
        "204": {
            "description": "CORS headers for an allowed origin; none for another.",
            "headers": {
                "Access-Control-Allow-Origin": _cors_header("The origin, or `*`", "https://shop.example"),
                "Access-Control-Allow-Methods": _cors_header("What may be sent", "POST"),
                "Access-Control-Allow-Headers": _cors_header("The headers that were asked for", "content-type"),
                "Access-Control-Max-Age": _cors_header("Seconds for which the browser need not ask again", "86400"),
            },
        }
    },
}


def document(app: FastAPI) -> None:
    """Add ``/clickstream`` to the app's OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            from collector.openapi_schemas import component_schemas  # noqa: PLC0415 # costs a cold start 20 ms

            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schema["tags"] = _TAGS
            schema["paths"] = {"/clickstream": {"post": _post(), "options": _PREFLIGHT}} | schema["paths"]
            schema.setdefault("components", {}).setdefault("schemas", {}).update(component_schemas())
            app.openapi_schema = schema
        return app.openapi_schema

    # The way FastAPI's own documentation extends the document.
    app.openapi = openapi  # type: ignore[method-assign]
