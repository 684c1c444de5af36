"""`clickstream replay`."""

import asyncio
from typing import Annotated

import httpx
import typer

from clickstream.home import open_home
from clickstream.line_source import LineSource
from clickstream.options import DEFAULT_HOME, HomeOption, err, out
from clickstream.progress import bytes_bar
from clickstream.replay import Replay


def replay(
    *,
    files: Annotated[
        list[str], typer.Argument(metavar="FILES...", help="NDJSON, gzipped or not; - is standard input.")
    ],
    to: Annotated[
        str | None, typer.Option(metavar="URL", help="The collector; default: the home folder's on this machine.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Post the events of files to a collector, as browsers would.

    The events keep their ids, so that what is there already is counted as duplicate; they are received now. Requests
    that fail are repeated, as Retry-After says. Exit code 1 when an event was not accepted.

    [bold]Examples[/]

      clickstream replay export.ndjson.gz

      clickstream replay fixed.ndjson --to https://collector.shop.example
    """
    url = to or open_home(home).collector_url
    sources = [LineSource(name) for name in files]
    work = Replay(url)

    async def post() -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            for source in sources:
                with bytes_bar(source.name, source.size) as progress:
                    await work.send(client, source, progress)

    try:
        asyncio.run(post())
    finally:
        _report(work)
    if work.delivered.rejected or work.unreadable:
        raise typer.Exit(1)


def _report(work: Replay) -> None:
    done = work.delivered
    out.print(
        f"{work.lines:,} lines: {done.accepted:,} accepted, {done.withheld:,} withheld (no consent), "
        f"{done.rejected:,} rejected, {len(work.unreadable):,} not JSON objects"
    )
    if done.first_rejection:
        err.print(f"first rejection: {done.first_rejection}", markup=False, highlight=False)
    for name, number in work.unreadable[:5]:
        err.print(f"  {name}:{number}: not a JSON object", markup=False, highlight=False)
