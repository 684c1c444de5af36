"""`/v1/dw/…`: the warehouse's numbers. Every route has the same filters."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Response

from admin_api.problems import refusals
from admin_api.question import RESPONSES, Question, depends
from admin_api.questions import details, figures, products, visitors
from admin_api.questions.figures import FunnelBy
from admin_api.questions.products import CategoryGrouping
from admin_api.sessions import SessionDep
from admin_api.views.answer import Answer
from admin_api.views.details import Dimensions, Events, SessionDetail, Sessions
from admin_api.views.figures import Funnel, Grain, Heatmap, HeatmapMetric, Metric, Overview, Timeseries
from admin_api.views.products import Categories, Order, ProductDetail, Products, ProductSort
from admin_api.views.visitors import ChannelGrouping, Channels, PageKind, Pages, Paths, Retention, Searches, Visitors
from admin_api.wire import Text

Route = TypeVar("Route", bound=Callable[..., Any])
Limit = Annotated[int, Query(ge=1, le=1000)]
Before = Annotated[Text | None, Query(description="`next` of the page before")]


def dw_router(max_days: int) -> APIRouter:
    """Routes of the warehouse.

    Args:
        max_days: longest range of one question.
    """
    router = APIRouter(prefix="/v1/dw", tags=["warehouse"])
    asked: Any = depends(max_days)

    def get(path: str, model: type[Answer], summary: str, **refused: str) -> Callable[[Route], Route]:
        return router.get(path, response_model=model, responses=RESPONSES | refusals(**refused), summary=summary)

    @get("/dimensions", Dimensions, "What can be filtered by")
    def dimensions(question: Question = asked) -> Response:
        return question.answer(details.dimensions(question))

    @get("/overview", Overview, "Key figures, beside those of the period before")
    def overview(question: Question = asked) -> Response:
        return question.answer(figures.overview(question))

    @get("/timeseries", Timeseries, "A metric over time")
    def timeseries(question: Question = asked, metric: Metric = "events", grain: Grain = "day") -> Response:
        return question.answer(figures.timeseries(question, metric, grain))

    @get("/heatmap", Heatmap, "A metric by weekday and hour")
    def heatmap(question: Question = asked, metric: HeatmapMetric = "events") -> Response:
        return question.answer(figures.heatmap(question, metric))

    @get("/funnel", Funnel, "Sessions that reached each step from a view to a purchase")
    def funnel(
        question: Question = asked,
        by: Annotated[FunnelBy | None, Query(description="Segments beside the whole")] = None,
    ) -> Response:
        return question.answer(figures.funnel(question, by))

    @get("/products", Products, "Products with views, carts, purchases and revenue")
    def product_list(
        *,
        question: Question = asked,
        sort: ProductSort = "revenue",
        order: Order = "desc",
        limit: Limit = 50,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        q: Annotated[Text | None, Query(description="Part of the product's id or name")] = None,
    ) -> Response:
        found = products.products(question, sort, order, limit=limit, offset=offset, containing=q)
        return question.answer(found)

    @get("/products/{product_id:path}", ProductDetail, "One product, and its days", _404="No event names this product")
    def product(product_id: Text, question: Question = asked) -> Response:
        return question.answer(products.product(question, product_id))

    @get("/categories", Categories, "Products by category or brand")
    def categories(question: Question = asked, by: CategoryGrouping = "category") -> Response:
        return question.answer(products.categories(question, by))

    @get("/channels", Channels, "Where sessions come from")
    def channels(question: Question = asked, by: ChannelGrouping = "channel") -> Response:
        return question.answer(visitors.channels(question, by))

    @get("/pages", Pages, "Pages by views, entries or exits")
    def pages(
        question: Question = asked,
        kind: PageKind = "all",
        limit: Limit = 50,
        visitors_too: Annotated[
            bool, Query(alias="visitors", description="Whether visitors are counted too: takes thrice as long")
        ] = False,
    ) -> Response:
        return question.answer(visitors.pages(question, kind, limit, visitors=visitors_too))

    @get("/paths", Paths, "Ways through the site, by kinds of pages")
    def paths(question: Question = asked, steps: Annotated[int, Query(ge=2, le=10)] = 4, limit: Limit = 20) -> Response:
        return question.answer(visitors.paths(question, steps, limit))

    @get("/searches", Searches, "What is searched for, and what comes of it")
    def searches(question: Question = asked, limit: Limit = 50) -> Response:
        return question.answer(visitors.searches(question, limit))

    @get("/visitors", Visitors, "New and returning visitors")
    def visitor_days(question: Question = asked) -> Response:
        return question.answer(visitors.visitors(question))

    @get("/retention", Retention, "Weekly cohorts: who comes back")
    def retention(question: Question = asked, weeks: Annotated[int, Query(ge=1, le=52)] = 8) -> Response:
        return question.answer(visitors.retention(question, weeks))

    @get("/sessions", Sessions, "Sessions, newest first")
    def session_list(
        question: Question = asked,
        before: Before = None,
        limit: Limit = 50,
        q: Annotated[Text | None, Query(description="Id of a session, a client or a user")] = None,
    ) -> Response:
        return question.answer(details.sessions(question, before, q, limit))

    @router.get(
        "/sessions/{session_id:path}",
        summary="One session, and its events in their order",
        responses=refusals(_404="No such session"),
    )
    def session(database: SessionDep, session_id: Text) -> SessionDetail:
        return details.session(database, session_id)

    @get("/events", Events, "Events as they are, newest first; the filters are those of the event itself")
    def events(
        question: Question = asked,
        before: Before = None,
        limit: Limit = 50,
        name: Annotated[Text | None, Query(description="Name of the event")] = None,
        q: Annotated[Text | None, Query(description="Id of a session or a client")] = None,
    ) -> Response:
        return question.answer(details.events(question, name, before, q, limit))

    return router
