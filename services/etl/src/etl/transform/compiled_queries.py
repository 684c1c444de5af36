"""The expressions as they were compiled."""

from functools import cache
from importlib import resources


@cache
def compiled(name: str) -> str:
    """The query of an expression (``transform.expressions.batch``)."""
    # As text, a carriage return among the blanks that are trimmed would be read as a line feed.
    return resources.files("etl").joinpath("transform", "compiled", f"{name}.sql").read_bytes().decode()
