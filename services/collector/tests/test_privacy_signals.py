"""Global Privacy Control and Do Not Track, where the setting honours them."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio

EVENT = {"eventName": "page_view"}
BAD = {"eventName": "!"}


@pytest.mark.parametrize("header", ["sec_gpc", "dnt"])
async def test_a_visitor_who_asks_for_privacy_is_acknowledged_and_not_kept(start: Any, header: str) -> None:
    collector = await start(honour_privacy_signals=True)
    answer = await collector.send([EVENT, EVENT], **{header: "1"})
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "accepted": 0, "rejected": [], "withheld": 2}
    assert collector.lake.tries == []
    [answered] = await collector.log_lines("collector.request.answered")
    assert (answered["accepted"], answered["withheld"]) == (0, 2)


async def test_an_invalid_event_of_such_a_visitor_is_told_and_not_kept(start: Any) -> None:
    collector = await start(honour_privacy_signals=True)
    answer = await collector.send([EVENT, BAD], sec_gpc="1")
    assert answer.json()["withheld"] == 1
    assert [item["index"] for item in answer.json()["rejected"]] == [1]
    assert (await collector.send(BAD, dnt="1")).status_code == 422
    assert collector.lake.tries == []


@pytest.mark.parametrize("headers", [{}, {"dnt": "0"}, {"sec_gpc": "0"}, {"dnt": "null"}, {"dnt": ""}])
async def test_no_signal_no_change(start: Any, headers: dict[str, str]) -> None:
    collector = await start(honour_privacy_signals=True)
    assert (await collector.send(EVENT, **headers)).json()["accepted"] == 1


async def test_by_default_the_shops_consent_decides(collector: Any) -> None:
    assert (await collector.send(EVENT, dnt="1", sec_gpc="1")).json()["accepted"] == 1
    refused = EVENT | {"consent": {"analytics": False}}
    assert (await collector.send(refused)).json()["withheld"] == 1
