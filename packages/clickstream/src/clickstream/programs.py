"""The platform's programs on this machine: how each is started, with which settings, and when it is ready."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace

import httpx

from clickstream import dashboard
from clickstream.database_program import database_program
from clickstream.home import Home
from clickstream.postgres import SERVICE, make_database
from clickstream.processes import Program
from clickstream.readiness import answers
from etl import memory

_MODULES = {"collector": "collector", "etl": "etl", "admin-api": "admin_api"}
SERVICES = tuple(_MODULES)
DASHBOARD = "dashboard"
WAREHOUSE = SERVICE
# What is sent now is lost if nobody takes it: all else on the machine gives way to the collector, and can be late.
_GIVES_WAY = 10


def warehouse(home: Home) -> Program:
    """The embedded PostgreSQL."""
    return replace(database_program(WAREHOUSE, home, home.log_of(WAREHOUSE), make_database), niceness=_GIVES_WAY)


def service(home: Home, name: str, client: httpx.AsyncClient) -> Program:
    """One of the Python services, by its name: collector, etl or admin-api."""
    return Program(
        name=name,
        argv=(
            *(sys.executable, "-m", "uvicorn", "--factory", f"{_MODULES[name]}.app:create_app"),
            *("--host", "127.0.0.1", "--port", str(home.ports[name])),
            *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"),
        ),
        environment=_environment(_settings(home)[name]),
        folder=home.path,
        log=home.log_of(name),
        is_ready=answers(client, f"http://127.0.0.1:{home.ports[name]}/health/ready"),
        niceness=0 if name == "collector" else _GIVES_WAY,
    )


def shiny(home: Home, client: httpx.AsyncClient) -> Program:
    """The dashboard."""
    return Program(
        name=DASHBOARD,
        argv=("Rscript", "--no-save", "--no-restore", str(dashboard.FOLDER / "run.R")),
        environment=_environment(_settings(home)[DASHBOARD]),
        folder=dashboard.FOLDER,
        log=home.log_of(DASHBOARD),
        is_ready=answers(client, f"{home.dashboard_url}/"),
        niceness=_GIVES_WAY,
    )


def _settings(home: Home) -> Mapping[str, Mapping[str, str]]:
    return {
        "collector": {
            "CLICKSTREAM_LAKE_URL": home.lake_url,
            "CLICKSTREAM_ALLOWED_ORIGINS": "*",  # a shop under development may be served from anywhere
            "UVICORN_HTTP": "collector.http_protocol:CollectorProtocol",
        },
        "etl": {
            "CLICKSTREAM_LAKE_URL": home.lake_url,
            "CLICKSTREAM_WAREHOUSE_URL": home.warehouse_url("clickstream_etl"),
            "CLICKSTREAM_SITE_TIME_ZONE": home.site_time_zone,
            **memory.ENVIRONMENT,
        },
        "admin-api": {
            "CLICKSTREAM_WAREHOUSE_URL": home.warehouse_url("clickstream_admin"),
            "CLICKSTREAM_ADMIN_TOKEN": home.admin_token,
            "CLICKSTREAM_ETL_URL": home.etl_url,
        },
        DASHBOARD: {
            "CLICKSTREAM_ADMIN_API_URL": home.admin_api_url,
            "CLICKSTREAM_ADMIN_TOKEN": home.admin_token,
            "CLICKSTREAM_WAREHOUSE_URL": home.warehouse_url("clickstream_dashboard"),
            "CLICKSTREAM_DASHBOARD_HOST": "127.0.0.1",
            "CLICKSTREAM_DASHBOARD_PORT": str(home.ports[DASHBOARD]),
        },
    }


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    # AWS_EC2_METADATA_DISABLED: no SDK looks for the address of a cloud machine from a laptop.
    return {**os.environ, "PYTHONUNBUFFERED": "1", "AWS_EC2_METADATA_DISABLED": "true", **settings}
