"""The admin API over a warehouse that the real ETL has filled with one small shop's day."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from admin_api.app import create_app
from admin_api.settings import Settings
from etl.app import make_logger
from etl.runner import Runner
from etl.settings import Settings as EtlSettings
from lake import events_key, open_lake, window_of

TOKEN = "a-token-of-the-tests"
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def event(minute: int, name: str, visitor: str, agent: str = DESKTOP, **members: Any) -> dict[str, Any]:
    """A raw-lake line of a visitor's session, some minutes into the day."""
    moment = (START + timedelta(minutes=minute)).isoformat()
    return {
        "eventId": str(uuid4()), "eventName": name, "eventTimestamp": moment, "clientId": visitor,
        "sessionId": f"session-of-{visitor}", "pageUrl": "https://shop.example/", **members,
        "_ingest": {"receivedAt": moment, "userAgent": agent},
    }  # fmt: skip


LAPTOP = {"id": "laptop", "name": "Aurora 14", "category": "Laptops", "brand": "Aurora", "price": 100}
DAY: list[dict[str, Any] | str] = [
    event(0, "page_view", "an"),
    event(1, "product_view", "an", product=LAPTOP),
    event(2, "add_to_cart_click", "an", product=LAPTOP),
    event(3, "checkout_start", "an"),
    event(
        4, "checkout_complete", "an", order={"id": "o-1", "total": 200, "currency": "VND"},
        items=[LAPTOP | {"quantity": 2, "currency": "VND"}],
    ),
    event(10, "page_view", "binh"),
    event(11, "product_view", "binh", product=LAPTOP),
    event(12, "page_view", "crawler", CRAWLER),
    "{this is no JSON",
    json.dumps({"pageUrl": "https://shop.example/<script>alert(1)</script>"}),
]  # fmt: skip


class Nudges:
    """An EtlStarter that notes what it was told."""

    def __init__(self) -> None:
        self.told: list[UUID] = []

    def start(self, run_id: UUID) -> None:
        """Note the run."""
        self.told.append(run_id)


@pytest.fixture(scope="session")
def day_object() -> tuple[str, bytes]:
    """The day as the collector wrote it."""
    lines = [line if isinstance(line, str) else json.dumps(line) for line in DAY]
    return events_key(window_of(START), uuid4(), len(lines)), gzip.compress("\n".join(lines).encode() + b"\n")


@pytest.fixture(scope="session")
def day_template(warehouse_server: Any, day_object: tuple[str, bytes]) -> Iterator[str]:
    """A database in which the ETL has loaded the day, to copy: a copy takes a tenth of a tick."""
    with warehouse_server.database() as database:
        _etl_of(database, day_object).tick()
        yield database.name


@pytest.fixture
def warehouse(request: pytest.FixtureRequest, warehouse_server: Any) -> Iterator[Any]:
    """A database of its own: freshly migrated, or with the day where a test asks for ``filled``."""
    templates = [request.getfixturevalue("day_template")] if "filled" in request.fixturenames else []
    with warehouse_server.database(*templates) as database:
        yield database


@pytest.fixture
def etl(warehouse: Any, day_object: tuple[str, bytes]) -> Runner:
    """The ETL, with the day in its lake."""
    return _etl_of(warehouse, day_object)


def _etl_of(warehouse: Any, day_object: tuple[str, bytes]) -> Runner:
    lake = open_lake("memory://")
    lake.put_new_blocking(*day_object)
    settings = EtlSettings(
        lake_url="memory://", warehouse_url=warehouse.role_url("clickstream_etl"), log_level="CRITICAL"
    )
    return Runner(settings, lake, make_logger(settings))


@pytest.fixture
def filled(etl: Runner) -> Runner:
    """The ETL, after a tick: see ``warehouse``."""
    return etl


@pytest.fixture(scope="module")
def served_warehouse(warehouse_server: Any, day_template: str) -> Iterator[Any]:
    """A warehouse with the day, the same one for all tests of a module."""
    with warehouse_server.database(day_template) as database:
        yield database


@pytest.fixture
def nudges() -> Nudges:
    """What the ETL was told."""
    return Nudges()


@pytest.fixture
def api(warehouse: Any, nudges: Nudges) -> Iterator[TestClient]:
    """A client that carries the token."""
    settings = Settings(warehouse_url=warehouse.role_url("clickstream_admin"), admin_token=TOKEN, log_level="CRITICAL")
    app = create_app(settings, starter=nudges)
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}, raise_server_exceptions=False) as client:
        yield client
    app.state.engine.dispose()
