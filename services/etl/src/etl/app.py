"""The one place where the ETL is put together."""

from aws_lambda_powertools import Logger
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from etl import __version__
from etl.metrics import EmfMetrics, NoMetrics
from etl.operations import WarehouseOperations
from etl.problems import add_problem_handlers
from etl.quarantine import Quarantine
from etl.routes.actions import actions_router
from etl.routes.health import health_router
from etl.routes.rejects import rejects_router
from etl.routes.runs import runs_router
from etl.runner import Runner
from etl.settings import Settings, load_settings
from lake import open_lake
from warehouse.connect import connected


def create_app(settings: Settings | None = None, *, runner: Runner | None = None) -> FastAPI:
    """The ETL. What is not passed in comes from the environment.

    Raises:
        ValidationError: a setting is missing or out of bounds.
        LakeUrlError: the lake's URL cannot be opened.
    """
    settings = settings or load_settings()
    logger = make_logger(settings)
    metrics = EmfMetrics(namespace=settings.metrics_namespace) if settings.metrics else NoMetrics()
    runner = runner or Runner(settings, open_lake(settings.lake_url), logger, metrics=metrics)

    def warehouse_answers() -> None:
        with connected(settings.warehouse_url, "clickstream-etl-health"):
            pass

    app = FastAPIOffline(
        title="Clickstream ETL",
        version=__version__,
        description="Loads windows of the raw lake into the warehouse. Private: the schedule and the operator call it.",
        redoc_url=None,
    )
    app.include_router(health_router(warehouse_answers))
    app.include_router(actions_router(WarehouseOperations(settings, logger)))
    app.include_router(runs_router(runner, settings.deadline_margin_seconds))
    app.include_router(rejects_router(runner, Quarantine(settings), settings.deadline_margin_seconds))
    add_problem_handlers(app, logger)
    return app


def make_logger(settings: Settings) -> Logger:
    """The service's log: JSON lines."""
    return Logger(service="etl", level=settings.log_level, use_rfc3339=True, utc=True)
