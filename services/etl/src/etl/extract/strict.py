"""JSON that PostgreSQL takes as well: numbers that are numbers, of a size that can be kept, and no endless nesting."""

import json
import re
from typing import Any

_MAX_EXPONENT = 1000
_MAX_DEPTH = 200
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")


def is_strict(text: str) -> bool:
    """Whether a text is JSON without NaN and Infinity, numbers beyond 1,000 digits, and nesting beyond 200."""
    if _depth(text) > _MAX_DEPTH:
        return False
    try:
        json.loads(text, parse_constant=_refuse, parse_float=_number, parse_int=_integer)
    except (ValueError, RecursionError):
        return False
    return True


class _NotStrictError(ValueError):
    pass


def _refuse(constant: str) -> Any:
    raise _NotStrictError(constant)


def _number(digits: str) -> float:
    exponent = re.search(r"[eE]\+?(\d+)$", digits)
    if exponent and (len(exponent[1]) > 4 or int(exponent[1]) > _MAX_EXPONENT):
        raise _NotStrictError(digits)
    return 0.0


def _integer(digits: str) -> int:
    if len(digits) > _MAX_EXPONENT:
        raise _NotStrictError(digits)
    return 0


def _depth(text: str) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
