import asyncio
import json
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from clickstream.schedule import keep_ticking


class ScheduleOverError(Exception):
    """Ends the endless schedule of a test."""


def tick_against(answers: list[httpx.Response | Exception], log: Path) -> tuple[list[httpx.Request], list[str]]:
    """Run one tick per answer; the requests that were made, and what was said."""
    seen: list[httpx.Request] = []
    said: list[str] = []

    def etl(request: httpx.Request) -> httpx.Response:
        answer = answers[len(seen)]
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(seconds: float) -> None:
        assert seconds == 30
        if len(seen) == len(answers):
            raise ScheduleOverError

    async def scenario() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(etl)) as client:
            await keep_ticking(client, "http://etl", every_seconds=30, log=log, say=said.append, sleep=sleep)

    with pytest.raises(ScheduleOverError):
        asyncio.run(scenario())
    return seen, said


def test_a_tick_is_the_event_that_eventbridge_would_send(tmp_path: Path) -> None:
    (request,), said = tick_against([httpx.Response(200, json={})], tmp_path / "log")
    event = json.loads(request.content)
    assert request.url == "http://etl/v1/events/eventbridge"
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.scheduler", "Scheduled Event", {})
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert said == []


def test_failing_ticks_are_told_once_and_all_are_in_the_log(tmp_path: Path) -> None:
    down = httpx.ConnectError("refused")
    answers = [httpx.Response(200), httpx.Response(500, text="no warehouse"), down, httpx.Response(202)]
    _, said = tick_against(answers, tmp_path / "log")
    assert said == [
        "the ETL does not take the schedule's tick: 500 no warehouse",
        "the ETL takes the schedule's ticks again",
    ]
    entries = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [entry["event"].rpartition(".")[2] for entry in entries] == ["sent", "failed", "failed", "sent"]
    assert entries[2]["problem"] == "ConnectError: refused"
