"""How long a page's main thread is busy with one script, read from Chromium's trace as Lighthouse does."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page

_CATEGORIES = ["devtools.timeline", "v8"]
# What the browser does for a script: compiling and running it, and calling what it left (timers, listeners, promises).
_WORK = frozenset({"EvaluateScript", "v8.compile", "v8.compileModule", "v8.evaluateModule", "FunctionCall"})


@dataclass(frozen=True)
class ScriptTime:
    """CPU time of a main thread within a script, in ms; what is called from it counts, storage and network included."""

    busy: float
    """While the browser had other things to do: what delays a page."""
    idle: float
    """In callbacks that the browser called because it had nothing to do."""


async def start_trace(browser: Browser, page: Page) -> None:
    """Trace a page from now on; one page of a browser at a time."""
    await browser.start_tracing(page=page, categories=_CATEGORIES)


async def end_trace(browser: Browser, script: str) -> ScriptTime:
    """End the trace; the time of a script, which is known by the end of its address."""
    trace = json.loads(await browser.stop_tracing())
    spans = [event for event in trace["traceEvents"] if event.get("ph") == "X"]
    idle = [event for event in spans if event["name"] == "FireIdleCallback"]
    work = [event for event in spans if event["name"] in _WORK and _script_of(event).endswith(script)]
    outermost = [event for event in work if not any(_within(event, other) for other in work if other is not event)]
    assert outermost, f"{script} has not run"
    resting = [event["tdur"] for event in outermost if any(_within(event, moment) for moment in idle)]
    return ScriptTime((sum(event["tdur"] for event in outermost) - sum(resting)) / 1000, sum(resting) / 1000)


def _script_of(event: dict[str, Any]) -> str:
    told = event.get("args", {})
    return str(told.get("data", {}).get("url") or told.get("fileName") or "")


def _within(event: dict[str, Any], other: dict[str, Any]) -> bool:
    same = (event["pid"], event["tid"]) == (other["pid"], other["tid"])
    return same and other["ts"] <= event["ts"] and event["ts"] + event["dur"] <= other["ts"] + other["dur"]
