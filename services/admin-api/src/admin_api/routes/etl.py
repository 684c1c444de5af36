"""`/v1/etl/…`: what the ETL has done, and asking it for more."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Body, Depends, Header, Path, Query

from admin_api import etl_books, etl_orders
from admin_api.access import Caller
from admin_api.audit import audited
from admin_api.etl_starter import EtlStarter
from admin_api.problems import refusals
from admin_api.sessions import SessionDep
from admin_api.views.etl import Audit, Rejects, RejectView, ReplayRequest, RunRequest, Runs, RunView, Status, Windows
from admin_api.wire import MAX_BIGINT, Moment, Text
from warehouse.rejects import RejectFilter

Limit = Annotated[int, Query(ge=1, le=1000)]
Before = Annotated[Text | None, Query(description="`next` of the page before")]
BeforeId = Annotated[int | None, Query(ge=1, le=MAX_BIGINT, description="`next` of the page before")]
From = Annotated[Moment | None, Query(alias="from", description="First window; with a time zone")]
To = Annotated[Moment | None, Query(alias="to", description="End, exclusive; with a time zone")]
Key = Annotated[Text | None, Header(description="Sent again with the same key, a request starts no second run")]

_READ_ONLY = refusals(_403="The token may read, and not operate")


def books_router() -> APIRouter:
    """Routes that read the books."""
    router = APIRouter(prefix="/v1/etl", tags=["etl"])

    @router.get("/status", summary="How new the warehouse is, and whether its books balance")
    def status(session: SessionDep) -> Status:
        return etl_books.status(session)

    @router.get("/windows", summary="Windows with their books, newest first")
    def windows(
        *,
        session: SessionDep,
        state: Annotated[Literal["pending", "running", "loaded", "failed"] | None, Query()] = None,
        start: From = None,
        end: To = None,
        before: Annotated[Moment | None, Query(description="`next` of the page before")] = None,
        limit: Limit = 100,
    ) -> Windows:
        return etl_books.windows(session, state=state, start=start, end=end, before=before, limit=limit)

    @router.get("/runs", summary="Runs, newest first")
    def runs(
        session: SessionDep,
        state: Annotated[Literal["queued", "running", "succeeded", "failed", "cancelled"] | None, Query()] = None,
        before: Before = None,
        limit: Limit = 50,
        idle: Annotated[bool, Query(description="Whether ticks that had nothing to do are listed too")] = False,
    ) -> Runs:
        return etl_books.list_runs(session, state, before, limit, idle=idle)

    @router.get("/runs/{run_id}", summary="One run", responses=refusals(_404="No such run"))
    def run(session: SessionDep, run_id: UUID) -> RunView:
        return etl_books.one_run(session, run_id)

    @router.get("/rejects", summary="Lines that were set aside: counts by reason, and a page of them, newest first")
    def rejects(
        *,
        session: SessionDep,
        reason: Annotated[Text | None, Query(examples=["not_json"])] = None,
        source: Annotated[Literal["etl", "collector"] | None, Query(description="Who refused them")] = None,
        start: From = None,
        end: To = None,
        before: BeforeId = None,
        limit: Limit = 20,
    ) -> Rejects:
        wanted = RejectFilter(
            reason=reason,
            source=source,
            window_from=start and etl_books.in_utc("from", start),
            window_to=end and etl_books.in_utc("to", end),
        )
        return etl_books.rejects(session, wanted, before, limit)

    @router.get(
        "/rejects/{reject_id}",
        summary="One line that was set aside, whole",
        responses=refusals(_404="No such reject, or none any more"),
    )
    def reject(session: SessionDep, reject_id: Annotated[int, Path(ge=1, le=MAX_BIGINT)]) -> RejectView:
        return etl_books.one_reject(session, reject_id)

    @router.get("/audit", summary="Calls that asked for changes, newest first")
    def audit(session: SessionDep, before: BeforeId = None, limit: Limit = 50) -> Audit:
        return etl_books.audit(session, before, limit)

    return router


def orders_router(operator: Callable[..., Caller], starter: EtlStarter, max_run_hours: int) -> APIRouter:
    """Routes that ask the ETL for something.

    Args:
        operator: dependency that gives the caller, or refuses it.
        starter: tells the ETL of what was queued.
        max_run_hours: longest range of one run.
    """
    router = APIRouter(prefix="/v1/etl", tags=["etl"])
    operating: Any = Depends(operator)

    @router.post(
        "/runs",
        status_code=202,
        summary="Load a range of windows, or load it again",
        responses=_READ_ONLY | refusals(_409="The idempotency key was used for another request"),
    )
    def start_run(
        *,
        session: SessionDep,
        asked: RunRequest,
        background: BackgroundTasks,
        caller: Caller = operating,
        idempotency_key: Key = None,
    ) -> RunView:
        with audited(session, caller, "run.start", None, asked) as entry:
            run = etl_orders.queue_run(
                session, asked, f"admin-api:{caller.fingerprint}", idempotency_key, max_run_hours
            )
            entry.target = str(run.run_id)
        if run.state == "queued":
            background.add_task(starter.start, run.run_id)
        return run

    @router.post(
        "/runs/{run_id}/cancel",
        summary="Take a run out of the queue",
        responses=_READ_ONLY | refusals(_404="No such run", _409="The run is not queued any more"),
    )
    def cancel_run(session: SessionDep, run_id: UUID, caller: Caller = operating) -> RunView:
        with audited(session, caller, "run.cancel", run_id, None):
            return etl_orders.cancel_run(session, run_id)

    @router.post(
        "/rejects/replay",
        status_code=202,
        summary="Try rejects once more, as after a fix",
        responses=_READ_ONLY,
    )
    def replay_rejects(
        *,
        session: SessionDep,
        asked: Annotated[ReplayRequest, Body()],
        background: BackgroundTasks,
        caller: Caller = operating,
    ) -> RunView:
        with audited(session, caller, "rejects.replay", None, asked) as entry:
            run = etl_orders.queue_replay(session, asked, f"admin-api:{caller.fingerprint}", max_run_hours)
            entry.target = str(run.run_id)
        background.add_task(starter.start, run.run_id)
        return run

    return router
