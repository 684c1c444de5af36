"""Options and appearance that the commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from clickstream.errors import ClickstreamError
from lake import LakeError
from warehouse.errors import WarehouseError

out = Console(soft_wrap=True)  # a pasted URL or curl line must not be broken by the terminal's width
err = Console(stderr=True, soft_wrap=True)

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="CLICKSTREAM_HOME", help="Folder of data, settings and logs.", file_okay=False),
]
FilesArgument = Annotated[
    list[str], typer.Argument(metavar="FILES...", help="NDJSON, gzipped or not; - is standard input.")
]
DEFAULT_HOME = Path(".clickstream")


class OneLineErrors(TyperGroup):
    """A command group that shows our own errors as one line on standard error, with exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn one of our errors into its text."""
        try:
            return super().invoke(ctx)
        except (ClickstreamError, LakeError, WarehouseError) as error:
            err.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False)
            raise typer.Exit(1) from error
