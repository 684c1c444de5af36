"""How a run went, told on the terminal."""

from typing import TYPE_CHECKING, Any

from clickstream.options import out

if TYPE_CHECKING:
    from admin_api.views.etl import RunView
    from etl.run import RunResult

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
    for change in found["changed"]:
        tell(f"{change['window']}  {_changes(change)}")
    if len(found["changed"]) > 1:
        tell(f"all windows           {_changes(found)}")
    if found["changedWindows"] > len(found["changed"]):
        tell(f"of {found['changedWindows']:,} changed windows the first {len(found['changed']):,} are shown")


def run_line(run: "RunView") -> str:
    """A run of the books in two lines."""
    parts = f"loaded {run.loaded:,} + duplicates {run.duplicates:,} + rejected {run.rejected:,}"
    return (
        f"{run.run_id}  {run.requested_at:%Y-%m-%dT%H:%M:%SZ}  {'replace' if run.replace else run.action}"
        f"  {run.state}  by {run.requested_by}\n"
        f"    {run.windows:,} windows, {run.objects:,} objects; collected {run.collected:,} = {parts}"
        f" + withheld {run.withheld:,}; {run.retries:,} retries"
    )


def tell(text: str) -> None:
    """Print text as it is: no markup, no wrapping."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _changes(books: dict[str, dict[str, int]]) -> str:
    before, after = books["before"], books["after"]
    return ", ".join(
        f"{part} {before[part]:,} → {after[part]:,} ({after[part] - before[part]:+,})"
        for part in _PARTS
        if before[part] != after[part]
    )
