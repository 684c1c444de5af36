"""Re-making what is derived from events, for exactly what a load touched. Runs inside the load's transaction.

The load leaves two temporary tables behind: `touched_events`, the events it added or deleted (event_id,
event_timestamp, event_name, session_id, client_id, order_id), and `forgotten_products`, the products of those it
deleted. Each step is one SQL file of this folder.
"""

from importlib import resources

from warehouse.connect import Cursor

# Orders first: they add the events of orders whose revenue changed to what is touched. Then what retention has dropped
# is taken out: no later step makes anything that begins before `etl.events_kept_from()`.
STEPS = ("orders", "frozen", "products", "sessions", "clients", "events_hourly", "sessions_daily", "products_daily")
FACTS = (
    *("facts_begin", "session_hours", "session_pages", "session_facts", "session_products", "session_orders"),
    "audience_days",
)


def remake_touched(cursor: Cursor) -> None:
    """Re-make orders, sessions, clients, facts and rollups for the rows of `touched_events`."""
    for step in (*STEPS, *FACTS):
        cursor.execute(_source(step))


def remake_all_days(cursor: Cursor) -> None:
    """Re-make rollups and facts whole, as after a change of the site's time zone."""
    cursor.execute(_source("all_days"))
    for step in ("events_hourly", "sessions_daily", "products_daily", *FACTS):
        cursor.execute(_source(step))


def _source(name: str) -> str:
    return resources.files("warehouse").joinpath("rebuild", f"{name}.sql").read_text("utf-8")
