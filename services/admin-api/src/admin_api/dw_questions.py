"""Asking the warehouse's mart: each question is one function there, so that a number exists once."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Result, func, literal_column, select
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session
from sqlmodel import select as sqlmodel_select

from admin_api.dw_views import (
    Figures,
    Funnel,
    FunnelStep,
    Grain,
    Metric,
    NamedEvents,
    Overview,
    Point,
    ProductFigures,
    Products,
    ProductSort,
    Timeseries,
)
from admin_api.period import Period
from admin_api.wire import Wire
from warehouse.tables import Site

_View = TypeVar("_View", bound=Wire)

_Row = Mapping[str, Any]


def overview(session: Session, period: Period, *, bots: bool) -> Overview:
    """Key figures, those of the period before, and events by name."""
    current = _ask(session, func.mart.overview(period.first, period.last, bots))[0]
    before = period.previous
    # The same currency for both periods, else they cannot be compared.
    previous = _ask(session, func.mart.overview(before.first, before.last, bots, current["currency"]))[0]
    fresh = _ask(session, func.mart.freshness())[0]
    return Overview(
        first=period.first,
        last=period.last,
        time_zone=_time_zone(session),
        currency=current["currency"],
        as_of=fresh["newest_received_at"],
        complete=fresh["failing_windows"] + fresh["pending_windows"] == 0,
        current=_pick(Figures, current),
        previous=_pick(Figures, previous),
        events_by_name=[
            _pick(NamedEvents, row) for row in _ask(session, func.mart.event_mix(period.first, period.last, bots))
        ],
    )


def timeseries(session: Session, period: Period, metric: Metric, grain: Grain, *, bots: bool) -> Timeseries:
    """A metric over time."""
    rows = _ask(session, func.mart.timeseries(metric, grain, period.first, period.last, bots))
    return Timeseries(
        metric=metric,
        grain=grain,
        time_zone=_time_zone(session),
        first=period.first,
        last=period.last,
        points=[_pick(Point, row) for row in rows],
    )


def funnel(session: Session, period: Period, *, bots: bool) -> Funnel:
    """Sessions that reached each step."""
    rows = _ask(session, func.mart.funnel(period.first, period.last, bots))
    return Funnel(first=period.first, last=period.last, steps=[_pick(FunnelStep, row) for row in rows])


def products(session: Session, period: Period, sort: ProductSort, limit: int, *, bots: bool) -> Products:
    """The products at the top."""
    rows = _ask(session, func.mart.top_products(period.first, period.last, bots, sort, limit))
    return Products(
        first=period.first,
        last=period.last,
        currency=rows[0]["currency"] if rows else None,
        products=[_pick(ProductFigures, row) for row in rows],
    )


def _ask(session: Session, function: FunctionElement[Any]) -> list[_Row]:
    answer: Result[Any] = session.connection().execute(select(literal_column("*")).select_from(function))
    return [dict(row) for row in answer.mappings()]


def _pick(view: type[_View], row: _Row) -> _View:
    return view(**{name: row[name] for name in view.model_fields})


def _time_zone(session: Session) -> str:
    return session.exec(sqlmodel_select(Site.time_zone)).one()
