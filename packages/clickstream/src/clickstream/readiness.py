"""When a program is ready: its address answers, or its database takes connections."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import psycopg2

from clickstream.home import Home

Ready = Callable[[], Awaitable[bool]]


def answers(client: httpx.AsyncClient, url: str) -> Ready:
    """Whether an address answers 200."""

    async def ask() -> bool:
        try:
            return (await client.get(url, timeout=5)).status_code == 200
        except httpx.HTTPError:
            return False

    return ask


def accepts(make: Callable[[Home], None], home: Home) -> Ready:
    """Whether a home's PostgreSQL takes connections; ``make`` then makes what is missing in it."""

    async def ask() -> bool:
        try:
            await asyncio.to_thread(make, home)
        except psycopg2.OperationalError:
            return False
        return True

    return ask
