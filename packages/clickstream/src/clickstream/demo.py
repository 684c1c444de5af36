"""What a first start has to show: two weeks of simulated traffic in the lake, loaded by the ETL.

HOME/demo.json remembers until when the traffic goes and whether it is loaded, so that a start that was interrupted is
continued by the next one: the same traffic again adds nothing.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from clickstream.errors import ServiceError
from clickstream.home import Home
from clickstream.simulate import Plan, fill_lake
from lake import open_lake, window_of
from lake.keys import HOUR

_LOAD_SECONDS = 600.0
_ROUNDS = 10  # hours that another run holds are left over, and asked for again


def planned(home: Home) -> Plan | None:
    """The traffic that this start has to make and load: on an empty lake, or where an earlier start was interrupted."""
    file = _file(home)
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        return None if state["loaded"] else Plan(until=datetime.fromisoformat(state["until"]))
    except FileNotFoundError:
        return Plan() if open_lake(home.lake_url).extent("events") is None else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # damaged: the demo is not worth an error


def fill(home: Home, plan: Plan, progress: Callable[[float], None]) -> int:
    """Write the traffic into the lake; how many lines it has.

    Raises:
        LakeUnavailableError: the store did not take an object.
    """
    _remember(home, plan, loaded=False)
    written = fill_lake(open_lake(home.lake_url), plan, progress)
    return written.lines + written.lines_there


async def load(home: Home, plan: Plan, client: httpx.AsyncClient) -> int:
    """Have the ETL load the traffic; how many events it loaded now.

    Raises:
        ServiceError: the ETL does not load all of it, with its own words. The next start tries again.
    """
    body = {"from": _hour(window_of(plan.start)), "to": _hour(window_of(plan.until) + HOUR), "replace": False}
    loaded = 0
    for _ in range(_ROUNDS):
        runs = await _run_etl(home, body, client)
        loaded += sum(int(run["loaded"]) for run in runs)
        if failed := [run["error"] or run["state"] for run in runs if run["state"] != "succeeded"]:
            raise ServiceError(f"the ETL did not load all of the demo's traffic: {failed[0]}")
        if not sum(run["left"] for run in runs):
            _remember(home, plan, loaded=True)
            return loaded
        await asyncio.sleep(1)
    raise ServiceError("the ETL did not load all of the demo's traffic: another run holds some of its hours")


async def _run_etl(home: Home, body: dict[str, object], client: httpx.AsyncClient) -> list[dict[str, Any]]:
    try:
        answer = await client.post(f"{home.etl_url}/v1/runs", json=body, timeout=_LOAD_SECONDS)
    except httpx.HTTPError as error:
        raise ServiceError(f"the ETL did not load the demo's traffic: {error or type(error).__name__}") from error
    if not answer.is_success:
        raise ServiceError(f"the ETL did not load the demo's traffic: {answer.status_code} {answer.text[:300]}")
    runs: list[dict[str, Any]] = answer.json()["runs"]
    return runs


def _remember(home: Home, plan: Plan, *, loaded: bool) -> None:
    state = {"until": plan.until.astimezone(UTC).isoformat(), "loaded": loaded}
    _file(home).write_text(json.dumps(state) + "\n", encoding="utf-8")


def _file(home: Home) -> Path:
    return home.path / "demo.json"


def _hour(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
