"""Unknown paths, wrong methods and our own failures as problem+json."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from collector.errors import PROBLEM_JSON, CollectorError, problem_json
from collector.log import Log


def add_problem_handlers(app: FastAPI, log: Log) -> None:
    """Have every error of the app answered as RFC 9457 says."""

    @app.exception_handler(CollectorError)
    async def _ours(_: Request, error: CollectorError) -> Response:
        body = problem_json(error.status, error.slug, error.title, error.detail, **error.members())
        headers = {name.decode(): value.decode() for name, value in error.headers()}
        return Response(body, error.status, headers, PROBLEM_JSON)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        slug = status.phrase.lower().replace(" ", "-")
        detail = f"{request.method} {request.url.path}: {error.detail}; events are sent to POST /clickstream"
        return Response(
            problem_json(status, slug, status.phrase, detail), status, error.headers, media_type=PROBLEM_JSON
        )

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, _: Exception) -> Response:
        log.exception("collector.request.failed", method=request.method, path=request.url.path)
        body = problem_json(500, CollectorError.slug, CollectorError.title, "see the collector's log")
        return Response(body, 500, media_type=PROBLEM_JSON)
