import re
from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def test_the_page_needs_nobody_else(collector: Any) -> None:
    page = await collector.client.get("/docs")
    assert page.status_code == 200
    assert "//" not in re.sub(r"window\.location\.\S+", "", page.text)
    found = re.findall(r"""(?:src|href)="([^"]+)"|url: '([^']+)'""", page.text)
    addresses = [address for pair in found for address in pair if address]
    assert addresses == [
        "./docs/swagger-ui.css",
        "./docs/favicon.png",
        "./docs/swagger-ui-bundle.js",
        "./openapi.json",
    ]
    kinds = []
    for address in addresses:
        answer = await collector.client.get(address.removeprefix("."))
        assert answer.status_code == 200
        kinds.append(answer.headers["content-type"].partition(";")[0])
    assert kinds == ["text/css", "image/png", "text/javascript", "application/json"]


@pytest.mark.parametrize("name", ["redoc.standalone.js", "..%2fcore.py", "nothing"])
async def test_nothing_else_is_served_beside_it(collector: Any, name: str) -> None:
    answer = await collector.client.get(f"/docs/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
