"""Where visitors come from, what they do, and whether they come back."""

from datetime import date
from decimal import Decimal

from admin_api.question import Question, mart
from admin_api.views.answer import row_of
from admin_api.views.visitors import (
    ChannelFigures,
    ChannelGrouping,
    Channels,
    Cohort,
    PageFigures,
    PageKind,
    Pages,
    PathLink,
    Paths,
    PathShare,
    Retention,
    Returned,
    Searches,
    SearchFigures,
    VisitorPoint,
    Visitors,
    VisitorTotals,
)


def channels(question: Question, by: ChannelGrouping) -> Channels:
    """Sessions by channel, source or campaign."""
    currency = question.currency()
    rows = question.ask(mart.channels(*question.days, by, question.filters, currency))
    return Channels(**question.common, by=by, currency=currency, rows=[row_of(ChannelFigures, row) for row in rows])


def pages(question: Question, kind: PageKind, limit: int, *, visitors: bool) -> Pages:
    """Pages by views, entries or exits; with ``visitors``, whom each was seen by."""
    rows = question.ask(mart.pages(*question.days, kind, limit, question.filters, visitors))
    return Pages(**question.common, kind=kind, rows=[row_of(PageFigures, row) for row in rows])


def paths(question: Question, steps: int, limit: int) -> Paths:
    """Ways through the site; links are of all ways, not only of the most frequent."""
    found = question.ask(mart.paths(*question.days, steps, question.filters))
    total = sum(row["sessions"] for row in found)
    links: dict[tuple[int, str, str], int] = {}
    for row in found:
        for step, (source, target) in enumerate(zip(row["path"], row["path"][1:], strict=False), 1):
            links[step, source, target] = links.get((step, source, target), 0) + row["sessions"]
    ordered = sorted(links.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    return Paths(
        **question.common,
        links=[
            PathLink(step=step, source=source, target=target, sessions=sessions)
            for (step, source, target), sessions in ordered
        ],
        paths=[
            PathShare(path=row["path"], sessions=row["sessions"], share=round(Decimal(row["sessions"]) / total, 6))
            for row in found[:limit]
        ],
    )


def searches(question: Question, limit: int) -> Searches:
    """Searches, most frequent first."""
    rows = question.ask(mart.searches(*question.days, limit, question.filters))
    return Searches(**question.common, rows=[row_of(SearchFigures, row) for row in rows])


def visitors(question: Question) -> Visitors:
    """New and returning visitors."""
    [totals] = question.ask(mart.visitor_totals(*question.days, question.filters))
    rows = question.ask(mart.visitors(*question.days, question.filters))
    return Visitors(
        **question.common,
        totals=VisitorTotals(
            new=totals["new_visitors"],
            returning=totals["returning_visitors"],
            new_orders=totals["new_orders"],
            returning_orders=totals["returning_orders"],
        ),
        points=[
            VisitorPoint(at=row["at"], new=row["new_visitors"], returning=row["returning_visitors"]) for row in rows
        ],
    )


def retention(question: Question, weeks: int) -> Retention:
    """Cohorts by the week of the first session; weeks that are still to come are left out."""
    found: dict[date, dict[int, int]] = {}
    for row in question.ask(mart.retention(*question.days, weeks, question.filters)):
        found.setdefault(row["cohort"], {})[row["week"]] = row["visitors"]
    return Retention(
        **question.common,
        cohorts=[
            Cohort(
                week=monday,
                visitors=cohort.get(0, 0),
                returned=[
                    Returned(week=week, visitors=seen, rate=round(Decimal(seen) / cohort[0], 6))
                    for week in range(1, min(weeks, (question.period.last - monday).days // 7) + 1)
                    if cohort.get(0)
                    for seen in (cohort.get(week, 0),)
                ],
            )
            for monday, cohort in sorted(found.items())
        ],
    )
