"""The OpenAPI document of ``POST /clickstream``, which is served outside FastAPI's routing."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from collector.errors import (
    PROBLEM_JSON,
    AllRejectedError,
    CollectorError,
    MalformedRequestError,
    QueueFullError,
    TooLargeError,
    UnsupportedMediaError,
)
from lake.contract import MAX_BODY_BYTES, MAX_EVENTS_PER_REQUEST, Envelope, Event

DESCRIPTION = """\
Takes the events of a shop's visitors and keeps them, unchanged, in the raw lake.

An answer of 200 means that the events are durably stored. An answer of 503 means that nothing was: send the same
request again after `Retry-After` seconds; events carry an `eventId`, so that sending twice never counts twice.
"""

_REF = "#/components/schemas/{model}"


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class FieldError(_Answer):
    """One thing that is wrong with an event."""

    field: str = Field(examples=["product.price"])
    code: str = Field(examples=["float_parsing"])
    message: str = Field(examples=["Input should be a valid number, unable to parse string as a number"])


class Rejected(_Answer):
    """An event that was not taken."""

    index: int = Field(description="Its place in the request, from 0")
    event_id: Any = Field(description="Its eventId as it was sent")
    errors: list[FieldError]


class Stored(_Answer):
    """The valid events are durably in the lake."""

    success: bool
    accepted: int = Field(description="Events that were stored")
    rejected: list[Rejected]
    withheld: int | None = Field(
        None, description="Events not kept because their visitor refused consent; left out where there are none"
    )


class Problem(_Answer):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = Field(None, description="To be quoted; the collector's log has it too")
    rejected: list[Rejected] | None = Field(None, description="Of 422: what is wrong with each event")


_PAGE_VIEW = {
    "eventName": "page_view",
    "eventId": "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f",
    "eventTimestamp": "2026-11-22T09:41:07.123Z",
    "pageUrl": "https://shop.example/laptops?utm_source=newsletter",
    "pageTitle": "Laptops",
    "referrer": "https://www.google.com/",
    "clientId": "c-7f9d",
    "sessionId": "s-31ab",
    "userLoginState": "anonymous",
    "isFirstVisit": True,
    "sequence": 1,
}
_ADD_TO_CART = {
    "eventName": "add_to_cart_click",
    "eventId": "0192f0c1-3b5c-7d4e-9f60-7b8c9d0e1f20",
    "eventTimestamp": "2026-11-22T09:41:48.330Z",
    "pageUrl": "https://shop.example/laptops/aurora-14",
    "clientId": "c-7f9d",
    "sessionId": "s-31ab",
    "sequence": 2,
    "product": {"id": "aurora-14", "name": "Aurora 14", "category": "Laptops", "price": 1299.0},
    "element": {"tag": "button", "id": "add-to-cart", "text": "Add to cart"},
}
_CHECKOUT = {
    "eventName": "checkout_complete",
    "eventId": "0192f0c1-4c6d-7e5f-8a71-8c9d0e1f2031",
    "clientId": "c-7f9d",
    "sessionId": "s-31ab",
    "userId": "u-1001",
    "userLoginState": "logged_in",
    "order": {"id": "order-10042", "total": 1199.0, "currency": "EUR", "itemCount": 1},
    "items": [{"id": "aurora-14", "name": "Aurora 14", "price": 1199.0, "quantity": 1, "currency": "EUR"}],
}
_BODIES: dict[str, Any] = {
    "one": {"summary": "One event", "value": _PAGE_VIEW},
    "several": {"summary": "Several events", "value": [_PAGE_VIEW, _ADD_TO_CART]},
    "envelope": {
        "summary": "An envelope with the browser's clock at sending",
        "value": {"sentAt": "2026-11-22T09:42:10.000Z", "events": [_ADD_TO_CART, _CHECKOUT]},
    },
    "custom": {
        "summary": "A custom event with properties",
        "value": {"eventName": "store_locator_open", "clientId": "c-7f9d", "properties": {"city": "Hue"}},
    },
}
_REJECTED = [
    {
        "index": 1,
        "eventId": None,
        "errors": [{"field": "eventName", "code": "missing", "message": "Field required"}],
    }
]


def problem_answer(description: str, error: CollectorError, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    """A documented problem+json answer, with the error as its example."""
    example = {
        "type": f"urn:clickstream:problem:{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "requestId": "0192f0c1-5d7e-7f60-9b82-9d0e1f203142",
    } | error.members()
    content = {PROBLEM_JSON: {"schema": {"$ref": _REF.format(model="Problem")}, "example": example}}
    return {"description": description, "content": content} | ({"headers": headers} if headers else {})


def _post() -> dict[str, Any]:
    schema = {
        "oneOf": [
            {"$ref": _REF.format(model="Event")},
            {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_EVENTS_PER_REQUEST,
                "items": {"$ref": _REF.format(model="Event")},
            },
            {"$ref": _REF.format(model="Envelope")},
        ]
    }
    media = {"schema": schema, "examples": _BODIES}
    retry_after = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    success = {
        "all": {"summary": "All stored", "value": {"success": True, "accepted": 2, "rejected": []}},
        "some": {"summary": "Some rejected", "value": {"success": True, "accepted": 1, "rejected": _REJECTED}},
        "withheld": {
            "summary": "One without consent",
            "value": {"success": True, "accepted": 1, "rejected": [], "withheld": 1},
        },
    }
    return {
        "tags": ["Events"],
        "summary": "Send events",
        "description": (
            "The body is one event, an array of events, or an envelope, as JSON in UTF-8, plain or (with "
            "`Content-Encoding: gzip`) compressed. `text/plain` is taken too, so that `navigator.sendBeacon` needs no "
            "preflight. Ids may be sent as numbers and numbers as text; unknown fields are kept. At most "
            f"{MAX_EVENTS_PER_REQUEST} events and {MAX_BODY_BYTES >> 20} MiB, also when decompressed."
        ),
        "operationId": "sendEvents",
        "requestBody": {"required": True, "content": {"application/json": media, "text/plain": media}},
        "responses": {
            "200": {
                "description": "The valid events are durably stored; those that are not are listed in `rejected`.",
                "content": {"application/json": {"schema": {"$ref": _REF.format(model="Stored")}, "examples": success}},
            },
            "400": problem_answer(
                "Not JSON, not UTF-8, bad gzip, or neither an event nor a list of events.",
                MalformedRequestError("the body is not JSON that can be taken: expected value at line 1 column 15"),
            ),
            "413": problem_answer(
                f"Over {MAX_EVENTS_PER_REQUEST} events or {MAX_BODY_BYTES >> 20} MiB.",
                TooLargeError(f"501 events in one request, at most {MAX_EVENTS_PER_REQUEST} are taken"),
            ),
            "415": problem_answer(
                "Content type, charset or content encoding that is not read.",
                UnsupportedMediaError("Content-Type 'text/html' is not read: expected application/json or text/plain"),
            ),
            "422": problem_answer("No event of the request is valid.", AllRejectedError(_REJECTED)),
            "503": problem_answer(
                "Nothing was stored; the same request may succeed later.",
                QueueFullError("33554000 bytes are waiting for the lake: send the request again later"),
                retry_after,
            ),
        },
    }


_PREFLIGHT = {
    "tags": ["Events"],
    "summary": "Browser preflight",
    "operationId": "preflight",
    "responses": {"204": {"description": "CORS headers for an allowed origin; none for another."}},
}


def document(app: FastAPI) -> None:
    """Add ``/clickstream`` to the app's OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            _, models = models_json_schema(
                [(Event, "validation"), (Envelope, "validation"), (Stored, "validation"), (Problem, "validation")],
                ref_template=_REF,
            )
            schema["paths"] = {"/clickstream": {"post": _post(), "options": _PREFLIGHT}} | schema["paths"]
            components = schema.setdefault("components", {}).setdefault("schemas", {})
            components.update(models["$defs"])
            app.openapi_schema = schema
        return app.openapi_schema

    # The way FastAPI's own documentation extends the document.
    app.openapi = openapi  # type: ignore[method-assign]
