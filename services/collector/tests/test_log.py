import asyncio
import io
import json
from typing import Any

from collector.log import Log


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_all_levels_have_one_shape_and_keep_their_order() -> None:
    stream = io.StringIO()
    log = Log(stream=stream)

    async def business() -> None:
        log.info("a.first", n=1)
        log.warning("a.second", n=2)
        try:
            raise ValueError("boom")
        except ValueError:
            log.exception("a.third", n=3)
        log.error("a.fourth", n=4)

    asyncio.run(business())
    lines = lines_of(stream)
    assert [(line["level"], line["message"], line["n"]) for line in lines] == [
        ("INFO", "a.first", 1),
        ("WARNING", "a.second", 2),
        ("ERROR", "a.third", 3),
        ("ERROR", "a.fourth", 4),
    ]
    assert {line["service"] for line in lines} == {"collector"}
    assert all(line["timestamp"].endswith("+00:00") for line in lines)
    assert "boom" in lines[2]["exception"]
    assert lines[1]["location"].startswith("business:")


def test_lines_of_one_turn_of_the_event_loop_are_written_at_its_end() -> None:
    stream = io.StringIO()
    log = Log(stream=stream)

    async def turns() -> None:
        log.info("a.first")
        log.info("a.second")
        assert stream.getvalue() == ""
        await asyncio.sleep(0)
        assert len(lines_of(stream)) == 2

    asyncio.run(turns())
    log.info("a.third")
    assert len(lines_of(stream)) == 3


def test_a_higher_level_silences_everyday_business() -> None:
    stream = io.StringIO()
    log = Log("WARNING", stream)
    log.info("a.first")
    log.warning("a.second")
    assert [line["message"] for line in lines_of(stream)] == ["a.second"]
