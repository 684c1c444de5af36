"""Sums by hour, day and facet: what came is added, what went is taken off."""

from typing import NamedTuple

from sqlalchemy import Table

from warehouse.connect import Cursor
from warehouse.derive.workbench import Workbench
from warehouse.tables.facets import (
    facet_acquisition,
    facet_campaigns,
    facet_cohorts,
    facet_hours,
    facet_orders,
    facet_pages,
    facet_paths,
    facet_products,
    facet_searches,
    facet_visitors,
)
from warehouse.tables.facts import audience_days, order_days


class _Sums(NamedTuple):
    """``changes`` is a table of the workbench; a row whose ``counts`` are all 0 stands for nothing."""

    changes: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    counts: tuple[str, ...]


def _of(changes: str, table: Table, counts: tuple[str, ...]) -> _Sums:
    key = tuple(column.name for column in table.columns if column.primary_key)
    return _Sums(changes, key, tuple(column.name for column in table.columns if not column.primary_key), counts)


_SUMS = {
    "events_hourly": _Sums("hour_changes", ("hour", "event_name", "is_bot"), ("events",), ("events",)),
    "products_daily": _Sums(
        "product_changes",
        ("day", "product_id", "currency", "is_bot"),
        ("views", "add_to_carts", "orders", "units", "revenue"),
        ("views", "add_to_carts", "orders"),
    ),
    "audience_days": _of("day_changes", audience_days, ("events", "sessions")),
    "order_days": _of("order_changes", order_days, ("orders",)),
    "facet_hours": _of("facet_hour_changes", facet_hours, ("events", "sessions")),
    "facet_pages": _of("facet_page_changes", facet_pages, ("sessions", "entries", "exits")),
    "facet_paths": _of("facet_path_changes", facet_paths, ("sessions",)),
    "facet_searches": _of("facet_search_changes", facet_searches, ("sessions",)),
    "facet_products": _of("facet_product_changes", facet_products, ("views", "add_to_carts", "orders")),
    "facet_visitors": _of("facet_visitor_changes", facet_visitors, ("visitors",)),
    "facet_orders": _of("facet_order_changes", facet_orders, ("orders",)),
    "facet_campaigns": _of("facet_campaign_changes", facet_campaigns, ("sessions",)),
    "facet_acquisition": _of("facet_acquisition_changes", facet_acquisition, ("visitors",)),
    "facet_cohorts": _of("facet_cohort_changes", facet_cohorts, ("visitors",)),
}


def make(bench: Workbench) -> None:
    """Make in the workbench what the load changes of the sums."""
    bench.run("changes")
    bench.run("facets")


def add(cursor: Cursor, bench: Workbench) -> None:
    """Do to the sums what the load did to the facts."""
    for table, sums in _SUMS.items():
        _add(cursor, bench, table, sums)


def _add(cursor: Cursor, bench: Workbench, table: str, sums: _Sums) -> None:
    columns, key = ", ".join((*sums.key, *sums.values)), ", ".join(sums.key)
    changed = " OR ".join(f"{name} <> 0" for name in sums.values)
    query = f"SELECT {columns} FROM {sums.changes} WHERE {changed} ORDER BY {key}"
    if not bench.send_new(cursor, query, sums.changes, f"LIKE {table}"):
        return
    added = ", ".join(f"{name} = s.{name} + excluded.{name}" for name in sums.values)
    same = " AND ".join(f"s.{name} = c.{name}" for name in sums.key)
    less = " OR ".join(f"{name} < 0" for name in sums.counts)
    nothing = " AND ".join(f"s.{name} = 0" for name in sums.counts)
    cursor.execute(
        f"INSERT INTO {table} AS s ({columns}) SELECT {columns} FROM {sums.changes}"
        f" ON CONFLICT ({key}) DO UPDATE SET {added}"
    )
    if bench.rows(f"SELECT 1 FROM {sums.changes} WHERE {less} LIMIT 1"):
        cursor.execute(f"DELETE FROM {table} s USING {sums.changes} c WHERE {same} AND {nothing}")
