"""POST /clickstream as plain ASGI: FastAPI's own handling costs several times what the work itself does.

``app.py`` puts it in front of FastAPI's routes; ``openapi.py`` documents it with them. Under uvicorn most requests do
not come by here, but straight from ``http_protocol.py``.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from collector.body import receive_body
from collector.cors import CorsPolicy, Headers
from collector.errors import PROBLEM_JSON, ClientGoneError, CollectorError, problem_json
from collector.intake import Exchange, Intake
from collector.request_origin import Head

PATH = "/clickstream"
_PROBLEM_AND_ALLOW: Headers = ((b"content-type", PROBLEM_JSON.encode()), (b"allow", b"POST, OPTIONS"))


class ClickstreamRoute:
    """An ASGI application for requests to ``/clickstream``."""

    def __init__(self, intake: Intake, cors: CorsPolicy) -> None:
        self._intake = intake
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        if scope["method"] == "POST":
            await self._post(scope, headers, receive, send)
        elif scope["method"] == "OPTIONS":
            await _send(send, 204, self._cors.preflight_headers(headers), b"")
        else:
            detail = f"{scope['method']} {PATH}: use POST"
            body = problem_json(405, "method-not-allowed", "Method Not Allowed", detail)
            cors = self._cors.answer_headers(headers.get(b"origin"))
            await _send(send, 405, (*_PROBLEM_AND_ALLOW, *cors), body)

    async def _post(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
        answered: asyncio.Future[tuple[int, Headers, bytes]] = asyncio.get_running_loop().create_future()

        def answer(status: int, headers: Headers, body: bytes) -> None:
            if not answered.done():  # done already: the server has given the request up
                answered.set_result((status, headers, body))

        client = scope.get("client")
        head = Head(
            scope["method"],
            scope["path"],
            scope["query_string"],
            headers,
            scope["headers"],
            client[0] if client else None,
            _gateway_context(scope),
        )
        exchange = Exchange(self._intake, head, answer)
        if exchange.begin():
            try:
                exchange.take(await receive_body(receive))
            except CollectorError as error:
                exchange.refuse(error)
            except ClientGoneError:
                exchange.gone()
                return
        await _send(send, *await answered)


def _gateway_context(scope: Scope) -> Mapping[str, Any]:
    """API Gateway's ``requestContext`` (Lambda only; empty elsewhere)."""
    event = scope.get("aws.event")
    return event["requestContext"] if event else {}


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    if status != 204:
        headers = ((b"content-length", b"%d" % len(body)), *headers)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
