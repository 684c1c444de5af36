"""CloudWatch's embedded metric format: one line in a while, whose numbers are the requests'."""

import asyncio
import io
import json
from typing import Any

import pytest

from collector.log import Log
from collector.metrics import Metrics

pytestmark = pytest.mark.anyio

EVENT = {"eventName": "page_view"}
BAD = {"eventName": "!"}


def check_emf(line: dict[str, Any]) -> None:
    """What CloudWatch asks of a line: every metric and dimension it names is there, with a number or up to 100."""
    assert isinstance(line["_aws"]["Timestamp"], int)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Clickstream"
    for dimensions in directive["Dimensions"]:
        assert all(isinstance(line[name], str) for name in dimensions)
    assert directive["Metrics"]
    for metric in directive["Metrics"]:
        assert metric["Unit"] in {"Count", "Bytes", "Milliseconds"}
        values = line[metric["Name"]]
        assert isinstance(values, (int, float)) or 0 < len(values) <= 100


async def test_a_few_requests_become_one_line_and_one_for_each_reason(start: Any) -> None:
    collector = await start(metrics_flush_seconds=1)
    await collector.send([EVENT, EVENT, BAD, EVENT | {"consent": {"analytics": False}}])
    await collector.send(b"{")
    await collector.send(b"{")
    await collector.send(BAD)
    collector.lake.fail()
    await collector.send(EVENT)
    assert await collector.log_lines("collector.metrics") == []
    await asyncio.sleep(1.2)
    [sums, *by_reason] = await collector.log_lines("collector.metrics")
    for line in (sums, *by_reason):
        check_emf(line)
    assert {name: sums[name] for name in sums if name.startswith(("Events", "Requests", "WriteF"))} == {
        "Requests": 5,
        "EventsAccepted": 2,
        "EventsRejected": 2,
        "EventsWithheld": 1,
        "RequestsUnavailable": 1,
        "WriteFailures": 1,
    }
    assert sums["RequestBytes"] > 100
    assert len(sums["ObjectBytes"]) == 3
    assert len(sums["WriteMilliseconds"]) == 4
    assert {line["reason"]: line["RequestsRefused"] for line in by_reason} == {
        "all-rejected": 1,
        "malformed": 2,
        "unavailable": 1,
    }
    assert by_reason[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service", "reason"]]


async def test_a_quiet_collector_writes_nothing(start: Any) -> None:
    collector = await start(metrics_flush_seconds=0.01)
    await collector.send(EVENT)
    await asyncio.sleep(0.1)
    assert len(await collector.log_lines("collector.metrics")) == 1


async def test_metrics_can_be_turned_off(start: Any) -> None:
    collector = await start(metrics=False, metrics_flush_seconds=0)
    await collector.send(EVENT)
    await asyncio.sleep(0.01)
    assert await collector.log_lines("collector.metrics") == []


async def test_metrics_are_written_whatever_the_level_of_the_log(start: Any) -> None:
    collector = await start(log_level="ERROR", metrics_flush_seconds=0)
    await collector.send(EVENT)
    await asyncio.sleep(0.01)
    assert len(await collector.log_lines("collector.metrics")) == 1
    assert await collector.log_lines("collector.request.answered") == []


async def test_many_writes_are_spread_over_lines_that_cloudwatch_takes() -> None:
    stream = io.StringIO()
    log = Log(stream=stream)
    metrics = Metrics(log, enabled=True, flush_seconds=60)
    for number in range(250):
        metrics.count_write(number if number < 240 else None, number / 10)
    metrics.flush()
    log.flush()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    for line in lines:
        check_emf(line)
    assert [value for line in lines for value in line["ObjectBytes"]] == list(range(240))
    assert [len(line["WriteMilliseconds"]) for line in lines] == [100, 100, 50]
    assert lines[0]["WriteFailures"] == 10
    metrics.flush()
    log.flush()
    assert len(stream.getvalue().splitlines()) == 3


async def test_the_namespace_is_a_setting(start: Any) -> None:
    collector = await start(metrics_flush_seconds=0, metrics_namespace="Clickstream/prod")
    await collector.send(EVENT)
    await asyncio.sleep(0.01)
    (line,) = await collector.log_lines("collector.metrics")
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Clickstream/prod"
