"""`clickstream import`."""

import shlex
from typing import Annotated

import typer

from clickstream.home import open_home
from clickstream.importing import Imported, Importer
from clickstream.line_source import LineSource
from clickstream.options import DEFAULT_HOME, HomeOption, err, out
from clickstream.progress import bytes_bar
from lake import open_lake
from lake.keys import HOUR


def import_(
    *,
    files: Annotated[
        list[str], typer.Argument(metavar="FILES...", help="NDJSON, gzipped or not; - is standard input.")
    ],
    home: HomeOption = DEFAULT_HOME,
    lake: Annotated[
        str | None, typer.Option(metavar="URL", help="Import into this lake, not the home folder's.")
    ] = None,
) -> None:
    """Put raw-lake lines (events with their _ingest block) into the raw lake, each under the hour it was received in.

    Importing the same file again adds nothing. Lines that do not say when they were received are reported, and kept
    under rejected/ in the lake. The events are in the warehouse after the ETL has run over their hours.

    [bold]Examples[/]

      clickstream import export.ndjson.gz

      zstdcat old/*.zst | clickstream import -

      clickstream import events.ndjson --lake s3://my-raw-lake
    """
    sources = [LineSource(name) for name in files]
    importer = Importer(open_lake(lake or open_home(home).lake_url))
    try:
        for source in sources:
            with bytes_bar(source.name, source.size) as progress:
                importer.add(source, progress)
    finally:
        _report(importer.done)
    if lake is None and importer.done.events.objects:
        first, end = min(importer.done.windows), max(importer.done.windows) + HOUR
        where = "" if home == DEFAULT_HOME else f" --home {shlex.quote(str(home))}"
        out.print(f"load them: clickstream etl run --from {first:%Y-%m-%dT%H} --to {end:%Y-%m-%dT%H}{where}")


def _report(done: Imported) -> None:
    out.print(
        f"{done.lines:,} lines: {done.events.objects:,} objects new ({done.events.lines:,} lines), "
        f"{done.events.objects_there:,} already there ({done.events.lines_there:,} lines)"
    )
    if done.windows:
        first, last = min(done.windows), max(done.windows) + HOUR
        out.print(f"{len(done.windows):,} hours, from {first:%Y-%m-%dT%H:%MZ} to {last:%Y-%m-%dT%H:%MZ}")
    if done.unplaceable:
        err.print(
            f"[yellow]{done.unplaceable:,} lines could not be placed[/]; they are kept under rejected/ "
            f"({done.rejected.lines:,} new, {done.rejected.lines_there:,} already there)"
        )
        for name, number, why in done.problems:
            err.print(f"  {name}:{number}: {why}", markup=False, highlight=False)
        if done.unplaceable > len(done.problems):
            err.print(f"  and {done.unplaceable - len(done.problems):,} more")
