"""A served collector keeps what its own OpenAPI document promises, whatever is sent to it.

In the ordinary tests a few hundred requests; `make test-fuzz` (hypothesis profile ``fuzz``) makes it thousands, with
schemathesis' systematic ones.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi.checks import negative_data_rejection

from collector.openapi_document import document_text

FUZZ = settings.get_current_profile_name() == "fuzz"
CASES = 5_000 if FUZZ else 150
RANDOM_CASES = 2_000 if FUZZ else 150
_RUNS = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")
_START_SECONDS = 30

DOCUMENT = json.loads(document_text())
load_all_checks()
collector_api = schemathesis.openapi.from_dict(
    DOCUMENT,
    config=schemathesis.Config.from_dict(
        {
            "checks": {
                "negative_data_rejection": {"expected-statuses": ["400", "413", "415", "422"]},
                "positive_data_acceptance": {"expected-statuses": ["200", "204"]},
            },
            # One request for each bound and each type of each field: some 4,600.
            "phases": {"coverage": {"enabled": FUZZ}},
        }
    ),
)
_body = DOCUMENT["paths"]["/clickstream"]["post"]["requestBody"]["content"]["application/json"]["schema"]
BODY = jsonschema_rs.validator_for(_body | {"components": DOCUMENT["components"]})
TEXT_ONLY = {"currency", "eventId", "eventName"}
answers: Counter[tuple[str, str, int]] = Counter()


@pytest.fixture(scope="module")
def collector_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = Path(tmp_path_factory.mktemp("collector")) / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*(sys.executable, "-m", "uvicorn", "--factory", "collector.app:create_app", "--port", "0")],
            env=os.environ
            | {"CLICKSTREAM_LAKE_URL": "memory://", "UVICORN_HTTP": "collector.http_protocol:CollectorProtocol"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        give_up = time.monotonic() + _START_SECONDS
        while not (runs := _RUNS.search(log.read_text("utf-8"))):
            if process.poll() is not None or time.monotonic() > give_up:
                pytest.fail(log.read_text("utf-8"))
            time.sleep(0.05)
        assert httpx.get(f"{runs[1]}/openapi.json").json() == DOCUMENT
        yield runs[1]
    finally:
        process.terminate()
        process.wait()


@collector_api.parametrize()
@settings(
    max_examples=RANDOM_CASES,
    derandomize=not FUZZ,  # what is new is found by the long pass, not by somebody's unrelated change
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
def test_the_collector_is_as_documented(case: Any, collector_url: str) -> None:
    response = case.call(base_url=collector_url)
    answers[case.operation.label, case.meta.generation.mode.value, response.status_code] += 1
    excluded = [negative_data_rejection] if _invalid_but_dealt_with(case, response) else []
    case.validate_response(response, checks=CHECKS.get_all(), excluded_checks=excluded)


def test_enough_was_sent_and_both_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    if FUZZ:
        with capsys.disabled():
            for (label, mode, status), count in sorted(answers.items()):
                sys.stdout.write(f"\n{count:6} {label} {mode}: {status}")
    assert answers.total() >= CASES
    sent = {(mode, status) for label, mode, status in answers if label == "POST /clickstream"}
    assert {("positive", 200), ("negative", 400), ("negative", 422)} <= sent


def _invalid_but_dealt_with(case: Any, response: Any) -> bool:
    """Whether a request that is not as documented was rightly answered with 200.

    That is so where the invalid ones among its events are listed as rejected, and where no more was wrong than the form
    of scalars, which the collector takes more generously than it promises.
    """
    if response.status_code != 200 or case.operation.label != "POST /clickstream":
        return False
    if response.json()["rejected"]:
        return True
    plain = _plainly(case.body)
    if isinstance(plain, dict):
        plain.pop("sentAt", None)  # kept as sent: a clock that makes no sense is no reason to lose the events
    return bool(BODY.is_valid(plain))


def _plainly(value: Any) -> Any:
    """A body in the promised forms: ``true`` (taken for 1) and ``" 1e3 "`` as numbers, a currency as text."""
    if isinstance(value, dict):
        return {name: _as_text(member) if name in TEXT_ONLY else _plainly(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plainly(member) for member in value]
    if isinstance(value, bool | str | float):
        try:
            return int(float(value))
        except (ValueError, OverflowError):  # no number, or not a finite one
            return value
    return value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
