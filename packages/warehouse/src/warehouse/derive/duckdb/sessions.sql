-- Views of pages: page_view events, or where a page has none those of the views that say more.
CREATE TEMP TABLE page_visits AS
SELECT session_no, day, page_path, min(rowid) AS place,
       coalesce(nullif(count(*) FILTER (WHERE event_name = 'page_view'), 0),
                count(*) FILTER (WHERE event_name IN ('home_view', 'category_view', 'product_view')))::INTEGER AS views,
       -- What happened on it tells best what kind of page it is.
       max(CASE event_name WHEN 'checkout_complete' THEN 6 WHEN 'product_view' THEN 5 WHEN 'search' THEN 4
                           WHEN 'category_view' THEN 3 WHEN 'home_view' THEN 2 ELSE 1 END) AS told
FROM hits
WHERE session_no IS NOT NULL
  AND event_name IN ('page_view', 'home_view', 'category_view', 'product_view', 'search', 'checkout_complete')
GROUP BY session_no, day, page_path
HAVING count(*) FILTER (WHERE event_name IN ('page_view', 'home_view', 'category_view', 'product_view')) > 0;

-- Orders by the event that made them, with the session's currency: that of its first order.
CREATE TEMP TABLE session_sales AS
WITH placed AS (
    SELECT h.session_no, o.currency, o.revenue,
           first_value(o.currency) OVER (PARTITION BY h.session_no ORDER BY o.ordered_at, o.order_id) AS session_currency
    FROM hits h JOIN placed_orders o ON o.event_id = h.event_id AND o.ordered_at = h.event_timestamp
    WHERE h.event_name = 'checkout_complete' AND h.session_no IS NOT NULL
)
SELECT session_no, count(*)::INTEGER AS orders, any_value(session_currency) AS currency,
       sum(revenue) FILTER (WHERE currency IS NOT DISTINCT FROM session_currency) AS revenue
FROM placed GROUP BY session_no;

-- arg_min and arg_max leave NULLs out.
CREATE TEMP TABLE made AS
WITH grouped AS (
    SELECT session_no, session_key, any_value(session_id) AS session_id, arg_min(client_id, rowid) AS client_id,
           arg_max(user_id, rowid) AS user_id, min(event_timestamp) AS started_at, max(event_timestamp) AS ended_at,
           count(*)::INTEGER AS events, arg_min(page_path, rowid) AS entry_page, arg_max(page_path, rowid) AS exit_page,
           min(rowid) AS first_hit, arg_min(country, rowid) AS country, bool_or(is_bot) AS is_bot,
           bool_or(event_name IN ('page_view', 'home_view', 'category_view', 'product_view')) AS reached_view,
           bool_or(event_name = 'product_view') AS reached_product_view,
           bool_or(event_name = 'add_to_cart_click') AS reached_add_to_cart,
           bool_or(event_name = 'checkout_start') AS reached_checkout,
           bool_or(event_name = 'checkout_complete') AS reached_purchase,
           (count(*) FILTER (WHERE event_name = 'product_view'))::INTEGER AS product_views,
           (count(*) FILTER (WHERE event_name = 'add_to_cart_click'))::INTEGER AS add_to_carts,
           list(DISTINCT user_id) FILTER (WHERE user_id IS NOT NULL) AS user_ids,
           -- Of all its events' states the one that says most.
           max(CASE login_state WHEN 'logged_in' THEN 4 WHEN 'guest' THEN 3 WHEN 'anonymous' THEN 2 ELSE 1 END) AS login_rank
    FROM hits WHERE session_no IS NOT NULL GROUP BY session_no, session_key
),
viewed AS (SELECT session_no, sum(views)::INTEGER AS page_views FROM page_visits GROUP BY session_no)
SELECT g.* EXCLUDE (first_hit, user_ids, login_rank), list_sort(coalesce(g.user_ids, [])) AS user_ids, h.hour, h.day,
       least(round((epoch_us(g.ended_at) - epoch_us(g.started_at)) / 1e6), 2147483647)::INTEGER AS duration_seconds,
       coalesce(v.page_views, 0) AS page_views, h.channel, h.utm_source, h.utm_medium, h.utm_campaign, h.device_type,
       coalesce(s.orders, 0) AS orders, coalesce(s.revenue, 0) AS revenue, s.currency,
       ['unknown', 'anonymous', 'guest', 'logged_in'][g.login_rank] AS login_state
FROM grouped g
JOIN hits h ON h.rowid = g.first_hit
LEFT JOIN viewed v ON v.session_no = g.session_no
LEFT JOIN session_sales s ON s.session_no = g.session_no;
