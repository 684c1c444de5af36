-- What is added to sums by day and hour: the rows that came, less those that went.
CREATE TEMP TABLE hour_changes AS
SELECT q.hour, c.event_name, c.is_bot, sum(c.events)::BIGINT AS events
FROM (
    SELECT epoch_us(event_timestamp) // 900_000_000 AS quarter, event_name, is_bot, count(*) AS events FROM added
    WHERE event_timestamp >= getvariable('kept_from') GROUP BY ALL
    UNION ALL
    SELECT epoch_us(event_timestamp) // 900_000_000, event_name, is_bot, -count(*) FROM gone
    WHERE event_timestamp >= getvariable('kept_from') GROUP BY ALL
) c
JOIN quarters q USING (quarter)
WHERE q.hour >= getvariable('kept_from')
GROUP BY q.hour, c.event_name, c.is_bot;

CREATE TEMP TABLE product_changes_by_audience AS
SELECT day, audience_id, product_id, currency, sum(views) AS views, sum(add_to_carts) AS add_to_carts, sum(orders) AS orders,
       sum(units) AS units, sum(revenue) AS revenue
FROM (
    SELECT day, audience_id, product_id, currency, views, add_to_carts, orders, units, revenue FROM product_rows
    UNION ALL
    SELECT day, audience_id, product_id, currency, -views, -add_to_carts, -orders, -units, -revenue FROM products_gone
)
GROUP BY day, audience_id, product_id, currency;

CREATE TEMP TABLE product_changes AS
SELECT p.day, p.product_id, p.currency, a.is_bot, sum(p.views)::BIGINT AS views, sum(p.add_to_carts)::BIGINT AS add_to_carts,
       sum(p.orders)::BIGINT AS orders, sum(p.units)::DECIMAL(38, 4) AS units, sum(p.revenue)::DECIMAL(38, 4) AS revenue
FROM product_changes_by_audience p JOIN audiences a USING (audience_id)
GROUP BY p.day, p.product_id, p.currency, a.is_bot;

CREATE TEMP TABLE day_changes AS
WITH hours AS (
    SELECT day, audience_id, events, page_view, home_view, category_view, product_view, search, click, add_to_cart_click,
           remove_from_cart_click, wishlist_toggle, share_click, login_open, login_success, logout, checkout_start,
           checkout_complete, refund, page_leave, 1 AS sign FROM hour_rows
    UNION ALL BY NAME
    SELECT * EXCLUDE (hour), -1 AS sign FROM hours_gone
),
sessions AS (
    SELECT day, audience_id, page_views, duration_seconds, orders, reached_view, reached_product_view,
           reached_add_to_cart, reached_checkout, reached_purchase, 1 AS sign FROM fact_rows
    UNION ALL BY NAME
    SELECT * EXCLUDE (started_at, client_no, entry_page, exit_page, steps, campaign_id, add_to_carts), -1 AS sign FROM facts_gone
),
summed AS (
    SELECT * FROM (
        SELECT day, audience_id, sum(COLUMNS(* EXCLUDE (day, audience_id, sign)) * sign)::BIGINT
        FROM hours GROUP BY day, audience_id
    ) FULL JOIN (
        SELECT day, audience_id, sum(sign)::BIGINT AS sessions, sum(sign * (page_views <= 1)::INTEGER)::BIGINT AS bounces,
               sum(sign * page_views)::BIGINT AS page_views, sum(sign * duration_seconds)::BIGINT AS duration_seconds,
               sum(sign * (orders > 0)::INTEGER)::BIGINT AS converted, sum(sign * reached_view::INTEGER)::BIGINT AS viewed,
               sum(sign * reached_product_view::INTEGER)::BIGINT AS product_viewed,
               sum(sign * reached_add_to_cart::INTEGER)::BIGINT AS added_to_cart,
               sum(sign * reached_checkout::INTEGER)::BIGINT AS checked_out,
               sum(sign * reached_purchase::INTEGER)::BIGINT AS purchased
        FROM sessions GROUP BY day, audience_id
    ) USING (day, audience_id)
),
whole AS (SELECT day, audience_id, coalesce(COLUMNS(* EXCLUDE (day, audience_id)), 0) FROM summed)
SELECT *, events - page_view - home_view - category_view - product_view - search - click - add_to_cart_click
          - remove_from_cart_click - wishlist_toggle - share_click - login_open - login_success - logout - checkout_start
          - checkout_complete - refund - page_leave AS custom
FROM whole;

CREATE TEMP TABLE order_changes AS
SELECT day, audience_id, coalesce(currency, '') AS currency, sum(sign)::BIGINT AS orders,
       sum(sign * revenue)::DECIMAL(38, 4) AS revenue
FROM (
    SELECT day, audience_id, currency, revenue, 1 AS sign FROM order_rows
    UNION ALL
    SELECT day, audience_id, currency, revenue, -1 FROM orders_gone
)
GROUP BY ALL;
