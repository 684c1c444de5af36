"""`clickstream etl rejects`: the lines that could not be loaded."""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from clickstream.errors import InputError, ServiceError
from clickstream.home import open_home
from clickstream.moments import TIME_HELP, moment
from clickstream.options import DEFAULT_HOME, HomeOption, out
from clickstream.postgres import running
from clickstream.progress import share_bar
from clickstream.run_report import show_run, tell

if TYPE_CHECKING:
    from warehouse.rejects import RejectFilter, RejectRow

app = typer.Typer(
    no_args_is_help=True, help="Lines that could not be loaded: list them, export them, try them again after a fix."
)

_SHOWN_LINE = 120

Reason = Annotated[str | None, typer.Option(help="Only this reason code, such as invalid_price.")]
FromSource = Annotated[
    Literal["etl", "collector"] | None, typer.Option("--source", help="Only what the ETL or the collector refused.")
]
ObjectKey = Annotated[str | None, typer.Option("--object", metavar="KEY", help="Only of this object of the lake.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help=f"{TIME_HELP}; of receipt.")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help=f"{TIME_HELP}; exclusive, a day is its end.")]


@app.command("list")
def list_rejects(
    *,
    reason: Reason = None,
    source: FromSource = None,
    object_key: ObjectKey = None,
    window_from: From = None,
    window_to: To = None,
    limit: Annotated[int, typer.Option(min=0, max=1000, help="Newest lines that are shown.")] = 20,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Counts by reason, and the newest lines."""
    wanted = _filter(reason, source, object_key, window_from, window_to)
    from clickstream import etl_work  # noqa: PLC0415 -- the ETL takes 2 s to import; other commands do without

    opened = open_home(home)
    with running(opened):
        counts, rows = etl_work.list_rejects(opened, wanted, limit)
    if not counts:
        out.print("no rejects")
        return
    table = Table("reason", "source", "lines", "first window", "last window", box=None)
    for each in counts:
        table.add_row(
            each.reason, each.source, f"{each.lines:,}", f"{each.first_window:%Y-%m-%dT%H}Z",
            f"{each.last_window:%Y-%m-%dT%H}Z",
        )  # fmt: skip
    out.print(table)
    for row in rows:
        tell(f"\n{row.reject_id}  {row.reason}  {row.object_key}:{row.line_number}")
        tell(f"  {_plain(row.detail)}\n  {_sent(row)}")


@app.command()
def export(
    *,
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="New file, .ndjson or .csv; left out: standard output.")
    ] = None,
    file_format: Annotated[
        Literal["ndjson", "csv"] | None, typer.Option("--format", help="Default: by the file's name, else ndjson.")
    ] = None,
    reason: Reason = None,
    source: FromSource = None,
    object_key: ObjectKey = None,
    window_from: From = None,
    window_to: To = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """All rejects as NDJSON or CSV, each with its reason, its place in the lake and its raw line."""
    wanted = _filter(reason, source, object_key, window_from, window_to)
    if target is not None and target.exists():
        raise InputError(f"{target} exists already: name a new file")
    from clickstream import etl_work  # noqa: PLC0415 -- as above

    chosen = file_format or ("csv" if target is not None and target.suffix == ".csv" else "ndjson")
    opened = open_home(home)
    with running(opened):
        chunks = etl_work.export_rejects(opened, wanted, chosen)
        if target is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        try:
            with target.open("xb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
        except OSError as error:
            raise InputError(f"{target} cannot be written: {error.strerror}") from error
        except BaseException:  # half a file would look like a whole one
            target.unlink(missing_ok=True)
            raise
    out.print(f"written: {target}", highlight=False)


@app.command()
def replay(
    *,
    reason: Reason = None,
    source: FromSource = None,
    object_key: ObjectKey = None,
    window_from: From = None,
    window_to: To = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Try them once more: what can be loaded by now is, in the hour that it came in; the rest stays.

    Example, after a release that takes what was refused:

        clickstream etl rejects replay --reason invalid_order_total
    """
    wanted = _filter(reason, source, object_key, window_from, window_to)
    from clickstream import etl_work  # noqa: PLC0415 -- as above

    opened = open_home(home)
    with running(opened), share_bar("replaying") as show:
        result = etl_work.replay_rejects(opened, wanted, show)
    show_run(result)
    if result.errors:
        raise ServiceError(f"the replay did not end well: {result.errors[0]}")


def _filter(
    reason: str | None,
    source: Literal["etl", "collector"] | None,
    object_key: str | None,
    window_from: str | None,
    window_to: str | None,
) -> "RejectFilter":
    from warehouse.rejects import RejectFilter  # noqa: PLC0415 -- psycopg2, which --help does without

    start, end = moment(window_from, "--from", last=False), moment(window_to, "--to", last=True)
    return RejectFilter(reason, source, object_key, None, start, end)


def _sent(row: "RejectRow") -> str:
    """What was sent, in one line; of the collector's rejects without what it put around."""
    line = row.line
    if line is None:
        return "(the line is missing)"
    if row.source == "collector":
        with suppress(ValueError, KeyError, TypeError):
            body = json.loads(line)["body"]
            line = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    shown = _plain(line)
    return shown if len(shown) <= _SHOWN_LINE else f"{shown[:_SHOWN_LINE]}…"


def _plain(text: str) -> str:
    """Text that moves no cursor: what browsers sent may hold a terminal's commands."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()
