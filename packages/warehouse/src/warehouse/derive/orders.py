"""Orders and products of what a load touched: few enough for PostgreSQL to make them itself."""

from warehouse.connect import Cursor
from warehouse.derive.workbench import Workbench, source

_PRODUCT_COLUMNS = (
    *("product_id", "product_name", "product_category", "product_brand", "product_url_path", "price", "seen_at"),
)


def remake(cursor: Cursor, bench: Workbench) -> None:
    """Re-make orders and products; sessions that an order left or came to are touched from then on."""
    ordered = bench.send_new(
        cursor,
        "SELECT DISTINCT order_id FROM (SELECT order_id FROM added UNION ALL SELECT order_id FROM gone)"
        " WHERE order_id IS NOT NULL",
        "touched_orders",
        "order_id text PRIMARY KEY",
    )
    if ordered:
        cursor.execute(source("orders"))
        bench.fetch(
            cursor,
            "SELECT event_id, ordered_at, session_id, client_id FROM orders_before"
            " UNION ALL SELECT o.event_id, o.ordered_at, o.session_id, o.client_id"
            " FROM orders o JOIN touched_orders USING (order_id)",
            "moved_orders",
        )
        cursor.execute(source("frozen"))
    cursor.execute(
        "CREATE TEMP TABLE touched_products (product_id text, product_name text, product_category text,"
        " product_brand text, product_url_path text, price numeric(18, 4), seen_at timestamptz) ON COMMIT DROP"
    )
    bench.send(
        cursor,
        "SELECT product_id, product_name, product_category, product_brand, product_url_path, price,"
        " max(event_timestamp) AS seen_at FROM added_items WHERE product_id IS NOT NULL GROUP BY ALL",
        "touched_products",
        _PRODUCT_COLUMNS,
    )
    cursor.execute(source("products"))
