"""`clickstream doctor`."""

from typing import Annotated

import typer
from rich.table import Table

from clickstream.home import HIGHEST_PORT_BASE, LOWEST_PORT_BASE, open_home
from clickstream.machine import State, examine
from clickstream.options import DEFAULT_HOME, HomeOption, out
from clickstream.up_lock import holder

_COLOURS = {State.GOOD: "green", State.WARNING: "yellow", State.FAULT: "red"}


def doctor(
    *,
    home: HomeOption = DEFAULT_HOME,
    port_base: Annotated[
        int | None, typer.Option(min=LOWEST_PORT_BASE, max=HIGHEST_PORT_BASE, help="Move the home folder's ports.")
    ] = None,
) -> None:
    """Show what is on this machine, what is missing and how to get it.

    Exit code 0 when `up` can run; what only the dashboard, the tests or the storefront need is a warning.

    [bold]Examples[/]

      clickstream doctor

      clickstream doctor --home /tmp/try --port-base 18000
    """
    opened = open_home(home, port_base)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    worst_is_fault = False
    for finding in examine(opened, holder(opened)):
        worst_is_fault |= finding.state is State.FAULT
        colour = _COLOURS[finding.state]
        table.add_row(f"[{colour}]{finding.state.value}[/]", finding.what, finding.text)
    out.print(table)
    if worst_is_fault:
        out.print("[red]`clickstream up` cannot run yet.[/]")
        raise typer.Exit(1)
    out.print("[green]`clickstream up` can run.[/]")
