"""The facts of the sessions that were made: narrow rows that the mart counts."""

from collections.abc import Sequence

from warehouse.connect import Cursor
from warehouse.derive.workbench import TableRows, Workbench, source
from warehouse.plans import looking_up
from warehouse.tables.facts import NAMES

_AUDIENCE = ("channel", "device_type", "country", "login_state", "is_bot")
_CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign")
_HOUR_SUMS = ("day", "audience_id", "events", *NAMES)
_SESSION_SUMS = (
    *("day", "audience_id", "page_views", "duration_seconds", "orders", "reached_view", "reached_product_view"),
    *("reached_add_to_cart", "reached_checkout", "reached_purchase"),
)
_SESSION_GONE = ("started_at", "client_no", "entry_page", "exit_page", "steps", "campaign_id", "add_to_carts")
_PRODUCT_SUMS = (
    *("day", "audience_id", "product_id", "currency", "views", "add_to_carts", "orders", "units", "revenue"),
)
_PRODUCT_SESSION = ("client_no", "client_since", "session_audience_id", "session_campaign_id")
_SEARCH_SUMS = ("day", "audience_id", "searches", "days_since", "product_views", "orders", "query")
# What goes of each table has to be known where sums are made of it: as which rows of the workbench.
_GONE = {
    "session_hours": ("hours_gone", ("hour", *_HOUR_SUMS)),
    "session_facts": ("facts_gone", (*_SESSION_GONE, *_SESSION_SUMS)),
    "session_products": ("products_gone", _PRODUCT_SUMS),
    "session_pages": ("pages_gone", ("day", "audience_id", "views", "page_path")),
    "session_orders": ("orders_gone", ("day", "audience_id", "revenue", "currency")),
    "session_searches": ("searches_gone", _SEARCH_SUMS),
}
_DAYS_GONE = (
    "SELECT min(f.day), max(l.day) FROM sessions_gone s"
    " JOIN quarters f ON f.quarter = epoch_us(s.started_at) // 900_000_000"
    " JOIN quarters l ON l.quarter = epoch_us(s.ended_at) // 900_000_000"
)
_WITHOUT_SESSION = ("session_hours", "session_products", "session_orders")
_ROWS = {
    "session_hours": ("hour_rows", ("hour", "session_no", *_HOUR_SUMS, "custom")),
    "session_pages": ("page_rows", ("session_no", "client_no", "day", "audience_id", "views", "page_path")),
    "session_facts": (
        "fact_rows",
        (
            *("started_at", "client_since", "session_no", "client_no", "day", "audience_id", "duration_seconds"),
            *("page_views", "product_views", "add_to_carts", "orders", "reached_view", "reached_product_view"),
            *("reached_add_to_cart", "reached_checkout", "reached_purchase", "entry_page", "exit_page"),
            *("campaign_id", "steps"),
        ),
    ),
    "session_products": ("product_rows", ("session_no", *_PRODUCT_SESSION, *_PRODUCT_SUMS)),
    "session_orders": (
        "order_rows",
        ("ordered_at", "session_no", "day", "audience_id", "revenue", "currency", "order_id", "campaign_id"),
    ),
    "session_searches": ("search_rows", ("session_no", *_SEARCH_SUMS)),
}  # fmt: skip


def make(bench: Workbench) -> None:
    """Make what rows say of the sessions that were made, all but the numbers of audiences and campaigns."""
    bench.run("facts")


def take_known(cursor: Cursor, bench: Workbench) -> None:
    """Delete the rows of the sessions as they were, and learn the numbers of audiences and campaigns."""
    _delete(cursor, bench)
    _look_up(cursor, bench, "audiences", "audience_id", _AUDIENCE)
    _look_up(cursor, bench, "campaigns", "campaign_id", _CAMPAIGN)


def make_rows(bench: Workbench) -> None:
    """Make the rows of the sessions as they are."""
    bench.run("rows")


def made(bench: Workbench) -> list[TableRows]:
    """The rows, to be written."""
    return [
        bench.take(f"SELECT {_packed(columns)} FROM {rows}", table, columns) for table, (rows, columns) in _ROWS.items()
    ]


def _packed(columns: Sequence[str]) -> str:
    # jsonb in binary: text behind its version.
    return ", ".join("chr(1) || custom AS custom" if name == "custom" else name for name in columns)


def _delete(cursor: Cursor, bench: Workbench) -> None:
    gone = bench.send_new(
        cursor,
        "SELECT ('0x' || left(md5(session_key), 15))::BIGINT AS session_no, started_at FROM sessions_gone",
        "sessions_gone",
        "session_no bigint, started_at timestamptz",
    )
    if gone:
        cursor.execute("ANALYZE sessions_gone")
    bare = bench.count("known_bare_days")
    # Most of a day's rows are looked at: in the order in which they lie, not by products. There are no statistics of a
    # day that is being loaded, and the planner would choose the index.
    cursor.execute("SET LOCAL enable_indexscan = off")
    ((first_day, last_day),) = bench.rows(_DAYS_GONE)
    for table, (name, columns) in _GONE.items():
        returning = f"RETURNING {', '.join(f'f.{column}' for column in columns)}"
        if gone:
            at = " AND f.started_at = g.started_at" if table == "session_facts" else ""
            bench.fetch(
                cursor,
                f"DELETE FROM {table} f USING sessions_gone g WHERE f.session_no = g.session_no{at}"
                f" AND f.day BETWEEN %s AND %s {returning}",
                name,
                (first_day, last_day),
            )
        if bare and table in _WITHOUT_SESSION:
            bench.fetch(
                cursor,
                f"DELETE FROM {table} f USING known_bare_days d"
                f" WHERE f.session_no IS NULL AND f.day = d.day AND NOT d.frozen {returning}",
                name,
            )
    cursor.execute("SET LOCAL enable_indexscan = DEFAULT")


def _look_up(cursor: Cursor, bench: Workbench, table: str, key: str, columns: Sequence[str]) -> None:
    """Make sure that each combination that is wanted is in the table, and learn their numbers."""
    names = ", ".join(columns)
    cursor.execute(f"CREATE TEMP TABLE wanted_{table} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
    bench.send(cursor, f"SELECT {names} FROM wanted_{table}", f"wanted_{table}", columns)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM wanted_{table}"
        f" EXCEPT SELECT {names} FROM {table} ORDER BY {names}"
    )
    bench.fetch(cursor, f"SELECT {key}, {names} FROM {table}", table)


def move_clients(cursor: Cursor, bench: Workbench) -> None:
    """A client's first session may have come late, or gone: its others then began to be known at another time."""
    moved = bench.send_new(
        cursor,
        "SELECT c.client_id, c.first_seen_at FROM clients c JOIN clients_gone g USING (client_id)"
        " WHERE c.first_seen_at <> g.first_seen_at",
        "moved_clients",
        "client_id text, first_seen_at timestamptz",
    )
    if moved:
        with looking_up(cursor):
            cursor.execute(source("moved_clients"))
        cursor.execute(source("moved_products"))
