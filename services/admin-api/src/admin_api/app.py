"""The one place where the admin API is put together."""

from aws_lambda_powertools import Logger
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from fastapi_problem.error import Problem
from fastapi_problem.handler import ExceptionHandler, add_exception_handler, new_exception_handler
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from admin_api import __version__
from admin_api.access import require_token
from admin_api.errors import RETRY_AFTER_SECONDS, UnexpectedError, WarehouseAwayError
from admin_api.etl_starter import EtlStarter, HttpEtl, WaitForTick
from admin_api.routes import health
from admin_api.routes.dw import dw_router
from admin_api.routes.etl import etl_router
from admin_api.settings import Settings, load_settings
from warehouse.connect import make_engine

_DESCRIPTION = (
    "The operator's and the dashboard's private door: what the ETL has done, re-runs of windows, and the warehouse's"
    " numbers. Every route but the health checks needs the bearer token; errors are problem+json (RFC 9457)."
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
    if starter is None:
        starter = HttpEtl(settings.etl_url, logger) if settings.etl_url else WaitForTick()
    app = FastAPIOffline(
        title="Clickstream admin API",
        version=__version__,
        description=_DESCRIPTION,
        redoc_url=None,
    )
    app.state.engine = engine or make_engine(settings.warehouse_url, "clickstream-admin-api", settings.pool_size)
    guarded = [Depends(require_token(settings.admin_token))]
    app.include_router(health.router)
    app.include_router(etl_router(starter, settings.max_run_hours), dependencies=guarded)
    app.include_router(dw_router(settings.max_days), dependencies=guarded)

    def away(_: ExceptionHandler, request: Request, error: Exception) -> Problem:
        detail = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        return WarehouseAwayError(detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})

    def log_failure(request: Request, error: Exception) -> None:
        if not isinstance(error, Problem | HTTPException | RequestValidationError):
            logger.error("admin.request.failed", extra={"path": request.url.path}, exc_info=error)

    add_exception_handler(
        app,
        new_exception_handler(
            pre_hooks=[log_failure],
            unhandled_wrappers={"default": UnexpectedError},
            handlers={DBAPIError: away, PoolTimeoutError: away},
        ),
    )
    return app
