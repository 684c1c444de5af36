"""How a run went, told on the terminal."""

from typing import TYPE_CHECKING

from rich.table import Table

from clickstream.options import out

if TYPE_CHECKING:
    from etl.run import RunResult
    from warehouse.differences import Difference

_PARTS = ("objects", "collected", "loaded", "duplicates", "rejected", "withheld")


def show_run(result: "RunResult") -> None:
    """A line with the run's books, and what it changed in the books of windows."""
    counts = result.counts
    out.print(
        f"{result.state}: {result.windows:,} windows, {result.objects:,} objects; collected {counts.collected:,}"
        f" = loaded {counts.loaded:,} + duplicates {counts.duplicates:,} + rejected {counts.rejected:,}"
        f" + withheld {counts.withheld:,}"
        + (f"; {result.left:,} windows left for the next tick" if result.left else ""),
        highlight=False,
    )
    if result.measures.retries:
        out.print(f"{result.measures.retries:,} times something was tried again after a passing failure")
    show_difference(result.difference)


def show_difference(difference: "Difference") -> None:
    """The books of the windows that a run replaced or replayed, before and after; nothing for other runs."""
    found = difference.as_json()
    if found is None:
        return
    if not found["changedWindows"]:
        out.print(f"the books of its {found['after']['windows']:,} windows are what they were")
        return
    table = Table(*("window", *_PARTS), box=None)
    for change in found["changed"]:
        table.add_row(change["window"], *(_change(change, part) for part in _PARTS))
    table.add_row("all windows", *(_change(found, part) for part in _PARTS), style="bold")
    out.print(table)
    if found["changedWindows"] > len(found["changed"]):
        out.print(f"of {found['changedWindows']:,} changed windows the first {len(found['changed']):,} are shown")


def _change(books: dict[str, dict[str, int]], part: str) -> str:
    before, after = books["before"][part], books["after"][part]
    return f"{after:,}" if before == after else f"{before:,} → {after:,} ({after - before:+,})"
