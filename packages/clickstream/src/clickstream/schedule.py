"""The schedule on a laptop: posts to the ETL what EventBridge Scheduler would send it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

# The Lambda of the ETL may run this long; a tick here is given the same.
_RUN_SECONDS = 900.0


def scheduled_event(now: datetime) -> dict[str, Any]:
    """The event of a schedule, in EventBridge's envelope."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "000000000000",
        "time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "local",
        "resources": ["arn:aws:scheduler:local:000000000000:schedule/default/clickstream-etl"],
        "detail": {},
    }


async def keep_ticking(
    client: httpx.AsyncClient,
    etl_url: str,
    *,
    every_seconds: float,
    log: Path,
    say: Callable[[str], None],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Post a tick, wait, and so on, until cancelled. One tick at a time.

    Each outcome is a JSON line in ``log``; ``say`` is told when ticks begin to fail and when they work again.
    """
    failing = False
    while True:
        event = scheduled_event(datetime.now(UTC))
        problem = await _tick(client, f"{etl_url}/v1/events/eventbridge", event)
        _write(log, event["time"], problem)
        if problem is not None and not failing:
            say(f"the ETL does not take the schedule's tick: {problem}")
        elif problem is None and failing:
            say("the ETL takes the schedule's ticks again")
        failing = problem is not None
        await sleep(every_seconds)


async def _tick(client: httpx.AsyncClient, url: str, event: dict[str, Any]) -> str | None:
    try:
        answer = await client.post(url, json=event, timeout=_RUN_SECONDS)
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return None if answer.is_success else f"{answer.status_code} {answer.text[:300]}"


def _write(log: Path, time: str, problem: str | None) -> None:
    name = "schedule.tick.sent" if problem is None else "schedule.tick.failed"
    entry = {"timestamp": time, "event": name} | ({} if problem is None else {"problem": problem})
    with log.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry) + "\n")
