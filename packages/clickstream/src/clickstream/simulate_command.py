"""`clickstream simulate`."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from clickstream.delivery import Delivered
from clickstream.errors import InputError
from clickstream.home import open_home
from clickstream.options import DEFAULT_HOME, HomeOption, err, out
from clickstream.progress import share_bar
from clickstream.simulate import (
    DEFAULT_DAYS,
    DEFAULT_SEED,
    DEFAULT_SESSIONS_PER_DAY,
    Plan,
    fill_lake,
    post_live,
    post_plan,
)
from lake import open_lake


def simulate(
    *,
    home: HomeOption = DEFAULT_HOME,
    days: Annotated[float, typer.Option(min=0.01, max=3660, help="How many days of traffic.")] = DEFAULT_DAYS,
    sessions_per_day: Annotated[
        float, typer.Option(min=0.1, max=1e7, help="People's sessions a day; crawlers come on top.")
    ] = DEFAULT_SESSIONS_PER_DAY,
    seed: Annotated[int, typer.Option(help="The same seed and day give the same events.")] = DEFAULT_SEED,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="The end, ISO 8601 (UTC unless it says otherwise); default now.")
    ] = None,
    lake: Annotated[
        str | None, typer.Option(metavar="URL", help="Write into this lake, not the home folder's.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="URL", help="Post to a collector, as if all of it happened now.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Post at the pace of a shop's day until Ctrl-C (to the home's collector).")
    ] = False,
) -> None:
    """Make the traffic of a computer shop: visitors, carts, orders, crawlers, and what goes wrong on the way.

    Without --to or --live it is written straight into the raw lake, as a collector would have written it at the time;
    the ETL loads it with its next run. Some lines are late, repeated or broken on purpose.

    [bold]Examples[/]

      clickstream simulate

      clickstream simulate --days 90 --sessions-per-day 2000 --until 2026-11-01

      clickstream simulate --live --sessions-per-day 20000
    """
    plan = Plan(days=days, sessions_per_day=sessions_per_day, seed=seed, until=_moment(until))
    if live:
        _live(to or open_home(home).collector_url, plan)
    elif to is not None:
        with share_bar("posting") as progress:
            delivered = asyncio.run(post_plan(to, plan, progress))
        _summary(delivered)
    else:
        with share_bar("simulating") as progress:
            written = fill_lake(open_lake(lake or open_home(home).lake_url), plan, progress)
        out.print(
            f"{written.lines:,} lines in {written.objects:,} objects written, {written.objects_there:,} objects "
            f"({written.lines_there:,} lines) were there already: "
            f"{plan.start:%Y-%m-%d %H:%M} to {plan.until:%Y-%m-%d %H:%M} UTC"
        )


def _live(url: str, plan: Plan) -> None:
    seen = Delivered()

    def report(open_sessions: int, total: Delivered) -> None:
        nonlocal seen
        seen = total
        status.update(f"{open_sessions} open sessions, {total.accepted:,} events accepted, {total.rejected:,} rejected")

    with out.status(f"posting to {url}; Ctrl-C ends it") as status, suppress(KeyboardInterrupt):
        asyncio.run(post_live(url, plan, report))
    _summary(seen)


def _summary(delivered: Delivered) -> None:
    out.print(f"{delivered.accepted:,} events accepted, {delivered.rejected:,} rejected")
    if delivered.first_rejection:
        err.print(f"first rejection: {delivered.first_rejection}", markup=False)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--until {text!r} is not a time: write 2026-11-22 or 2026-11-22T15:00Z") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
