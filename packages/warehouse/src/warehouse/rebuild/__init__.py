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

# Tables that this transaction fills have no statistics yet: the planner takes them for empty, and would look up each of
# 100,000 rows in a list of the others. Hash joins in enough memory take seconds whatever it believes.
_MANY_EVENTS = 10_000
_FOR_MANY = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '256MB'"


def remake_touched(cursor: Cursor) -> None:
    """Re-make orders, sessions, clients, facts and rollups for the rows of `touched_events`."""
    cursor.execute("SELECT count(*) FROM touched_events")
    if cursor.fetchone()[0] > _MANY_EVENTS:
        cursor.execute(_FOR_MANY)
    for step in (*STEPS, *FACTS):
        cursor.execute(_source(step))


def remake_all_days(cursor: Cursor) -> None:
    """Re-make rollups and facts whole, as after a change of the site's time zone."""
    cursor.execute(_source("all_days"))
    for step in ("events_hourly", "sessions_daily", "products_daily", *FACTS):
        cursor.execute(_source(step))


def _source(name: str) -> str:
    return resources.files("warehouse").joinpath("rebuild", f"{name}.sql").read_text("utf-8")
