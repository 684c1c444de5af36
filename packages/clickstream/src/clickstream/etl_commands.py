"""`clickstream etl`: load windows, and look at the books."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from clickstream.errors import InputError, ServiceError
from clickstream.home import open_home
from clickstream.options import DEFAULT_HOME, HomeOption, out
from clickstream.postgres import running
from clickstream.progress import share_bar

if TYPE_CHECKING:
    from etl.runner import RunResult

app = typer.Typer(no_args_is_help=True, help="The ETL: load windows of the raw lake, and look at the books.")

_TIME = "An hour or a day of UTC, such as 2026-11-22T07 or 2026-11-22"


@app.command()
def run(
    *,
    everything: Annotated[bool, typer.Option("--all", help="All windows that the lake has.")] = False,
    window_from: Annotated[str | None, typer.Option("--from", metavar="TIME", help=f"{_TIME}.")] = None,
    window_to: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help=f"{_TIME}; exclusive, a day is its end.")
    ] = None,
    replace: Annotated[bool, typer.Option(help="Delete what was loaded, and load it again.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Load what is new: since the watermark, or of a range, or of everything.

    Examples:

        clickstream etl run --all

        clickstream etl run --from 2026-11-22T07 --to 2026-11-22T09 --replace
    """
    start, end = _moment(window_from, "--from", last=False), _moment(window_to, "--to", last=True)
    ranged = start is not None or end is not None
    if everything and ranged:
        raise InputError("--all and a range exclude each other")
    if replace and not (everything or ranged):
        raise InputError("--replace needs --all, or --from and --to")
    from clickstream import etl_work  # noqa: PLC0415 -- the ETL takes 2 s to import; other commands do without

    opened = open_home(home)
    with running(opened), share_bar("loading") as show:
        whole = everything or ranged
        results = (
            etl_work.load_range(opened, start, end, replace=replace, show=show) if whole else etl_work.tick(opened)
        )
    for result in results:
        _show(result)
    failed = [error for result in results for error in result.errors]
    if failed:
        raise ServiceError(f"the ETL could not load everything: {failed[0]} (see `clickstream etl status`)")


@app.command()
def status(home: HomeOption = DEFAULT_HOME) -> None:
    """How new the warehouse is, and whether its books balance."""
    from clickstream import etl_work  # noqa: PLC0415 -- as above

    opened = open_home(home)
    with running(opened):
        now = etl_work.status(opened)
    totals = now.totals
    table = Table(show_header=False, box=None)
    for name, value in (
        ("state", now.state),
        ("newest event", now.newest_event_at),
        ("newest receipt", now.newest_received_at),
        ("watermark", now.watermark),
        ("last tick", now.last_tick_at),
        ("windows", f"{totals.windows:,}  ({now.pending_windows:,} pending, {now.failing_windows:,} failing)"),
        ("objects", f"{totals.objects:,}"),
    ):
        table.add_row(name, str(value if value is not None else "-"))
    out.print(table)
    out.print(
        f"collected {totals.collected:,} = loaded {totals.loaded:,} + duplicates {totals.duplicates:,}"
        f" + rejected {totals.rejected:,} + withheld {totals.withheld:,}"
        f"  {'[green]the books balance[/]' if now.balanced else '[bold red]the books do not balance[/]'}"
    )


def _show(result: "RunResult") -> None:
    counts = result.counts
    if result.left:
        out.print(f"{result.left:,} windows are left for the next tick: another run is loading them")
    out.print(
        f"{result.state}: {result.windows:,} windows, {result.objects:,} objects; collected {counts.collected:,}"
        f" = loaded {counts.loaded:,} + duplicates {counts.duplicates:,} + rejected {counts.rejected:,}"
        f" + withheld {counts.withheld:,}"
        + (f"; {result.left:,} windows left for the next tick" if result.left else ""),
        highlight=False,
    )


def _moment(text: str | None, option: str, *, last: bool) -> datetime | None:
    """A time of UTC. As the end of a range, a day means its end."""
    if text is None:
        return None
    for layout in ("%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%d %H"):
        try:
            found = datetime.strptime(text, layout).replace(tzinfo=UTC)
        except ValueError:
            continue
        return found.replace(hour=23, minute=59) if last and layout == "%Y-%m-%d" else found
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text!r} is no time: expected 2026-11-22, 2026-11-22T07 or ISO 8601") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
