"""Actions as requests: a Mangum handler for the events with which an operator invokes the function by hand.

`{"action": "migrate"}` becomes `POST /v1/actions/migrate`; what else the event holds becomes the request's body.
"""

import json
from typing import Any
from urllib.parse import quote

from mangum.types import LambdaConfig, LambdaContext, LambdaEvent, Response, Scope

from etl.eventbridge import scope_of

PREFIX = "/v1/actions"


class Action:
    """An event with an `action` as `POST /v1/actions/<action>`."""

    @classmethod
    def infer(cls, event: LambdaEvent, context: LambdaContext, config: LambdaConfig) -> bool:
        """Whether this is an operator's event."""
        return isinstance(event.get("action"), str)

    def __init__(self, event: LambdaEvent, context: LambdaContext, config: LambdaConfig) -> None:
        self.event = event
        self.context = context

    @property
    def body(self) -> bytes:
        """The event without its action, as JSON."""
        return json.dumps({name: value for name, value in self.event.items() if name != "action"}).encode()

    @property
    def scope(self) -> Scope:
        """The request's ASGI scope."""
        return scope_of(f"{PREFIX}/{quote(self.event['action'], safe='')}", self.event, self.context)

    def __call__(self, response: Response) -> dict[str, Any]:
        """The answer as Lambda's result; a failure raises, so that the invoker sees it."""
        body: dict[str, Any] = json.loads(response["body"])
        if response["status"] >= 400:
            raise RuntimeError(f"{self.event['action']} failed with {response['status']}: {body.get('detail')}")
        return body
