"""`/v1/dw/…`: the warehouse's numbers."""

from typing import Annotated

from fastapi import APIRouter, Query

from admin_api import dw_questions
from admin_api.dw_views import Funnel, Grain, Metric, Overview, Products, ProductSort, Timeseries
from admin_api.period import Bots, FromDay, ToDay, period
from admin_api.sessions import SessionDep


def dw_router(max_days: int) -> APIRouter:
    """Routes of the warehouse."""
    router = APIRouter(prefix="/v1/dw", tags=["warehouse"])

    @router.get("/overview", summary="Key figures, beside those of the period before")
    def overview(session: SessionDep, first: FromDay = None, last: ToDay = None, bots: Bots = False) -> Overview:
        return dw_questions.overview(session, period(session, first, last, max_days), bots=bots)

    @router.get("/timeseries", summary="A metric over time")
    def timeseries(
        *,
        session: SessionDep,
        metric: Metric = "events",
        grain: Grain = "day",
        first: FromDay = None,
        last: ToDay = None,
        bots: Bots = False,
    ) -> Timeseries:
        return dw_questions.timeseries(session, period(session, first, last, max_days), metric, grain, bots=bots)

    @router.get("/funnel", summary="Sessions that reached each step from a view to a purchase")
    def funnel(session: SessionDep, first: FromDay = None, last: ToDay = None, bots: Bots = False) -> Funnel:
        return dw_questions.funnel(session, period(session, first, last, max_days), bots=bots)

    @router.get("/products", summary="Products with views, carts, purchases and revenue")
    def products(
        *,
        session: SessionDep,
        sort: ProductSort = "revenue",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        first: FromDay = None,
        last: ToDay = None,
        bots: Bots = False,
    ) -> Products:
        return dw_questions.products(session, period(session, first, last, max_days), sort, limit, bots=bots)

    return router
