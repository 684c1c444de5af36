"""`/v1/etl/…`: what the ETL has done, and asking it for more."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Query

from admin_api import etl_books
from admin_api.etl_starter import EtlStarter
from admin_api.etl_views import Rejects, RunRequest, Runs, RunView, Status, Windows
from admin_api.sessions import SessionDep

_REQUESTED_BY = "admin-api"

Limit = Annotated[int, Query(ge=1, le=1000)]


def etl_router(starter: EtlStarter, max_run_hours: int) -> APIRouter:
    """Routes of the ETL."""
    router = APIRouter(prefix="/v1/etl", tags=["etl"])

    @router.get("/status", summary="How new the warehouse is, and whether its books balance")
    def status(session: SessionDep) -> Status:
        return etl_books.status(session)

    @router.get("/windows", summary="Windows with their books, newest first")
    def windows(
        session: SessionDep,
        state: Annotated[Literal["pending", "running", "loaded", "failed"] | None, Query()] = None,
        before: Annotated[datetime | None, Query(description="`next` of the page before")] = None,
        limit: Limit = 100,
    ) -> Windows:
        return etl_books.windows(session, state, before, limit)

    @router.get("/runs", summary="Runs, newest first")
    def runs(
        session: SessionDep,
        limit: Limit = 50,
        idle: Annotated[bool, Query(description="Whether ticks that had nothing to do are listed too")] = False,
    ) -> Runs:
        return etl_books.list_runs(session, limit, idle=idle)

    @router.post("/runs", status_code=202, summary="Load a range of windows, or load it again")
    def start(session: SessionDep, asked: RunRequest, background: BackgroundTasks) -> RunView:
        run = etl_books.queue_run(session, asked, _REQUESTED_BY, max_run_hours)
        background.add_task(starter.start, run.run_id)
        return run

    @router.get("/runs/{run_id}", summary="One run")
    def run(session: SessionDep, run_id: UUID) -> RunView:
        return etl_books.one_run(session, run_id)

    @router.get("/rejects", summary="Lines that were set aside: counts by reason, and the newest")
    def rejects(session: SessionDep, limit: Limit = 20) -> Rejects:
        return etl_books.rejects(session, limit)

    return router
