"""EventBridge's events as requests: a Mangum handler that maps them onto the route that starts a tick."""

import json
from typing import Any

from mangum.types import LambdaConfig, LambdaContext, LambdaEvent, Response, Scope

ROUTE = "/v1/events/eventbridge"


class EventBridge:
    """An event of EventBridge (rules and Scheduler alike) as `POST /v1/events/eventbridge`."""

    @classmethod
    def infer(cls, event: LambdaEvent, context: LambdaContext, config: LambdaConfig) -> bool:
        """Whether this is an event of EventBridge."""
        return "detail-type" in event and "source" in event

    def __init__(self, event: LambdaEvent, context: LambdaContext, config: LambdaConfig) -> None:
        self.event = event
        self.context = context

    @property
    def body(self) -> bytes:
        """The event as JSON."""
        return json.dumps(self.event).encode()

    @property
    def scope(self) -> Scope:
        """The request's ASGI scope."""
        return scope_of(ROUTE, self.event, self.context)

    def __call__(self, response: Response) -> dict[str, Any]:
        """The answer as Lambda's result; a failure raises, so that EventBridge sees it and tries again."""
        body: dict[str, Any] = json.loads(response["body"])
        if response["status"] >= 400:
            raise RuntimeError(f"the tick failed with {response['status']}: {body.get('detail')}")
        return body


def scope_of(path: str, event: LambdaEvent, context: LambdaContext) -> Scope:
    """The ASGI scope of a POST that stands for an event of Lambda."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "headers": [[b"content-type", b"application/json"], [b"host", b"lambda"]],
        "path": path,
        "raw_path": None,
        "root_path": "",
        "scheme": "https",
        "query_string": b"",
        "server": ("lambda", 443),
        "client": ("lambda", 0),
        "asgi": {"version": "3.0", "spec_version": "2.0"},
        "aws.event": event,
        "aws.context": context,
    }
