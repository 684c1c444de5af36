"""A whole answer of every route, for the OpenAPI document: those of a simulated shop, by the routes' names."""

import json
from importlib import resources
from typing import Any


def example_of(route: str) -> Any:
    """The body of a route's answer.

    Raises:
        FileNotFoundError: the route has none.
    """
    return json.loads(resources.files(__package__).joinpath(f"{route}.json").read_text("utf-8"))
