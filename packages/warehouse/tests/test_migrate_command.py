"""`python -m warehouse`: waiting for PostgreSQL, and what is said of the outcome."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from warehouse.__main__ import run
from warehouse.errors import MigrationError, WarehouseError, WarehouseUnavailableError
from warehouse.settings import Settings

PASSWORDS = {
    "clickstream_etl": "password-of-etl",
    "clickstream_admin": "password-of-admin",
    "clickstream_dashboard": "password-of-dashboard",
}
SETTINGS = Settings(
    warehouse_owner_url="postgresql://owner:secret-of-owner@warehouse/clickstream",
    etl_password=PASSWORDS["clickstream_etl"],
    admin_password=PASSWORDS["clickstream_admin"],
    dashboard_password=PASSWORDS["clickstream_dashboard"],
    site_time_zone="Asia/Ho_Chi_Minh",
)


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Server:
    """A migration that meets these troubles, one after the other, before it succeeds."""

    def __init__(self, *troubles: WarehouseError) -> None:
        self.troubles = list(troubles)
        self.asked: list[tuple[str, Mapping[str, str], str]] = []

    def migrate(self, owner_url: str, role_passwords: Mapping[str, str], site_time_zone: str) -> list[str]:
        self.asked.append((owner_url, role_passwords, site_time_zone))
        if self.troubles:
            raise self.troubles.pop(0)
        return ["role: clickstream_etl", "mart: 6 questions"]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_waits_for_the_server_and_says_why_once(capsys: pytest.CaptureFixture[str]) -> None:
    time, server = Time(), Server(*[WarehouseUnavailableError("connection refused")] * 30)
    assert run(SETTINGS, server.migrate, clock=time.clock, sleep=time.sleep) == 0
    assert time.now == 130
    assert server.asked[-1] == (SETTINGS.warehouse_owner_url.get_secret_value(), PASSWORDS, "Asia/Ho_Chi_Minh")
    said = lines(capsys)
    assert [line["message"] for line in said] == [
        "warehouse.waiting",
        "warehouse.migration.step",
        "warehouse.migration.step",
        "warehouse.ready",
    ]
    assert (said[0]["problem"], said[1]["step"], said[3]["steps"]) == ("connection refused", "role: clickstream_etl", 2)


def test_it_gives_up_after_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    time, server = Time(), Server(*[WarehouseUnavailableError("connection refused")] * 100)
    assert run(SETTINGS, server.migrate, clock=time.clock, sleep=time.sleep) == 1
    assert time.now == 160
    assert lines(capsys)[-1]["message"] == "warehouse.unavailable"


def test_a_step_that_failed_is_not_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    time, server = Time(), Server(MigrationError("unknown time zone 'Mars/Base'"))
    assert run(SETTINGS, server.migrate, clock=time.clock, sleep=time.sleep) == 1
    assert len(server.asked) == 1
    [line] = lines(capsys)
    assert (line["message"], line["problem"]) == ("warehouse.migration.failed", "unknown time zone 'Mars/Base'")


def _as_process(**settings: str) -> subprocess.CompletedProcess[str]:
    without = {name: value for name, value in os.environ.items() if not name.startswith("CLICKSTREAM_")}
    environment = without | {f"CLICKSTREAM_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "warehouse"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_wrong_settings_are_named_and_no_secret_is_told() -> None:
    done = _as_process(WAREHOUSE_OWNER_URL="postgresql://x", ETL_PASSWORD="short", ADMIN_PASSWORD="long enough")
    assert done.returncode == 2
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["setting"] for line in said] == ["CLICKSTREAM_ETL_PASSWORD", "CLICKSTREAM_DASHBOARD_PASSWORD"]
    assert "short" not in done.stdout
    assert done.stderr == ""


def test_the_roles_can_log_in_afterwards_and_a_second_time_changes_nothing(warehouse: Any) -> None:
    settings = {
        "WAREHOUSE_OWNER_URL": warehouse.owner_url,
        "ETL_PASSWORD": warehouse.role_passwords["clickstream_etl"],
        "ADMIN_PASSWORD": warehouse.role_passwords["clickstream_admin"],
        "DASHBOARD_PASSWORD": warehouse.role_passwords["clickstream_dashboard"],
    }
    done = _as_process(**settings)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["steps"] == 0  # the fixture's database is migrated already
    assert warehouse.value("SELECT current_user", role="clickstream_etl") == "clickstream_etl"
