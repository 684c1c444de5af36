"""Many requests, one object; and what happens when the lake does not take it."""

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.errors import NotStoredError, UnavailableError
from collector.log import Log
from collector.metrics import Metrics
from collector.writer import Batch, Writer
from lake import ObjectExistsError

pytestmark = pytest.mark.anyio

NINE = datetime(2026, 11, 22, 9, 59, 59, 999_000, tzinfo=UTC)
BAD = {"eventName": "!"}


def event(number: int) -> dict[str, Any]:
    return {"eventName": "page_view", "sequence": number}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 # the fakes make no events of their own
            await asyncio.sleep(0)


async def spin() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_one_request_alone_is_written_at_once(collector: Any) -> None:
    for number in range(3):
        assert (await collector.send(event(number))).status_code == 200
    assert len(collector.lake.keys()) == 3


async def test_requests_that_come_during_a_write_come_out_as_one_object(collector: Any) -> None:
    collector.lake.open.clear()
    first = asyncio.create_task(collector.send(event(0)))
    await until(lambda: len(collector.lake.tries) == 1)
    others = [asyncio.create_task(collector.send([event(n), event(n + 100)])) for n in range(1, 41)]
    await spin()
    assert len(collector.lake.tries) == 1
    assert not any(task.done() for task in (first, *others))

    collector.lake.open.set()
    answers = await asyncio.gather(first, *others)
    assert [answer.json()["accepted"] for answer in answers] == [1] + [2] * 40
    assert [key.split(".")[1] for key in collector.lake.keys("events")] == ["1", "80"]
    wanted = [0, *(n for first in range(1, 41) for n in (first, first + 100))]
    assert [line["sequence"] for line in collector.lake.lines()] == wanted
    stored = await collector.log_lines("collector.object.stored")
    assert [(line["lines"], line["requests"]) for line in stored] == [(1, 1), (80, 40)]


async def test_nobody_is_answered_before_the_put_has_returned(collector: Any) -> None:
    collector.lake.open.clear()
    task = asyncio.create_task(collector.send(event(1)))
    await until(lambda: len(collector.lake.tries) == 1)
    await spin()
    assert not task.done()
    collector.lake.open.set()
    assert (await task).status_code == 200


async def test_requests_of_two_hours_become_two_objects(collector: Any) -> None:
    collector.now[0] = NINE
    collector.lake.open.clear()
    tasks = [asyncio.create_task(collector.send(event(0)))]
    await until(lambda: len(collector.lake.tries) == 1)
    tasks.append(asyncio.create_task(collector.send(event(1))))
    await spin()
    collector.now[0] = NINE + timedelta(milliseconds=1)
    tasks.append(asyncio.create_task(collector.send([event(2), BAD])))
    await spin()
    collector.lake.open.set()
    await asyncio.gather(*tasks)
    assert [key[:21] for key in collector.lake.keys("events")] == [
        "events/2026/11/22/09/",
        "events/2026/11/22/09/",
        "events/2026/11/22/10/",
    ]
    assert [key[:23] for key in collector.lake.keys("rejected")] == ["rejected/2026/11/22/10/"]
    received = [line["_ingest"]["receivedAt"] for line in collector.lake.lines()]
    assert received == ["2026-11-22T09:59:59.999Z", "2026-11-22T09:59:59.999Z", "2026-11-22T10:00:00.000Z"]


async def test_a_full_queue_refuses_and_forgets_nothing_it_took(start: Any) -> None:
    collector = await start(max_waiting_bytes=1 << 21)
    collector.lake.open.clear()
    big = [event(n) | {"note": "x" * 1600} for n in range(500)]
    tasks = [asyncio.create_task(collector.send(big)) for _ in range(3)]
    await until(lambda: any(task.done() for task in tasks))
    [refused] = [task for task in tasks if task.done()]
    answer = await refused
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "waiting for the lake" in answer.json()["detail"]
    collector.lake.open.set()
    answers = await asyncio.gather(*tasks)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 503]
    assert len(collector.lake.lines()) == 1000
    assert (await collector.send(big)).status_code == 200


async def test_a_failing_lake_acknowledges_nothing_and_recovers(collector: Any) -> None:
    collector.lake.fail()
    collector.lake.open.clear()
    tasks = [asyncio.create_task(collector.send(event(n))) for n in range(5)]
    await spin()
    collector.lake.open.set()
    answers = await asyncio.gather(*tasks)
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert "accepted" not in answers[0].json()
    assert collector.lake.objects == {}
    logged = await collector.log_lines("collector.object.not_stored")
    assert {line["error"] for line in logged} == {"the disk is full"}
    collector.lake.recover()
    assert (await collector.send(event(9))).status_code == 200
    assert [line["sequence"] for line in collector.lake.lines()] == [9]


async def test_an_unexpected_failure_of_the_lake_is_a_503_too(collector: Any) -> None:
    collector.lake.failure = lambda key: RuntimeError("a bug")
    assert (await collector.send(event(1))).status_code == 503
    collector.lake.recover()
    assert (await collector.send(event(1))).status_code == 200


async def test_events_are_not_stored_when_their_rejected_companions_were_not(collector: Any) -> None:
    """Else the client, told 503, would send the stored ones again."""
    collector.lake.fail(only="rejected/")
    collector.lake.open.clear()
    mixed = asyncio.create_task(collector.send([event(1), BAD]))
    await spin()
    clean = asyncio.create_task(collector.send(event(2)))
    await spin()
    collector.lake.open.set()
    assert (await mixed).status_code == 503
    assert (await clean).status_code == 200
    assert [line["sequence"] for line in collector.lake.lines()] == [2]


async def test_rejected_events_are_kept_before_the_answer_even_if_the_others_fail(collector: Any) -> None:
    collector.lake.fail(only="events/")
    assert (await collector.send([event(1), BAD])).status_code == 503
    assert len(collector.lake.lines("rejected")) == 1
    assert (await collector.send(BAD)).status_code == 422


async def test_a_key_that_is_taken_is_our_own_earlier_try(collector: Any) -> None:
    collector.lake.fail(ObjectExistsError("it is already in the lake"))
    assert (await collector.send(event(1))).status_code == 200
    assert len(await collector.log_lines("collector.object.already_stored")) == 1


async def test_a_client_that_hangs_up_after_sending_loses_nothing(collector: Any) -> None:
    collector.lake.open.clear()
    gone = asyncio.create_task(collector.send(event(1)))
    await until(lambda: len(collector.lake.tries) == 1)
    waiting = asyncio.create_task(collector.send(event(2)))
    await spin()
    gone.cancel()
    waiting.cancel()
    await asyncio.gather(gone, waiting, return_exceptions=True)
    collector.lake.open.set()
    await until(lambda: len(collector.lake.objects) == 2)
    assert (await collector.send(event(3))).status_code == 200


async def write(writer: Writer, lines: bytes) -> UnavailableError | None:
    """What the writer says of one batch."""
    settled: asyncio.Future[UnavailableError | None] = asyncio.get_running_loop().create_future()
    writer.take(Batch(NINE, lines, 1, b"", 0, settled.set_result))
    return await settled


def writer_for(lake: Any) -> Writer:
    log = Log(stream=io.StringIO())
    return Writer(lake, log, Metrics(log, enabled=False, flush_seconds=0), max_waiting_bytes=1000)


async def test_a_flush_waits_for_all_that_was_taken(collector: Any) -> None:
    lake = collector.lake
    writer = writer_for(lake)
    await writer.flush()
    lake.open.clear()
    tasks = [asyncio.create_task(write(writer, b"1\n"))]
    await until(lambda: len(lake.tries) == 1)
    tasks.append(asyncio.create_task(write(writer, b"2\n")))
    await spin()
    flushed = asyncio.create_task(writer.flush())
    await spin()
    assert not flushed.done()
    lake.open.set()
    await flushed
    assert lake.lines() == [1, 2]
    await asyncio.gather(*tasks)


async def test_a_large_commit_is_compressed_off_the_event_loop_and_complete(collector: Any) -> None:
    big = [event(n) | {"note": "x" * 1800} for n in range(500)]
    assert (await collector.send(big)).json()["accepted"] == 500
    assert [line["sequence"] for line in collector.lake.lines()] == list(range(500))


def test_a_loop_that_is_torn_down_leaves_nobody_waiting(collector_lake: Any) -> None:
    writer = writer_for(collector_lake)

    async def cut_short() -> list[Any]:
        collector_lake.open.clear()
        tasks = [asyncio.create_task(write(writer, b"1\n"))]
        await until(lambda: len(collector_lake.tries) == 1)
        tasks.append(asyncio.create_task(write(writer, b"2\n")))
        await spin()
        for task in asyncio.all_tasks() - {asyncio.current_task(), *tasks}:
            task.cancel()
        return await asyncio.gather(*tasks)

    assert [type(error) for error in asyncio.run(cut_short())] == [NotStoredError, NotStoredError]

    async def next_loop() -> None:
        collector_lake.open.set()
        await write(writer, b"3\n")

    asyncio.run(next_loop())
    assert collector_lake.lines() == [3]
