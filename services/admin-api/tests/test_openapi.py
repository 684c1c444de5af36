"""A served admin API keeps what its own OpenAPI document promises, whatever it is asked.

In the ordinary tests some hundred requests; `make test-fuzz` (hypothesis profile ``fuzz``) makes it thousands.
"""

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
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from admin_api.app import create_app
from admin_api.settings import Settings

FUZZ = settings.get_current_profile_name() == "fuzz"
CASES_PER_ROUTE = 100 if FUZZ else 6
TOKEN = "a-token-of-the-fuzzer"
_RUNS = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")
_START_SECONDS = 30

load_all_checks()
# The document needs no warehouse: nothing connects before a request comes.
DOCUMENT = create_app(Settings(warehouse_url="postgresql://nobody@127.0.0.1:1/none", admin_token=TOKEN)).openapi()
admin_api = schemathesis.openapi.from_dict(
    DOCUMENT,
    config=schemathesis.Config.from_dict(
        {
            "headers": {"Authorization": f"Bearer {TOKEN}"},
            "checks": {
                # A range may be reversed, a product or session unknown, a run begun: valid, and refused.
                "positive_data_acceptance": {"expected-statuses": ["200", "202", "304", "404", "409", "422"]},
                "negative_data_rejection": {"expected-statuses": ["400", "404", "405", "406", "422"]},
            },
            "phases": {"coverage": {"enabled": FUZZ}},
        }
    ),
)
answers: Counter[tuple[str, int]] = Counter()


@pytest.fixture(scope="module")
def admin_url(served_warehouse: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = Path(tmp_path_factory.mktemp("admin-api")) / "log"
    given = {"CLICKSTREAM_WAREHOUSE_URL": served_warehouse.role_url("clickstream_admin")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*(sys.executable, "-m", "uvicorn", "--factory", "admin_api.app:create_app", "--port", "0")],
            env=os.environ | given | {"CLICKSTREAM_ADMIN_TOKEN": TOKEN},
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


@admin_api.parametrize()
@settings(
    max_examples=CASES_PER_ROUTE,
    derandomize=not FUZZ,  # what is new is found by the long pass, not by somebody's unrelated change
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
def test_the_admin_api_is_as_documented(case: Any, admin_url: str) -> None:
    response = case.call(base_url=admin_url)
    answers[case.operation.label, response.status_code] += 1
    case.validate_response(response, checks=CHECKS.get_all())


def test_every_route_was_asked_and_none_only_refused(capsys: pytest.CaptureFixture[str]) -> None:
    if FUZZ:
        with capsys.disabled():
            for (label, status), count in sorted(answers.items()):
                sys.stdout.write(f"\n{count:6} {label}: {status}")
    routes = {f"{verb.upper()} {path}" for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
    assert {label for label, _ in answers} == routes
