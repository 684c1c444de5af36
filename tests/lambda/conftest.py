"""The events of API Gateway and EventBridge that the functions are given."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_EVENTS = Path(__file__).with_name("events")

ReadEvent = Callable[[str], dict[str, Any]]


@pytest.fixture
def event() -> ReadEvent:
    """Read one of the recorded events by its name."""

    def read(name: str) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((_EVENTS / f"{name}.json").read_text("utf-8"))
        return read

    return read
