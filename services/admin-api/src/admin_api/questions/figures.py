"""Key figures, and figures over time."""

from typing import Literal

from admin_api.question import Question, Row, mart
from admin_api.views.answer import row_of
from admin_api.views.figures import (
    Cell,
    Figures,
    Funnel,
    FunnelSegment,
    FunnelStep,
    Grain,
    Heatmap,
    HeatmapMetric,
    LoginState,
    Metric,
    NamedEvents,
    Overview,
    Point,
    Timeseries,
)

FunnelBy = Literal["channel", "device", "category"]


def overview(question: Question) -> Overview:
    """Key figures, those of the period before, events by name, login states."""
    [current] = question.ask(mart.overview(*question.days, question.filters))
    before = question.period.previous
    # The same currency for both periods, else they cannot be compared.
    [previous] = question.ask(mart.overview(before.first, before.last, question.filters, current["currency"]))
    return Overview(
        **question.common,
        currency=current["currency"],
        current=row_of(Figures, current),
        previous=row_of(Figures, previous),
        events_by_name=[
            row_of(NamedEvents, row) for row in question.ask(mart.event_mix(*question.days, question.filters))
        ],
        login_states=[
            row_of(LoginState, row | {"value": row["login_state"]})
            for row in question.ask(mart.login_states(*question.days, question.filters))
        ],
    )


def timeseries(question: Question, metric: Metric, grain: Grain) -> Timeseries:
    """A metric over time."""
    currency = question.currency()
    rows = question.ask(mart.timeseries(metric, grain, *question.days, question.filters, currency))
    points = [row_of(Point, row) for row in rows]
    return Timeseries(**question.common, metric=metric, grain=grain, currency=currency, points=points)


def heatmap(question: Question, metric: HeatmapMetric) -> Heatmap:
    """A metric by weekday and hour."""
    currency = question.currency()
    rows = question.ask(mart.heatmap(metric, *question.days, question.filters, currency))
    return Heatmap(**question.common, metric=metric, currency=currency, cells=[row_of(Cell, row) for row in rows])


def funnel(question: Question, by: FunnelBy | None) -> Funnel:
    """Sessions that reached each step, also by segment."""
    steps = [row_of(FunnelStep, row) for row in question.ask(mart.funnel(*question.days, question.filters))]
    segments: dict[str, list[FunnelStep]] = {}
    if by:
        for row in question.ask(mart.funnel_segments(*question.days, by, question.filters)):
            segments.setdefault(_named(row), []).append(row_of(FunnelStep, row))
    return Funnel(
        **question.common,
        by=by,
        steps=steps,
        segments=[FunnelSegment(segment=name, steps=found) for name, found in segments.items()],
    )


def _named(row: Row) -> str:
    name: str = row["segment"]
    return name
