"""How a run went, told on the terminal."""

from typing import TYPE_CHECKING, Any

from rich.table import Table

from clickstream.options import out

if TYPE_CHECKING:
    from etl.run import RunResult

BOOKS = ("objects", "collected", "loaded", "duplicates", "rejected", "withheld")


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
    show_difference(result.difference.as_json())


def show_difference(found: dict[str, Any] | None) -> None:
    """The books of the windows that a run replaced or replayed, before and after; nothing for other runs.

    Args:
        found: as ``warehouse.differences.Difference.as_json`` gives it.
    """
    if found is None:
        return
    if not found["changedWindows"]:
        out.print(f"the books of its {found['after']['windows']:,} windows are what they were")
        return
    table = Table(*("window", *BOOKS), box=None)
    for change in found["changed"]:
        table.add_row(change["window"], *(_change(change, part) for part in BOOKS))
    table.add_row("all windows", *(_change(found, part) for part in BOOKS), style="bold")
    out.print(table)
    if found["changedWindows"] > len(found["changed"]):
        out.print(f"of {found['changedWindows']:,} changed windows the first {len(found['changed']):,} are shown")


def _change(books: dict[str, dict[str, int]], part: str) -> str:
    before, after = books["before"][part], books["after"][part]
    return f"{after:,}" if before == after else f"{before:,} → {after:,} ({after - before:+,})"
