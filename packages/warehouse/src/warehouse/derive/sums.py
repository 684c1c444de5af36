"""Sums by hour and day: what came is added, what went is taken off."""

from typing import NamedTuple

from warehouse.connect import Cursor
from warehouse.derive.workbench import Workbench
from warehouse.tables.facts import audience_days


class _Sums(NamedTuple):
    """``changes`` is a table of the workbench; a row whose ``counts`` are all 0 stands for nothing."""

    changes: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    counts: tuple[str, ...]


_SUMS = {
    "events_hourly": _Sums("hour_changes", ("hour", "event_name", "is_bot"), ("events",), ("events",)),
    "products_daily": _Sums(
        "product_changes",
        ("day", "product_id", "currency", "is_bot"),
        ("views", "add_to_carts", "orders", "units", "revenue"),
        ("views", "add_to_carts", "orders"),
    ),
    "audience_days": _Sums(
        "day_changes",
        ("day", "audience_id"),
        tuple(column.name for column in audience_days.columns if not column.primary_key),
        ("events", "sessions"),
    ),
}


def change(cursor: Cursor, bench: Workbench) -> None:
    """Do to the sums what the load did to the facts."""
    bench.run("changes")
    for table, sums in _SUMS.items():
        _add(cursor, bench, table, sums)


def _add(cursor: Cursor, bench: Workbench, table: str, sums: _Sums) -> None:
    names = (*sums.key, *sums.values)
    columns, key = ", ".join(names), ", ".join(sums.key)
    cursor.execute(f"CREATE TEMP TABLE {sums.changes} (LIKE {table}) ON COMMIT DROP")
    bench.send(cursor, f"SELECT {columns} FROM {sums.changes} ORDER BY {key}", sums.changes, names)
    added = ", ".join(f"{name} = s.{name} + excluded.{name}" for name in sums.values)
    same = " AND ".join(f"s.{name} = c.{name}" for name in sums.key)
    nothing = " AND ".join(f"s.{name} = 0" for name in sums.counts)
    cursor.execute(
        f"INSERT INTO {table} AS s ({columns}) SELECT {columns} FROM {sums.changes}"
        f" ON CONFLICT ({key}) DO UPDATE SET {added};"
        f"DELETE FROM {table} s USING {sums.changes} c WHERE {same} AND {nothing}"
    )
