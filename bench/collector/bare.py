"""What a server in Python cannot be quicker than: plain ASGI that reads the body and answers with a few bytes."""

from typing import Any

_ANSWER = b'{"success":true,"accepted":1,"rejected":[]}'
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(_ANSWER)).encode())],
}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read all, keep nothing, answer."""
    if scope["type"] != "http":
        raise NotImplementedError("the bare server is started with --lifespan off")
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    await send(_START)
    await send({"type": "http.response.body", "body": _ANSWER})
