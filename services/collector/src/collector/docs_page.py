"""``/docs``: Swagger UI, with its files from a package instead of a CDN.

A private network has no way to a CDN, and whoever controls one would control a page that can send events.
"""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, HTMLResponse

_PACKAGE = "fastapi_offline"
_FILES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"})


def add_docs_page(app: FastAPI) -> None:
    """Serve the page and its files. Their addresses are relative: API Gateway may put a stage in front of the path."""

    async def page(_: Request) -> HTMLResponse:
        return get_swagger_ui_html(
            title=app.title,
            openapi_url="./openapi.json",
            swagger_js_url="./docs/swagger-ui-bundle.js",
            swagger_css_url="./docs/swagger-ui.css",
            swagger_favicon_url="./docs/favicon.png",
        )

    async def file(request: Request) -> FileResponse:
        name = request.path_params["name"]
        package = find_spec(_PACKAGE)
        if name not in _FILES or package is None or package.origin is None:
            raise HTTPException(404)
        return FileResponse(Path(package.origin).parent / "static" / name)

    # Starlette's own routes: FastAPI's would have a parameter validated by a model, which costs a cold start 35 ms.
    app.add_route("/docs", page, include_in_schema=False)
    app.add_route("/docs/{name}", file, include_in_schema=False)
