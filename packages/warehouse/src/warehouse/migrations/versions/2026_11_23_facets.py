"""Sums by facet, made from the facts.

Revision ID: 2026_11_23_facets
Revises: 2026_11_23_newest
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_facets"
down_revision = "2026_11_23_newest"
branch_labels = None
depends_on = None

_FACET = ("facet", sa.Text(), "Filter and value, such as device:mobile; empty for all")
_DAY = ("day", sa.Date(), "Day in the site's time zone")

# A session is in five facets. What lies in the table `names` is (audience_id, is_bot, facet).
_NAMES = """
CREATE TEMP TABLE names ON COMMIT DROP AS
SELECT a.audience_id, a.is_bot, f.facet
FROM audiences a, LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type),
                                  ('country:' || a.country), ('login:' || a.login_state)) f (facet)
"""
_HOURS = """
INSERT INTO facet_hours
SELECT n.facet, h.day, h.hour, n.is_bot, sum(h.events), sum(h.page_views), sum(h.product_views), sum(h.add_to_carts),
       sum(h.sessions)
FROM (
    SELECT day, hour, audience_id, sum(events) AS events,
           sum(coalesce(page_view, 0) + coalesce(home_view, 0) + coalesce(category_view, 0) + coalesce(product_view, 0))
               AS page_views,
           coalesce(sum(product_view), 0) AS product_views, coalesce(sum(add_to_cart_click), 0) AS add_to_carts,
           0 AS sessions
    FROM session_hours GROUP BY 1, 2, 3
    UNION ALL
    SELECT f.day, date_trunc('hour', f.started_at, z.time_zone), f.audience_id, 0, 0, 0, 0, count(*)
    FROM session_facts f, site z GROUP BY 1, 2, 3
) h
JOIN names n USING (audience_id)
GROUP BY 1, 2, 3, 4
"""
_PAGES = """
INSERT INTO facet_pages
SELECT n.facet, p.day, p.page_path, n.is_bot, sum(p.views), sum(p.sessions), sum(p.entries), sum(p.exits),
       sum(p.bounces)
FROM (
    SELECT day, audience_id, page_path, sum(views) AS views, count(*) AS sessions, 0 AS entries, 0 AS exits,
           0 AS bounces
    FROM session_pages GROUP BY 1, 2, 3
    UNION ALL
    SELECT day, audience_id, entry_page, 0, 0, count(*), 0, count(*) FILTER (WHERE page_views <= 1)
    FROM session_facts WHERE entry_page IS NOT NULL GROUP BY 1, 2, 3
    UNION ALL
    SELECT day, audience_id, exit_page, 0, 0, 0, count(*), 0
    FROM session_facts WHERE exit_page IS NOT NULL GROUP BY 1, 2, 3
) p
JOIN names n USING (audience_id)
GROUP BY 1, 2, 3, 4
"""
_PATHS = """
INSERT INTO facet_paths
SELECT n.facet, s.day, s.steps, n.is_bot, sum(s.sessions)
FROM (
    SELECT day, audience_id, steps, count(*) AS sessions FROM session_facts WHERE steps IS NOT NULL GROUP BY 1, 2, 3
) s
JOIN names n USING (audience_id)
GROUP BY 1, 2, 3, 4
"""
_PRODUCTS = """
INSERT INTO facet_products
SELECT n.facet, p.day, p.product_id, p.currency, n.is_bot, sum(p.views), sum(p.add_to_carts), sum(p.orders),
       sum(p.units), sum(p.revenue)
FROM (
    SELECT day, audience_id, product_id, currency, sum(views) AS views, sum(add_to_carts) AS add_to_carts,
           sum(orders) AS orders, sum(units) AS units, sum(revenue) AS revenue
    FROM session_products GROUP BY 1, 2, 3, 4
) p
JOIN names n USING (audience_id) WHERE n.facet <> ''
GROUP BY 1, 2, 3, 4, 5
"""
_VISITS = """
CREATE TEMP TABLE visit_days ON COMMIT DROP AS
SELECT DISTINCT f.client_no, n.facet, b.with_bots, f.day, f.first_day
FROM (SELECT DISTINCT client_no, day, audience_id, min(day) OVER (PARTITION BY client_no) AS first_day
      FROM session_facts WHERE client_no IS NOT NULL) f
JOIN names n USING (audience_id) JOIN (VALUES (false), (true)) b (with_bots) ON b.with_bots OR NOT n.is_bot
"""
_VISITORS = """
INSERT INTO facet_visitors
SELECT facet, with_bots, day, coalesce(since, 0), CASE WHEN since IS NULL THEN day - first_day ELSE 0 END, count(*)
FROM (
    SELECT *, day - lag(day) OVER (PARTITION BY client_no, facet, with_bots ORDER BY day) AS since FROM visit_days
) c
GROUP BY 1, 2, 3, 4, 5
"""
_COHORTS = """
INSERT INTO facet_cohorts
SELECT facet, with_bots, first_day, day, count(*)
FROM (
    SELECT facet, with_bots, first_day, min(day) AS day
    FROM visit_days GROUP BY client_no, facet, with_bots, first_day, date_trunc('week', day::timestamp)
) w
GROUP BY 1, 2, 3, 4
"""


def upgrade() -> None:
    _create(
        "facet_hours",
        "Events and sessions per hour and facet",
        (
            _FACET,
            ("day", sa.Date(), "Day in the site's time zone that the hour belongs to"),
            ("hour", sa.DateTime(timezone=True), "Start of the hour by the site's clock; UTC"),
            ("is_bot", sa.Boolean(), "Whether bots did it"),
        ),
        {
            "events": "Number of events",
            "page_views": "page_view, home_view, category_view and product_view events",
            "product_views": "product_view events",
            "add_to_carts": "add_to_cart_click events",
            "sessions": "Sessions that began",
        },
    )
    _create(
        "facet_pages",
        "Pages per site day and facet",
        (_FACET, _DAY, ("page_path", sa.Text(), "Path of the page"), ("is_bot", sa.Boolean(), "Whether bots saw it")),
        {
            "views": "Views of the page: its page_view events, or where there are none those of other views",
            "sessions": "Sessions that viewed it on the day",
            "entries": "Sessions that began on the day, there",
            "exits": "Sessions that began on the day and ended there",
            "bounces": "Entries with at most one page view",
        },
    )
    _create(
        "facet_paths",
        "Ways through the site per site day and facet",
        (
            _FACET,
            _DAY,
            ("steps", sa.Text(), "Kinds of a session's pages in the order of their first view, joined by >"),
            ("is_bot", sa.Boolean(), "Whether bots went it"),
        ),
        {"sessions": "Sessions that began"},
    )
    _create(
        "facet_visitors",
        "Visitors per site day and facet, by when they last came",
        (
            _FACET,
            ("with_bots", sa.Boolean(), "Whether bots' sessions are visits too"),
            _DAY,
            ("days_since", sa.Integer(), "Days since they last came within the facet; 0: never before"),
            (
                "days_known",
                sa.Integer(),
                "Of those who never came before: days since their first session in any facet; else 0",
            ),
        ),
        {"visitors": "Clients with a session that began on the day"},
    )
    _create(
        "facet_cohorts",
        "Visitors per facet, day of their first session and week",
        (
            _FACET,
            ("with_bots", sa.Boolean(), "Whether bots' sessions are visits too"),
            ("first_day", sa.Date(), "Day in the site's time zone of their first session in any facet"),
            ("day", sa.Date(), "Day in the site's time zone: the first one of its week (Mondays) on which they came"),
        ),
        {"visitors": "Clients with a session that began on the day"},
    )
    _create(
        "facet_products",
        "Views, carts and purchases per site day, facet, product and currency",
        (
            ("facet", sa.Text(), "Filter and value, such as device:mobile; without a filter: products_daily"),
            _DAY,
            ("product_id", sa.Text(), "The shop's product id"),
            ("currency", sa.Text(), "ISO 4217 currency; empty where unknown"),
            ("is_bot", sa.Boolean(), "Whether bots did it"),
        ),
        {
            "views": "product_view events that name it",
            "add_to_carts": "add_to_cart_click events that name it",
            "orders": "Orders that hold it",
        },
        {
            "units": "Units in those orders",
            "revenue": "Its lines in those orders, price after discount times quantity",
        },
    )
    op.create_index("session_facts_orders", "session_facts", ["day"], postgresql_where=sa.text("orders > 0"))
    for statement in (_NAMES, _HOURS, _PAGES, _PATHS, _PRODUCTS, _VISITS, _VISITORS, _COHORTS):
        op.execute(statement)


def _create(
    name: str,
    comment: str,
    key: tuple[tuple[str, Any, str], ...],
    counts: dict[str, str],
    amounts: dict[str, str] | None = None,
) -> None:
    op.create_table(
        name,
        *(sa.Column(column, kind, autoincrement=False, nullable=False, comment=what) for column, kind, what in key),
        *(sa.Column(column, sa.BigInteger(), nullable=False, comment=what) for column, what in counts.items()),
        *(sa.Column(column, sa.Numeric(), nullable=False, comment=what) for column, what in (amounts or {}).items()),
        sa.PrimaryKeyConstraint(*(column for column, _, _ in key)),
        comment=comment,
    )
