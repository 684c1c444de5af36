"""What is accepted can be read back equal to what was sent."""

import asyncio
import gzip
import io
import json
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.app import create_app
from collector.log import Log
from collector.settings import Settings
from lake import Lake, open_lake

SHARED = Path(__file__).parents[3].parent / "shared" / "data"

# Unicode without halves of pairs; those are tested on their own.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
events = st.builds(
    lambda own, known: own | known,
    st.dictionaries(text.map("x{}".format), anything, max_size=3),
    st.fixed_dictionaries(
        {"eventName": st.from_regex(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}", fullmatch=True), "eventId": st.uuids().map(str)},
        optional={
            "pageUrl": text,
            "userId": text | st.integers(0, 10**15),
            "isFirstVisit": st.booleans(),
            "eventTimestamp": st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
            "product": st.fixed_dictionaries({"id": text}, optional={"price": st.floats(0, 1e6), "extra": anything}),
            "items": st.lists(st.fixed_dictionaries({"id": st.integers(0, 10**9), "quantity": st.integers(0, 9)})),
            "properties": st.dictionaries(text, anything, max_size=3),
        },
    ),
)


def send_all(lake: Lake, bodies: list[tuple[bytes, dict[str, str]]]) -> list[httpx.Response]:
    async def send() -> list[httpx.Response]:
        app = create_app(Settings(lake_url="memory://"), lake=lake, log=Log(stream=io.StringIO()))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://collector") as client:
            requests = [client.post("/clickstream", content=body, headers=headers) for body, headers in bodies]
            return list(await asyncio.gather(*requests))

    return asyncio.run(send())


def read_all(lake: Lake) -> list[dict[str, Any]]:
    """All events of a lake without what the collector added, by the lake's own listing; counts must agree."""
    found = []
    for item in lake.list_all("events"):
        lines = gzip.decompress(lake.get(item.key)).splitlines()
        assert len(lines) == item.count
        for line in lines:
            event = json.loads(line)
            ingest = event.pop("_ingest")
            assert f"events/{ingest['receivedAt'][:13].replace('-', '/').replace('T', '/')}/" in item.key
            found.append(event)
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(events, min_size=1, max_size=8), st.booleans(), st.booleans())
def test_accepted_events_come_back_as_they_were_sent(sent: list[Any], zipped: bool, ascii_only: bool) -> None:
    lake = open_lake("memory://")
    body = json.dumps(sent, ensure_ascii=ascii_only).encode()
    headers = {"content-type": "application/json"}
    if zipped:
        body, headers = gzip.compress(body), headers | {"content-encoding": "gzip"}
    [answer] = send_all(lake, [(body, headers)])
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "accepted": len(sent), "rejected": []}
    assert read_all(lake) == sent


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_no_body_makes_the_collector_fail(body: bytes) -> None:
    [answer] = send_all(open_lake("memory://"), [(body, {"content-type": "application/json"})])
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("name", ["shop-events-2022.ndjson.gz", "web-access-2015.ndjson.gz"])
def test_real_events_come_back_from_a_folder(name: str, tmp_path: Path) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not on this machine")
    sent = [json.loads(line) for line in gzip.decompress((SHARED / name).read_bytes()).splitlines()]
    lake = open_lake(f"file://{tmp_path}")
    bodies = [json.dumps(sent[at : at + 50]).encode() for at in range(0, len(sent), 50)]
    answers = send_all(lake, [(body, {"content-type": "text/plain"}) for body in bodies])
    assert sum(answer.json()["accepted"] for answer in answers) == len(sent)
    for event in sent:
        del event["_ingest"]
    by_id = itemgetter("eventId")
    assert sorted(read_all(lake), key=by_id) == sorted(sent, key=by_id)
