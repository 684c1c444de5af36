"""What a run changed in the books of windows: a replace or a replay, before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2.extras import Json

from warehouse.books import Counts, WindowBooks
from warehouse.connect import Cursor

# Of more windows than these a difference keeps the sums and their number.
MAX_LISTED_WINDOWS = 100


@dataclass(slots=True)
class Difference:
    """Books of windows before a run touched them, and after."""

    before: dict[datetime, WindowBooks] = field(default_factory=dict)
    after: dict[datetime, WindowBooks] = field(default_factory=dict)

    def note(self, before: Mapping[datetime, WindowBooks], after: Mapping[datetime, WindowBooks]) -> None:
        """Add windows. One that is noted again keeps what it was before the run."""
        self.before = {**before, **self.before}
        self.after.update(after)

    @property
    def changed(self) -> list[datetime]:
        """The windows whose books are not what they were, oldest first."""
        return sorted(window for window, books in self.after.items() if self.before[window] != books)

    def as_json(self) -> dict[str, Any] | None:
        """``{"before": {…}, "after": {…}, "changedWindows": n, "changed": [{"window", "before", "after"}]}``.

        None where no window was touched. ``changed`` lists the first ``MAX_LISTED_WINDOWS``.
        """
        if not self.after:
            return None
        changed = self.changed
        return {
            "before": _sums(self.before.values()),
            "after": _sums(self.after.values()),
            "changedWindows": len(changed),
            "changed": [
                {
                    "window": window.isoformat().replace("+00:00", "Z"),
                    "before": _books(self.before[window]),
                    "after": _books(self.after[window]),
                }
                for window in changed[:MAX_LISTED_WINDOWS]
            ],
        }


def store(cursor: Cursor, run_id: UUID, difference: Difference) -> None:
    """Keep a run's difference with the run; belongs into the transaction that made it."""
    cursor.execute("UPDATE etl.runs SET difference = %s WHERE run_id = %s", (Json(difference.as_json()), str(run_id)))


def of_run(cursor: Cursor, run_id: UUID) -> dict[str, Any] | None:
    """The difference that a run made, as ``Difference.as_json`` gives it; None where it made none."""
    cursor.execute("SELECT difference FROM etl.runs WHERE run_id = %s", (str(run_id),))
    row = cursor.fetchone()
    found: dict[str, Any] | None = row[0] if row else None
    return found


def _books(books: WindowBooks) -> dict[str, int]:
    return {"objects": books.objects, **asdict(books.counts)}


def _sums(books: Iterable[WindowBooks]) -> dict[str, int]:
    total, windows, objects = Counts(), 0, 0
    for each in books:
        total.add(each.counts)
        windows += 1
        objects += each.objects
    return {"windows": windows, "objects": objects, **asdict(total)}
