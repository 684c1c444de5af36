"""The OpenAPI document without a running server: ``python -m collector.openapi_document > openapi.json``."""

import json
import sys

from collector.app import create_app
from collector.settings import Settings


def document_text() -> str:
    """The document as JSON, the same whatever the environment."""
    app = create_app(Settings(lake_url="memory://"))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document_text())
