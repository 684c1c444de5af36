"""`clickstream backup` and `clickstream restore`."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from clickstream.backup import back_up
from clickstream.errors import AlreadyRunningError, BackupError
from clickstream.home import open_home
from clickstream.options import DEFAULT_HOME, HomeOption, out
from clickstream.postgres import running
from clickstream.progress import share_bar
from clickstream.restoring import restore as restore_
from clickstream.up_lock import holder


def backup(
    *,
    target: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The file; left out: HOME/backups/clickstream-TIME.backup."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write the warehouse into one file, as it is at this moment; the platform may run meanwhile.

    The raw lake is not in it: it is the folder HOME/lake, whose files never change and are copied by any tool.

    [bold]Examples[/]

      clickstream backup

      clickstream backup /mnt/backups/monday.backup --home .clickstream
    """
    started = time.monotonic()
    opened = open_home(home)
    if target is None:
        target = opened.path / "backups" / f"clickstream-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    if target.is_dir():
        raise BackupError(f"{target} is a folder: name a file")
    if target.exists() and not force:
        raise BackupError(f"{target} is there already: name another file, or replace it with --force")
    with running(opened), share_bar("backing up") as progress:
        contents = back_up(opened, target, progress)
    out.print(
        f"{target}: {contents.events:,} events, {sum(contents.rows.values()):,} rows in {len(contents.rows)} tables,"
        f" {target.stat().st_size / 1e6:,.1f} MB, in {time.monotonic() - started:.1f} s",
        highlight=False,
        markup=False,
    )


def restore(
    *,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `clickstream backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a warehouse that has something loaded.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Make the warehouse what it was when a backup was made.

    It is restored beside the one that is there, its rows are counted, and only then does it take the other's place:
    whatever goes wrong, the warehouse stays as it was. An older backup is brought to this version. The next ticks load
    what came into the lake since; `clickstream etl run --all` does it at once, and finds what is older than 48 hours.

    [bold]Examples[/]

      clickstream restore .clickstream/backups/clickstream-20261123T050000Z.backup

      clickstream restore monday.backup --home /srv/clickstream --force
    """
    started = time.monotonic()
    opened = open_home(home)
    if (pid := holder(opened)) is not None:
        raise AlreadyRunningError(f"clickstream is up on {opened.path} (process {pid}): stop it, then restore")
    with running(opened), share_bar("restoring") as progress:
        contents, done = restore_(opened, source, progress, force=force)
    out.print(
        f"the warehouse is that of {contents.made_at}: {contents.events:,} events,"
        f" {sum(contents.rows.values()):,} rows in {len(contents.rows)} tables, each counted,"
        f" in {time.monotonic() - started:.1f} s",
        highlight=False,
    )
    for line in done:
        out.print(line, highlight=False)
    if contents.time_zone != opened.site_time_zone:
        out.print(
            f"its days begin in {contents.time_zone}; the next `clickstream up` makes them anew for"
            f" {opened.site_time_zone}",
            highlight=False,
        )
    out.print("what came into the lake since: clickstream etl run --all", highlight=False)
