"""The `clickstream-deploy` command."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.calls import BotoCalls, Calls
from deploy.cost_model import CostModel
from deploy.cost_page import cost_page
from deploy.deployment import Deployment
from deploy.destruction import destroy as destroy_environment
from deploy.environment import Environment, load_environment
from deploy.errors import DeployError
from deploy.plan import plans
from deploy.rehearsal import PaperCalls, PaperTools
from deploy.replacement import replace_instance as replace
from deploy.secret_parameters import put_secret, secret_names
from deploy.templates import Template, load_templates
from deploy.tools import LocalTools, Tools
from deploy.tunnel import PLUGIN, PLUGIN_HINT, Forward, open_tunnels

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold secrets
    help="The platform on AWS: put it there, look, take it down. Settings are in infra/params/<environment>.json.",
)

Name = Annotated[str, typer.Argument(help="Environment: the name of a file in infra/params")]
Folder = Annotated[Path, typer.Option(help="The repository", file_okay=False, exists=True)]
Print = Annotated[bool, typer.Option("--print", help="Print every call and program of a first time, do none of them")]
Profile = Annotated[str | None, typer.Option(help="Profile of the AWS credentials", envvar="AWS_PROFILE")]
Tool = Annotated[str, typer.Option(help="What builds images", envvar="CONTAINER_TOOL")]
HERE = Path()


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except DeployError as error:
        err.print(f"clickstream-deploy: {error}", markup=False)
        raise typer.Exit(1) from error


def _open(name: str, folder: Path) -> tuple[Environment, list[Template]]:
    templates = load_templates(folder / "infra" / "cloudformation")
    return load_environment(folder / "infra" / "params", name, templates), templates


def _say(line: str) -> None:
    out.print(line, markup=False)


@app.command()
def deploy(
    name: Name,
    repository: Folder = HERE,
    print_: Print = False,
    profile: Profile = None,
    container_tool: Tool = "docker",
) -> None:
    """Make the environment, or bring it up to date. Safe to repeat, and to repeat after it stopped half-way."""
    with _one_line_errors():
        environment, templates = _open(name, repository)
        say, sleep = _say, _pause(print_)
        calls: Calls = BotoCalls(environment.region, profile)
        tools: Tools = LocalTools(repository)
        if print_:
            calls, tools = PaperCalls(environment.region, templates, name, _say), PaperTools(_say)
            say = _note
        places = Deployment(environment, templates, repository, container_tool, calls, tools, say, sleep=sleep).run()
        for what, where in places.items():
            say(f"{what}: {where}")


@app.command()
def plan(name: Name, repository: Folder = HERE, profile: Profile = None) -> None:
    """Show what `deploy` would change, stack by stack. Changes nothing."""
    with _one_line_errors():
        environment, templates = _open(name, repository)
        for item in plans(BotoCalls(environment.region, profile), environment, templates, repository, LocalTools(HERE)):
            _say(f"{item.stack}: {item.summary}")
            for change in item.changes or []:
                _say(f"  {change}")


@app.command()
def destroy(
    name: Name,
    repository: Folder = HERE,
    print_: Print = False,
    profile: Profile = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Delete raw events and databases' volumes too, for good")
    ] = False,
) -> None:
    """Take the environment down. Raw events, the databases' volumes and their snapshots stay, unless told otherwise."""
    with _one_line_errors():
        environment, templates = _open(name, repository)
        calls: Calls = BotoCalls(environment.region, profile)
        if print_:
            calls = PaperCalls(environment.region, templates, name, _say).existing()
        elif not yes:
            lost = "everything, raw events included" if delete_data else "everything but its data"
            if typer.prompt(f"This deletes {lost}. Type the environment's name to go on") != name:
                raise typer.Abort
        kept = destroy_environment(
            calls,
            environment,
            templates,
            _note if print_ else _say,
            delete_data=delete_data,
            **({"sleep": _pause(True)} if print_ else {}),
        )
        for line in kept:
            (_note if print_ else _say)(f"kept: {line}")


@app.command()
def tunnel(
    name: Name,
    repository: Folder = HERE,
    profile: Profile = None,
    dashboard_port: Annotated[int, typer.Option(min=1, max=65535)] = 3838,
    database_port: Annotated[int, typer.Option(min=1, max=65535)] = 5432,
) -> None:
    """Bring the dashboard and the warehouse to ports of this machine, until Ctrl-C."""
    with _one_line_errors():
        environment, _ = _open(name, repository)
        LocalTools(HERE).require(PLUGIN, PLUGIN_HINT)
        forwards = [Forward("dashboard", 3838, dashboard_port), Forward("database", 5432, database_port)]
        commands = open_tunnels(BotoCalls(environment.region, profile), environment, forwards)
        _hold([subprocess.Popen(command) for command in commands], dashboard_port, database_port)


@app.command("replace-instance")
def replace_instance(
    name: Name,
    role: Annotated[str, typer.Argument(help="warehouse or shop")] = "warehouse",
    repository: Folder = HERE,
    profile: Profile = None,
    *,
    replace_volume: Annotated[
        bool,
        typer.Option("--replace-volume", help="The volume too, by one of WarehouseSnapshotId; the old one is kept"),
    ] = False,
) -> None:
    """Exchange an instance for one of the newest Amazon Linux. Address and volume stay; some minutes without it."""
    with _one_line_errors():
        environment, templates = _open(name, repository)
        image = replace(
            BotoCalls(environment.region, profile),
            environment,
            templates,
            role,
            say=_say,
            replace_volume=replace_volume,
        )
        _say(f"the {role} instance runs {image}")


@app.command("rotate-secret")
def rotate_secret(
    name: Name,
    secret: Annotated[str, typer.Argument(help="such as warehouse/etl-password; --help of docs/runbooks lists them")],
    repository: Folder = HERE,
    profile: Profile = None,
) -> None:
    """Give a secret a fresh value, without showing it. The instance takes it over within five minutes."""
    with _one_line_errors():
        environment, _ = _open(name, repository)
        full = f"/clickstream/{name}/{secret}"
        if full not in secret_names(environment):
            known = ", ".join(known.split("/", 3)[3] for known in secret_names(environment))
            raise DeployError(f"{secret!r} is no secret of {name}: {known}")
        put_secret(BotoCalls(environment.region, profile), full, name, overwrite=True)
        _say(f"{full} has a fresh value: see docs/runbooks/rotate-a-password.md for what follows")


@app.command()
def cost(repository: Folder = HERE) -> None:
    """Print docs/cost.md from the prices and assumptions in infra/cost. Asks nobody."""
    typer.echo(cost_page(CostModel(repository / "infra" / "cost")), nl=False)


def _note(line: str) -> None:
    out.print(f"# {line}", markup=False)


def _pause(on_paper: bool) -> Callable[[float], None]:
    import time  # noqa: PLC0415 -- the one use

    return (lambda _: None) if on_paper else time.sleep


def _hold(sessions: list[subprocess.Popen[bytes]], dashboard_port: int, database_port: int) -> None:
    """Keep the sessions until one ends or Ctrl-C."""
    _say(f"dashboard  http://127.0.0.1:{dashboard_port}")
    _say(f"warehouse  psql 'postgresql://clickstream_dashboard@127.0.0.1:{database_port}/clickstream?sslmode=require'")
    try:
        for session in sessions:
            session.wait()
    except KeyboardInterrupt:
        pass
    finally:
        for session in sessions:
            session.terminate()
        for session in sessions:
            session.wait()
