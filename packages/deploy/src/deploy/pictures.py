"""The shop's pictures: drawn of its catalogue, and put where browsers fetch them."""

import json
from pathlib import Path

from deploy.artifacts import Bucket
from deploy.tools import Tools

_DRAW = ("node", "storefront/scripts/draw-pictures.mjs")
# As the shop itself sends them (storefront/next.config.ts).
_HEADERS = {"ContentType": "image/svg+xml", "CacheControl": "public, max-age=86400, stale-while-revalidate=604800"}


def provide_pictures(bucket: Bucket, tools: Tools, repository: Path) -> int:
    """Draw the pictures and put those that the bucket has not; how many were put.

    Raises:
        ToolError: they could not be drawn.
    """
    tools.run(*_DRAW)
    storefront = repository / "storefront"
    put = 0
    for product in _products(storefront / "catalogue"):
        drawn = storefront / "public" / "products" / f"{product}.svg"
        body = drawn.read_bytes() if drawn.exists() else b""  # a rehearsal draws nothing
        put += bucket.put_if_changed(f"products/{drawn.name}", body, **_HEADERS)
    return put


def _products(catalogue: Path) -> list[str]:
    categories = json.loads((catalogue / "categories.json").read_text("utf-8"))
    files = [catalogue / f"{category['id']}.json" for category in categories]
    return [product["id"] for file in files for product in json.loads(file.read_text("utf-8"))]
