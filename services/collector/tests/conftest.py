"""A collector put together from fakes: no sockets, no environment, no clock of its own."""

import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from collector.app import create_app
from collector.log import Log
from collector.settings import Settings
from lake import LakeError, LakeUnavailableError

NOW = datetime(2026, 11, 22, 9, 41, 7, 123_456, tzinfo=UTC)


class FakeLake:
    """A lake in memory whose writes can be held back, counted and made to fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.tries: list[str] = []
        self.failure: Callable[[str], Exception | None] = lambda key: None
        self.closed = False
        self.open = asyncio.Event()
        self.open.set()

    def close(self) -> None:
        self.closed = True

    async def put_new(self, key: str, body: bytes) -> None:
        self.tries.append(key)
        await self.open.wait()
        if failure := self.failure(key):
            raise failure
        assert key not in self.objects
        self.objects[key] = body

    async def probe(self) -> None:
        if failure := self.failure("health/probe"):
            raise failure

    def fail(self, error: LakeError | None = None, only: str = "") -> None:
        """From now on refuse keys that start with ``only``."""
        wanted = error or LakeUnavailableError("the disk is full")
        self.failure = lambda key: wanted if key.startswith(only) else None

    def recover(self) -> None:
        self.failure = lambda key: None

    def keys(self, root: str = "events") -> list[str]:
        return [key for key in self.objects if key.startswith(f"{root}/")]

    def lines(self, root: str = "events") -> list[Any]:
        return [json.loads(line) for key in self.keys(root) for line in gzip.decompress(self.objects[key]).splitlines()]


@dataclass
class Collector:
    """A running collector and what surrounds it."""

    client: httpx.AsyncClient
    lake: FakeLake
    log: io.StringIO
    now: list[datetime] = field(default_factory=lambda: [NOW])

    async def send(self, body: Any, **headers: str | bytes) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {b"content-type": b"application/json"}
        for name, value in headers.items():
            sent[name.replace("_", "-").encode()] = value if isinstance(value, bytes) else value.encode()
        return await self.client.post("/clickstream", content=content, headers=sent)

    async def log_lines(self, message: str) -> list[dict[str, Any]]:
        await asyncio.sleep(0)  # the log writes its lines at the event loop's next turn
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if line["message"] == message]


Start = Callable[..., Any]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start a collector with settings of one's own."""
    async with AsyncExitStack() as stack:

        async def begin(*, peer: tuple[str, int] = ("203.0.113.77", 5000), **settings: Any) -> Collector:
            lake, log, now = FakeLake(), io.StringIO(), [NOW]
            made = Settings(lake_url="memory://", **settings)
            app = create_app(made, lake=lake, clock=lambda: now[0], log=Log(made.log_level, log))
            transport = httpx.ASGITransport(app, client=peer, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://collector")
            return Collector(await stack.enter_async_context(client), lake, log, now)

        yield begin


@pytest.fixture
async def collector(start: Start) -> Collector:
    """A collector with default settings."""
    started: Collector = await start()
    return started


@pytest.fixture
def collector_lake() -> FakeLake:
    return FakeLake()
