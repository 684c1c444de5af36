"""The one place where the collector is put together."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from collector import __version__, openapi
from collector.connections import Connections, places_for
from collector.cors import CorsPolicy
from collector.docs_page import add_docs_page
from collector.intake import Intake
from collector.log import Log, make_uvicorn_log_json
from collector.metrics import Metrics
from collector.ports import Clock, EventStore, utc_now
from collector.problems import add_problem_handlers
from collector.request_origin import RequestOrigin
from collector.routes import health
from collector.routes.clickstream import PATH, ClickstreamRoute
from collector.settings import Settings
from collector.write_keys import WriteKeys
from collector.writer import Writer
from lake import open_lake


class _Collector(FastAPI):
    """FastAPI, with the one busy path answered in front of its middleware and routing."""

    clickstream: ClickstreamRoute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self.clickstream(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    settings: Settings | None = None,
    *,
    lake: EventStore | None = None,
    clock: Clock = utc_now,
    log: Log | None = None,
) -> FastAPI:
    """The collector. What is not passed in comes from the environment.

    Raises:
        ValidationError: a setting is missing or out of bounds.
        LakeUrlError: the lake's URL cannot be opened.
    """
    settings = settings or Settings.from_environment()
    log = log or Log(settings.log_level)
    make_uvicorn_log_json(log)
    lake = lake or open_lake(settings.lake_url)
    metrics = Metrics(
        log,
        enabled=settings.metrics,
        flush_seconds=settings.metrics_flush_seconds,
        namespace=settings.metrics_namespace,
    )
    writer = Writer(lake, log, metrics, max_waiting_bytes=settings.max_waiting_bytes)

    cors = CorsPolicy(settings.allowed_origins)
    intake = Intake(
        writer=writer,
        keys=WriteKeys(settings.write_keys),
        honour_privacy_signals=settings.honour_privacy_signals,
        origin=RequestOrigin(settings),
        cors=cors,
        clock=clock,
        log=log,
        metrics=metrics,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        # What start-up made stays for good: left where it is, each full garbage collection would go through it and
        # hold up the requests of that moment for 9 ms.
        gc.collect()
        gc.freeze()
        yield {
            Intake.__qualname__: intake,
            Connections.__qualname__: Connections(
                most=places_for(settings.max_connections),
                most_bytes=settings.max_waiting_bytes,
                request_seconds=settings.request_seconds,
            ),
        }
        await writer.flush()
        metrics.flush()
        log.flush()
        lake.close()
        gc.unfreeze()  # else what outlives this app in its process is never collected

    app = _Collector(
        title="Clickstream collector",
        version=__version__,
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(health.router_for(lake, log))
    add_problem_handlers(app, log)
    openapi.document(app)
    add_docs_page(app)
    app.clickstream = ClickstreamRoute(intake, cors)
    return app
