"""Whatever event the OpenAPI document allows: if it is accepted, it can be read back from the lake as it was sent."""

import asyncio
import gzip
import io
import json
from typing import Any
from uuid import UUID

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from collector.app import create_app
from collector.log import Log
from collector.openapi_document import document_text
from collector.settings import Settings
from lake import Lake, open_lake
from lake.contract import Consent

FUZZ = settings.get_current_profile_name() == "fuzz"
RANDOM_CASES = 2_000 if FUZZ else 100
requests = schemathesis.openapi.from_dict(json.loads(document_text()))["/clickstream"]["POST"].as_strategy(
    generation_mode=GenerationMode.POSITIVE
)


def send(lake: Lake, body: bytes) -> httpx.Response:
    async def post() -> httpx.Response:
        app = create_app(Settings(lake_url="memory://"), lake=lake, log=Log(stream=io.StringIO()))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://collector") as client:
            return await client.post("/clickstream", content=body, headers={"content-type": "text/plain"})

    return asyncio.run(post())


def stored_in(lake: Lake) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for item in lake.list_all("events")
        for line in gzip.decompress(lake.get(item.key)).splitlines()
    ]


def events_of(body: Any) -> list[Any]:
    if isinstance(body, list):
        return body
    return body["events"] if "events" in body and "eventName" not in body else [body]


def consents(event: dict[str, Any]) -> bool:
    return event.get("consent") is None or Consent.model_validate(event["consent"]).analytics is not False


@settings(max_examples=RANDOM_CASES, derandomize=not FUZZ, deadline=None, suppress_health_check=[*HealthCheck])
@given(requests)
def test_an_accepted_event_comes_back_as_it_was_sent(case: Any) -> None:
    lake = open_lake("memory://")
    answer = send(lake, json.dumps(case.body).encode())
    assert answer.status_code == 200, answer.text
    assert answer.json()["rejected"] == []

    sent = [event for event in events_of(case.body) if consents(event)]
    found = stored_in(lake)
    assert answer.json()["accepted"] == len(sent) == len(found)
    for event, line in zip(sent, found, strict=True):
        assert line.pop("_ingest")["receivedAt"]
        stored_id = line.pop("eventId")
        if (sent_id := event.pop("eventId", None)) is not None:
            assert UUID(sent_id) == UUID(stored_id)
        assert line == event
