"""`clickstream etl`: load windows, and look at the books."""

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from clickstream import reject_commands
from clickstream.errors import InputError, ServiceError
from clickstream.home import open_home
from clickstream.moments import TIME_HELP, moment
from clickstream.options import DEFAULT_HOME, HomeOption, out
from clickstream.postgres import running
from clickstream.progress import share_bar
from clickstream.run_report import run_line, show_difference, show_run, tell

app = typer.Typer(no_args_is_help=True, help="The ETL: load windows of the raw lake, and look at the books.")
app.add_typer(reject_commands.app, name="rejects")


@app.command()
def run(
    *,
    everything: Annotated[bool, typer.Option("--all", help="All windows that the lake has.")] = False,
    window_from: Annotated[str | None, typer.Option("--from", metavar="TIME", help=f"{TIME_HELP}.")] = None,
    window_to: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help=f"{TIME_HELP}; exclusive, a day is its end.")
    ] = None,
    replace: Annotated[bool, typer.Option(help="Delete what was loaded, and load it again.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Load what is new: since the watermark, or of a range, or of everything.

    Examples:

        clickstream etl run --all

        clickstream etl run --from 2026-11-22T07 --to 2026-11-22T09 --replace
    """
    start, end = moment(window_from, "--from", last=False), moment(window_to, "--to", last=True)
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
        show_run(result)
    failed = [error for result in results for error in result.errors]
    if failed:
        raise ServiceError(f"the ETL could not load everything: {failed[0]} (see `clickstream etl status`)")


@app.command()
def runs(
    *,
    run_id: Annotated[UUID | None, typer.Argument(metavar="[RUN]", help="Id of a run: show what it changed.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Newest runs that are listed.")] = 20,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """The newest runs, or what a replace or a replay changed in the books."""
    from clickstream import etl_work  # noqa: PLC0415 -- as above

    opened = open_home(home)
    if run_id is not None:
        with running(opened):
            changed = etl_work.difference(opened, run_id)
        if changed is None:
            out.print(f"run {run_id} replaced or replayed nothing", highlight=False)
        show_difference(changed)
        return
    with running(opened):
        found = etl_work.runs(opened, limit)
    for each in found:
        tell(run_line(each))


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
