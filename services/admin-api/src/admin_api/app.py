"""The one place where the admin API is put together."""

from aws_lambda_powertools import Logger
from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from sqlalchemy import Engine

from admin_api import __version__
from admin_api.access import Tokens, require
from admin_api.etl_starter import EtlStarter, HttpEtl, WaitForTick
from admin_api.problems import add_problems
from admin_api.routes import health
from admin_api.routes.dw import dw_router
from admin_api.routes.etl import books_router, orders_router
from admin_api.settings import Settings, load_settings
from warehouse.connect import make_engine

_DESCRIPTION = (
    "The operator's and the dashboard's private door: what the ETL has done, re-runs of windows, and the warehouse's"
    " numbers. Every route but the health checks needs a bearer token with the scope read, those that"
    " change something one with operate; errors are problem+json (RFC 9457)."
)


def create_app(
    settings: Settings | None = None, *, engine: Engine | None = None, starter: EtlStarter | None = None
) -> FastAPI:
    """The admin API. What is not passed in comes from the environment.

    Raises:
        ValidationError: a setting is missing or out of bounds.
    """
    settings = settings or load_settings()
    logger = Logger(service="admin-api", level=settings.log_level, use_rfc3339=True, utc=True)
    app = FastAPIOffline(
        title="Clickstream admin API",
        version=__version__,
        description=_DESCRIPTION,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.engine = engine or make_engine(settings.warehouse_url, "clickstream-admin-api", settings.pool_size)
    tokens = Tokens(settings.all_read_tokens, settings.all_operate_tokens)
    reading = [Depends(require(tokens, "read"))]
    app.include_router(health.router)
    app.include_router(books_router(), dependencies=reading)
    app.include_router(
        orders_router(require(tokens, "operate"), starter or starter_of(settings, logger), settings.max_run_hours)
    )
    app.include_router(dw_router(settings.max_days), dependencies=reading)

    add_problems(app, logger)
    return app


def starter_of(settings: Settings, logger: Logger) -> EtlStarter:
    """The way to the ETL that the settings name."""
    if settings.etl_url:
        return HttpEtl(settings.etl_url, logger)
    if settings.etl_function:
        from admin_api.etl_function import LambdaEtl  # noqa: PLC0415 -- boto3 takes half a second, others do without

        return LambdaEtl(settings.etl_function, logger)
    return WaitForTick()
