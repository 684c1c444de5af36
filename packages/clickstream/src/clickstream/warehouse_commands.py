"""`clickstream warehouse`: migrate it, get its address, open psql."""

import os
import shutil
import subprocess
from enum import StrEnum
from typing import Annotated

import typer

from clickstream.home import OWNER, open_home
from clickstream.options import DEFAULT_HOME, HomeOption, out
from clickstream.postgres import running
from clickstream.postgres_data import programs

app = typer.Typer(no_args_is_help=True, help="The warehouse: migrate it, get its address, open psql.")


class Role(StrEnum):
    """Roles of the warehouse."""

    owner = OWNER
    etl = "clickstream_etl"
    admin = "clickstream_admin"
    dashboard = "clickstream_dashboard"


RoleOption = Annotated[Role, typer.Option("--role", help="The role to connect as.")]


@app.command("migrate")
def migrate_(home: HomeOption = DEFAULT_HOME) -> None:
    """Bring the warehouse to this version: roles, tables, mart. Safe to repeat, and while the ETL runs."""
    from warehouse.migrate import migrate  # noqa: PLC0415 -- SQLAlchemy takes a second; `url` does without

    opened = open_home(home)
    with running(opened):
        done = migrate(opened.warehouse_url(), opened.role_passwords, opened.site_time_zone)
    for line in done or ["nothing to do: the warehouse is at this version"]:
        out.print(line, highlight=False)


@app.command()
def url(home: HomeOption = DEFAULT_HOME, role: RoleOption = Role.owner) -> None:
    """Print the address that psql and other clients take, with its password.

    Example: psql "$(clickstream warehouse url --home .clickstream)"
    """
    typer.echo(open_home(home).warehouse_url(role.value))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context, home: HomeOption = DEFAULT_HOME, role: RoleOption = Role.dashboard) -> None:
    """Open psql on the warehouse, read-only unless another role is named. Further arguments go to psql.

    Example: clickstream warehouse psql -c "SELECT * FROM mart.freshness()"
    """
    # The machine's own psql has its owner's settings and line editing; the wheel's is always there.
    program = shutil.which("psql") or str(programs() / "psql")
    opened = open_home(home)
    with running(opened):
        # The password goes by environment: a command line can be read by every user of the machine.
        environment = os.environ | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(opened.ports["warehouse"]),
            "PGDATABASE": "clickstream",
            "PGUSER": role.value,
            "PGPASSWORD": opened.passwords[role.value],
        }
        code = subprocess.run([program, *context.args], env=environment, check=False).returncode
    raise typer.Exit(code)
