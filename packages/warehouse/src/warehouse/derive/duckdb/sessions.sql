-- Views of pages: page_view events, or where a page has none those of the views that say more.
CREATE TEMP TABLE page_visits AS
SELECT session_no, day, page_no, min(rowid) AS place,
       coalesce(nullif(sum((kind = 'page_view')::INTEGER), 0),
                sum((kind IN ('home_view', 'category_view', 'product_view'))::INTEGER))::INTEGER AS views,
       -- What happened on it tells best what kind of page it is.
       max(CASE kind WHEN 'checkout_complete' THEN 6 WHEN 'product_view' THEN 5 WHEN 'search' THEN 4
                     WHEN 'category_view' THEN 3 WHEN 'home_view' THEN 2 ELSE 1 END) AS told
FROM hits
WHERE session_no >= 0
  AND kind IN ('page_view', 'home_view', 'category_view', 'product_view', 'search', 'checkout_complete')
GROUP BY session_no, day, page_no
HAVING max((kind IN ('page_view', 'home_view', 'category_view', 'product_view'))::INTEGER) > 0;

-- Orders by the event that made them, with the session's currency: that of its first order.
CREATE TEMP TABLE session_sales AS
WITH placed AS (
    SELECT h.session_no, o.currency, o.revenue,
           first_value(o.currency) OVER (PARTITION BY h.session_no ORDER BY o.ordered_at, o.order_id) AS session_currency
    FROM hits h JOIN placed_orders o ON o.event_id = h.event_id AND o.ordered_at = h.event_timestamp
    WHERE h.kind = 'checkout_complete' AND h.session_no >= 0
)
SELECT session_no, count(*)::INTEGER AS orders, any_value(session_currency) AS currency,
       sum(revenue) FILTER (WHERE currency IS NOT DISTINCT FROM session_currency) AS revenue
FROM placed GROUP BY session_no;

-- arg_min and arg_max leave NULLs out.
CREATE TEMP TABLE grouped AS
SELECT session_no, min(event_timestamp) AS started_at, max(event_timestamp) AS ended_at, count(*)::INTEGER AS events,
       list(event_id) AS ids, arg_min(page_no, rowid) AS entry_no, arg_max(page_no, rowid) AS exit_no, arg_min(source, rowid) AS source,
       arg_min(hour, rowid) AS hour, arg_min(day, rowid) AS day, bool_or(is_bot) AS is_bot,
       bool_or(kind IN ('page_view', 'home_view', 'category_view', 'product_view')) AS reached_view,
       bool_or(kind = 'checkout_start') AS reached_checkout, bool_or(kind = 'checkout_complete') AS reached_purchase,
       sum((kind = 'product_view')::INTEGER)::INTEGER AS product_views,
       sum((kind = 'add_to_cart_click')::INTEGER)::INTEGER AS add_to_carts, max(login_state) AS login_state
FROM hits WHERE session_no >= 0 GROUP BY session_no;

-- What a session's first event says, but its client and country: they are the first that any says.
CREATE TEMP TABLE first_events AS
SELECT g.session_no, e.client_id, e.country, e.channel, e.utm_source, e.utm_medium, e.utm_campaign, e.device_type
FROM events e JOIN grouped g USING (source);

CREATE TEMP TABLE said_later AS
SELECT h.session_no, arg_min(e.client_id, h.rowid) AS client_id, arg_min(e.country, h.rowid) AS country
FROM first_events f JOIN hits h USING (session_no) JOIN events e ON e.source = h.source
WHERE f.client_id IS NULL OR f.country IS NULL GROUP BY h.session_no;

CREATE TEMP TABLE session_users AS
SELECT h.session_no, arg_max(e.user_id, h.rowid) AS user_id, list_sort(list(DISTINCT e.user_id)) AS user_ids
FROM events e JOIN hits h USING (source) WHERE e.user_id IS NOT NULL AND h.session_no >= 0 GROUP BY h.session_no;

CREATE TEMP TABLE made AS
SELECT k.session_key, k.session_id, g.* EXCLUDE (source, entry_no, exit_no, ids),
       unhex(replace(array_to_string(g.ids, ''), '-', '')) AS event_ids,
       coalesce(f.client_id, l.client_id) AS client_id, u.user_id, coalesce(u.user_ids, []) AS user_ids,
       n.page_path AS entry_page, x.page_path AS exit_page,
       g.product_views > 0 AS reached_product_view, g.add_to_carts > 0 AS reached_add_to_cart,
       least(round((epoch_us(g.ended_at) - epoch_us(g.started_at)) / 1e6), 2147483647)::INTEGER AS duration_seconds,
       coalesce(v.page_views, 0) AS page_views, f.channel, f.utm_source, f.utm_medium, f.utm_campaign, f.device_type,
       coalesce(f.country, l.country) AS country, coalesce(s.orders, 0) AS orders, coalesce(s.revenue, 0) AS revenue,
       s.currency
FROM grouped g
LEFT JOIN session_keys k USING (session_no)
LEFT JOIN first_events f USING (session_no)
LEFT JOIN said_later l USING (session_no)
LEFT JOIN session_users u USING (session_no)
LEFT JOIN pages n ON n.page_no = g.entry_no
LEFT JOIN pages x ON x.page_no = g.exit_no
LEFT JOIN (
    SELECT session_no, sum(views)::INTEGER AS page_views FROM page_visits GROUP BY session_no
) v USING (session_no)
LEFT JOIN session_sales s USING (session_no);
