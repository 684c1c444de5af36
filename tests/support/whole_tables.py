"""Whole warehouses compared: every table, every row, without what differs from load to load."""

from collections.abc import Iterable
from typing import Any

# Ids that a sequence or a random generator draws, and when something was done.
_DRAWN = (
    *("object_id", "run_id", "reject_id", "loaded_at", "created_at", "updated_at", "replayed_at", "attempts"),
    *("audience_id", "campaign_id", "dropped_at"),
)
# Of two receipts of one event in two windows the first that is loaded wins; the order of windows is another after a
# window failed.
_OF_THE_RECEIPT = ("received_at", "ingest_window", "line_number")
# Columns that hold numbers drawn for a combination: the table that tells it, and its key.
_NUMBERS = {
    "audience_id": ("audiences", "audience_id"),
    "session_audience_id": ("audiences", "audience_id"),
    "campaign_id": ("campaigns", "campaign_id"),
    "session_campaign_id": ("campaigns", "campaign_id"),
}
# What a tick makes beside loading is looked at by ``imbalances``.
_SUMS_BY_PRODUCT = (
    *("public.product_facet_days", "public.product_facet_hours", "public.product_facet_pages"),
    *("public.product_facet_campaigns", "public.category_funnel_days", "public.product_facet_days_known"),
)
# A campaign keeps its number when its last session is gone: those of other orders of arrival are not all the same.
_LEFT_OUT = ("public.campaigns", "etl.runs", "etl.audit", "etl.alembic_version", "etl.user_agents", *_SUMS_BY_PRODUCT)
_BOOKS = ("etl.objects", "etl.windows", "etl.rejects")
_RECEIPTS = ("public.clickstream_events", "public.event_items", "public.order_events")


def contents(database: Any, *, any_receipt: bool = False) -> dict[str, list[str]]:
    """Rows of every table as text, in order.

    Args:
        database: has ``rows(query)``.
        any_receipt: leave out which of several receipts of an event was taken.
    """
    tables = [
        name
        for (name,) in database.rows(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('public', 'etl') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        )
        if name not in _LEFT_OUT
    ]
    numbers: dict[str, list[str]] = {}
    for name, column in database.rows(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns"
    ):
        if column in _NUMBERS:
            numbers.setdefault(name, []).append(column)
    query = " UNION ALL ".join(
        f"SELECT '{name}', (to_jsonb(t) - '{{{', '.join(_left_out(name, any_receipt))}}}'::text[]"
        f"{told(numbers.get(name, ()))})::text FROM {name} t"
        for name in tables
    )
    found: dict[str, list[str]] = {name: [] for name in tables}
    for name, row in database.rows(query):
        found[name].append(row)
    if any_receipt:
        # The books' sums over all windows are the same, whichever window has a duplicate.
        sums = "sum(collected), sum(loaded), sum(duplicates), sum(rejected), sum(withheld)"
        for name in ("etl.objects", "etl.windows"):
            found[name] = [str(row) for row in database.rows(f"SELECT count(*), {sums} FROM {name}")]
    return {name: sorted(rows) for name, rows in found.items()}


def told(columns: Iterable[str]) -> str:
    """SQL to be added to ``to_jsonb(t)``: in place of numbers what they stand for.

    Args:
        columns: of the table ``t``; those that hold no such number are left as they are.
    """
    return "".join(
        f" || jsonb_build_object('{name}',"
        f" (SELECT to_jsonb(n) - '{key}' FROM public.{table} n WHERE n.{key} = t.{name}))"
        for name in columns
        if name in _NUMBERS
        for table, key in [_NUMBERS[name]]
    )


def _left_out(table: str, any_receipt: bool) -> tuple[str, ...]:
    if any_receipt and table in _RECEIPTS:
        # Lines of an order are told by their product.
        return (*_DRAWN, *_OF_THE_RECEIPT)
    return _DRAWN


def differences(expected: dict[str, list[str]], found: dict[str, list[str]]) -> list[str]:
    """What is different, a line each; empty where nothing is."""
    lines = []
    for name in sorted({*expected, *found}):
        missing = sorted(set(expected.get(name, [])) - set(found.get(name, [])))
        added = sorted(set(found.get(name, [])) - set(expected.get(name, [])))
        lines += [f"{name} lacks {row[:600]}" for row in missing[:3]] + [f"{name} has {row[:600]}" for row in added[:3]]
        if not missing and not added and len(expected[name]) != len(found[name]):
            lines.append(f"{name} has {len(found[name])} rows instead of {len(expected[name])}")
    return lines


def imbalances(database: Any) -> list[str]:
    """Where books contradict the tables or each other, a line each; empty where they balance."""
    checks = {
        "a window's books are not its objects' books": """
            SELECT ingest_window, w.collected, w.loaded, w.duplicates, w.rejected, w.withheld,
                   o.collected, o.loaded, o.duplicates, o.rejected, o.withheld
            FROM etl.windows w FULL JOIN (
                SELECT ingest_window, sum(collected) collected, sum(loaded) loaded, sum(duplicates) duplicates,
                       sum(rejected) rejected, sum(withheld) withheld FROM etl.objects GROUP BY 1
            ) o USING (ingest_window)
            WHERE (w.collected, w.loaded, w.duplicates, w.rejected, w.withheld) IS DISTINCT FROM
                  (coalesce(o.collected, 0), coalesce(o.loaded, 0), coalesce(o.duplicates, 0),
                   coalesce(o.rejected, 0), coalesce(o.withheld, 0))""",
        "collected is not loaded + duplicates + rejected + withheld": """
            SELECT object_key FROM etl.objects WHERE collected <> loaded + duplicates + rejected + withheld""",
        "an object's events are not those that its books say": """
            SELECT object_id, o.loaded, e.n FROM (SELECT object_id, loaded FROM etl.objects) o
            FULL JOIN (SELECT object_id, count(*) n FROM clickstream_events GROUP BY 1) e USING (object_id)
            WHERE coalesce(o.loaded, 0) <> coalesce(e.n, 0) AND NOT EXISTS (SELECT FROM etl.dropped_months)""",
        "loaded events are neither there nor dropped by retention": """
            SELECT * FROM (
                SELECT (SELECT coalesce(sum(loaded), 0) FROM etl.objects) AS loaded,
                       (SELECT count(*) FROM clickstream_events) AS events,
                       (SELECT coalesce(sum(events), 0) FROM etl.dropped_months) AS dropped
            ) sums WHERE loaded <> events + dropped""",
        "an object's rejects are not those that its books say": """
            SELECT object_id, o.rejected, r.n FROM (SELECT object_id, rejected FROM etl.objects) o
            FULL JOIN (SELECT object_id, count(*) n FROM etl.rejects GROUP BY 1) r USING (object_id)
            WHERE coalesce(o.rejected, 0) <> coalesce(r.n, 0)""",
        "an event is there twice": "SELECT event_id FROM clickstream_events GROUP BY 1 HAVING count(*) > 1",
        "a line of an event that is not there": """
            SELECT event_id FROM event_items i WHERE NOT EXISTS (
                SELECT FROM clickstream_events e
                WHERE e.event_id = i.event_id AND e.event_timestamp = i.event_timestamp)""",
        "sums by category and brand are not those of their days' sessions": """
            WITH visits AS (
                SELECT DISTINCT f.facet, s.session_no, s.day
                FROM product_facet_days_known k JOIN session_products s USING (day) JOIN products p USING (product_id),
                     LATERAL (VALUES ('category:' || p.category), ('brand:' || p.brand)) f (facet)
                WHERE s.session_no IS NOT NULL AND f.facet IS NOT NULL
            ),
            counted AS (
                SELECT facet, day, sum(events) AS events, sum(sessions) AS sessions
                FROM (
                    SELECT v.facet, v.day, h.events, 0 AS sessions
                    FROM visits v JOIN session_hours h USING (session_no, day)
                    UNION ALL
                    SELECT v.facet, v.day, 0, 1 FROM visits v JOIN session_facts f USING (session_no, day)
                ) c
                GROUP BY 1, 2
            )
            SELECT facet, day, s.events, c.events, s.sessions, c.sessions
            FROM (
                SELECT facet, day, sum(events) AS events, sum(sessions) AS sessions
                FROM product_facet_days JOIN product_facet_days_known USING (day) GROUP BY 1, 2
            ) s FULL JOIN counted c USING (facet, day)
            WHERE (s.events, s.sessions) IS DISTINCT FROM (c.events, c.sessions)""",
    }
    # Earlier releases had not all tables.
    missing = [
        name
        for name in ("etl.dropped_months", "product_facet_days_known")
        if database.rows(f"SELECT FROM (SELECT to_regclass('{name}') AS found) f WHERE found IS NULL")
    ]
    return [
        f"{what}: {rows[:3]}"
        for what, query in checks.items()
        if not any(name in query for name in missing) and (rows := database.rows(query))
    ]
