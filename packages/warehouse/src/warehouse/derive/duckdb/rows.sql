-- The rows of the fact tables, now that every audience has its id.
CREATE TEMP TABLE hour_rows AS
SELECT s.*, a.audience_id FROM hour_sums s JOIN audiences a USING (channel, device_type, country, login_state, is_bot);

CREATE TEMP TABLE session_audiences AS
SELECT m.session_no, m.client_id, a.audience_id, c.campaign_id
FROM made m
JOIN campaigns c ON c.utm_source = coalesce(m.utm_source, '') AND c.utm_medium = coalesce(m.utm_medium, '')
                AND c.utm_campaign = coalesce(m.utm_campaign, '')
JOIN audiences a ON a.channel = m.channel AND a.device_type = m.device_type AND a.country = coalesce(m.country, 'unknown')
                AND a.login_state = m.login_state AND a.is_bot = m.is_bot;

-- Of what a session's event belongs to: the session's audience, but for the event's own login state and bot.
CREATE TEMP TABLE speaking AS
SELECT h.session_no, h.event_id, h.event_timestamp, h.event_name, h.day, a.audience_id
FROM hits h
JOIN (SELECT DISTINCT session_no, login_state, is_bot, audience_id FROM hour_rows WHERE session_no IS NOT NULL) a
  ON a.session_no = h.session_no AND a.login_state = h.login_state AND a.is_bot = h.is_bot
WHERE h.event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete')
UNION ALL
SELECT NULL, h.event_id, h.event_timestamp, h.event_name, h.day, a.audience_id
FROM hits h
JOIN audiences a ON a.channel = h.channel AND a.device_type = h.device_type AND a.country = coalesce(h.country, 'unknown')
                AND a.login_state = h.login_state AND a.is_bot = h.is_bot
WHERE h.session_no IS NULL AND h.event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete');

CREATE TEMP TABLE order_rows AS
SELECT o.ordered_at, s.session_no, s.day, s.audience_id, o.revenue, o.currency, o.order_id, o.event_id, a.campaign_id
FROM speaking s JOIN placed_orders o ON o.event_id = s.event_id AND o.ordered_at = s.event_timestamp
LEFT JOIN session_audiences a USING (session_no)
WHERE s.event_name = 'checkout_complete';

-- Views and carts from the lines of events, purchases from the lines of the events that made orders.
CREATE TEMP TABLE product_rows AS
WITH items AS (
    SELECT * FROM added_items WHERE event_id NOT IN (SELECT event_id FROM known_items)
    UNION ALL
    SELECT * FROM known_items
),
sold AS (
    SELECT s.session_no, s.day, s.audience_id,
           (count(DISTINCT s.event_id) FILTER (WHERE s.event_name = 'product_view'))::INTEGER AS views,
           (count(DISTINCT s.event_id) FILTER (WHERE s.event_name = 'add_to_cart_click'))::INTEGER AS add_to_carts,
           count(DISTINCT o.order_id)::INTEGER AS orders, i.product_id, coalesce(i.currency, o.currency, '') AS currency,
           coalesce(sum(coalesce(i.quantity, 1)) FILTER (WHERE o.order_id IS NOT NULL), 0)::DECIMAL(38, 4) AS units,
           coalesce(sum(round(coalesce(i.discount_price, i.price, 0)::DECIMAL(20, 4) * coalesce(i.quantity, 1)::DECIMAL(18, 4), 4))
                    FILTER (WHERE o.order_id IS NOT NULL), 0)::DECIMAL(38, 4) AS revenue
    FROM speaking s
    JOIN items i ON i.event_id = s.event_id AND i.event_timestamp = s.event_timestamp
    LEFT JOIN order_rows o ON o.event_id = s.event_id AND o.ordered_at = s.event_timestamp
    WHERE i.product_id IS NOT NULL
    GROUP BY s.session_no, s.day, s.audience_id, i.product_id, coalesce(i.currency, o.currency, '')
    HAVING count(*) FILTER (WHERE s.event_name <> 'checkout_complete' OR o.order_id IS NOT NULL) > 0
)
SELECT s.*, ('0x' || left(md5(m.client_id), 15))::BIGINT AS client_no,
       coalesce(c.first_seen_at, m.started_at) AS client_since,
       CASE WHEN m.day = s.day THEN a.audience_id END AS session_audience_id, a.campaign_id AS session_campaign_id
FROM sold s LEFT JOIN made m USING (session_no) LEFT JOIN session_audiences a USING (session_no)
LEFT JOIN clients c ON c.client_id = m.client_id
ORDER BY s.day, s.session_no; -- what is asked for by session lies together

CREATE TEMP TABLE search_rows AS
WITH asked AS (
    SELECT session_no, day, lower(trim(search_query)) AS query, count(*)::INTEGER AS searches
    FROM hits WHERE session_no IS NOT NULL AND event_name = 'search' AND trim(search_query) <> '' GROUP BY ALL
)
SELECT q.session_no, q.day, a.audience_id, q.searches,
       coalesce(q.day - lag(q.day) OVER (PARTITION BY q.session_no, q.query ORDER BY q.day), 0)::INTEGER AS days_since,
       m.product_views, m.orders, q.query
FROM asked q JOIN session_audiences a USING (session_no) JOIN made m USING (session_no);

CREATE TEMP TABLE page_rows AS
SELECT v.session_no, ('0x' || left(md5(a.client_id), 15))::BIGINT AS client_no, v.day, a.audience_id, v.views, v.page_path
FROM page_visits v JOIN session_audiences a USING (session_no)
WHERE v.page_path IS NOT NULL
ORDER BY v.place;

-- The kinds of pages in the order in which they were first seen, ten at the most.
CREATE TEMP TABLE steps AS
WITH kinds AS (
    SELECT session_no, min(place) AS place, page_path, max(told) AS told FROM page_visits
    WHERE page_path IS NOT NULL GROUP BY session_no, page_path
),
named AS (
    SELECT session_no, place,
           CASE told WHEN 6 THEN 'purchase' WHEN 5 THEN 'product' WHEN 4 THEN 'search' WHEN 3 THEN 'category'
                     WHEN 2 THEN 'home'
                     ELSE CASE WHEN page_path = '/' THEN 'home'
                               WHEN regexp_matches(page_path, '(^|/)(cart|basket|gio-hang)(/|$)') THEN 'cart'
                               WHEN regexp_matches(page_path, '(^|/)(checkout|thanh-toan)(/|$)') THEN 'checkout'
                               ELSE replace(split_part(ltrim(page_path, '/'), '/', 1), '>', '') END END AS kind
    FROM kinds
),
changes AS (
    SELECT *, kind IS DISTINCT FROM lag(kind) OVER (PARTITION BY session_no ORDER BY place) AS changed FROM named
)
SELECT session_no, array_to_string(list(kind ORDER BY place)[:10], '>') AS steps
FROM changes WHERE changed GROUP BY session_no;

CREATE TEMP TABLE fact_rows AS
SELECT m.started_at, coalesce(c.first_seen_at, m.started_at) AS client_since, m.session_no,
       ('0x' || left(md5(m.client_id), 15))::BIGINT AS client_no, m.hour, m.day, a.audience_id, m.duration_seconds, m.page_views,
       m.product_views, m.add_to_carts, m.orders, m.reached_view, m.reached_product_view, m.reached_add_to_cart,
       m.reached_checkout, m.reached_purchase, m.entry_page, m.exit_page, a.campaign_id, p.steps
FROM made m
JOIN session_audiences a ON a.session_no = m.session_no
LEFT JOIN clients c ON c.client_id = m.client_id
LEFT JOIN steps p ON p.session_no = m.session_no
ORDER BY m.started_at;
