"""The `clickstream` command."""

import typer

from clickstream import __version__, etl_commands, warehouse_commands
from clickstream.backup_commands import backup, restore
from clickstream.doctor_command import doctor
from clickstream.import_command import import_
from clickstream.options import OneLineErrors, out
from clickstream.replay_command import replay
from clickstream.simulate_command import simulate
from clickstream.up_command import up

app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # locals hold passwords
    help="The whole clickstream platform on this machine: start it, fill it, look after it.",
)


@app.callback(invoke_without_command=False)
def main() -> None:
    """Nothing to do before a command; the callback keeps `clickstream COMMAND` a group."""


@app.command()
def version() -> None:
    """Print the version."""
    out.print(f"clickstream {__version__}", highlight=False)


app.command()(up)
app.command()(simulate)
app.command("import")(import_)
app.command()(replay)
app.command()(backup)
app.command()(restore)
app.command()(doctor)
app.add_typer(etl_commands.app, name="etl")
app.add_typer(warehouse_commands.app, name="warehouse")
