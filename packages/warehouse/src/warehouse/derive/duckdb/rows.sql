-- The rows of the fact tables, now that every audience has its id.
CREATE TEMP TABLE hour_rows AS
SELECT s.* REPLACE (CASE WHEN s.session_no >= 0 THEN s.session_no END AS session_no), s.session_no AS hits_no,
       a.audience_id
FROM hour_sums s JOIN audiences a USING (channel, device_type, country, login_state, is_bot);

-- What rows of several tables say of their session.
CREATE TEMP TABLE session_rows AS
SELECT m.session_no, m.day, ('0x' || left(md5(m.client_id), 15))::BIGINT AS client_no,
       coalesce(k.first_seen_at, m.started_at) AS client_since, a.audience_id, c.campaign_id
FROM made m
LEFT JOIN clients k ON k.client_id = m.client_id
LEFT JOIN campaigns c ON c.utm_source = coalesce(m.utm_source, '') AND c.utm_medium = coalesce(m.utm_medium, '')
                     AND c.utm_campaign = coalesce(m.utm_campaign, '')
LEFT JOIN audiences a ON a.channel = m.channel AND a.device_type = m.device_type
                     AND a.country = coalesce(m.country, 'unknown') AND a.login_state = m.login_state
                     AND a.is_bot = m.is_bot;

-- Of what an event belongs to: its session's audience, but for the event's own login state and bot.
CREATE TEMP TABLE speaking AS
SELECT CASE WHEN h.session_no >= 0 THEN h.session_no END AS session_no, h.event_id, h.event_timestamp, h.kind, h.day,
       a.audience_id
FROM hits h
LEFT JOIN (SELECT DISTINCT hits_no, login_state, is_bot, audience_id FROM hour_rows) a
       ON a.hits_no = h.session_no AND a.login_state = h.login_state AND a.is_bot = h.is_bot
WHERE h.kind IN ('product_view', 'add_to_cart_click', 'checkout_complete');

CREATE TEMP TABLE order_rows AS
SELECT o.ordered_at, s.session_no, s.day, s.audience_id, o.revenue, o.currency, o.order_id, o.event_id, a.campaign_id
FROM speaking s JOIN placed_orders o ON o.event_id = s.event_id AND o.ordered_at = s.event_timestamp
LEFT JOIN session_rows a ON a.session_no = s.session_no
WHERE s.kind = 'checkout_complete';

-- Views and carts from the lines of events, purchases from the lines of the events that made orders.
CREATE TEMP TABLE product_rows AS
WITH items AS (
    SELECT event_id, event_timestamp, product_id, currency, quantity, price, discount_price FROM added_items
    WHERE product_id IS NOT NULL AND event_id NOT IN (SELECT event_id FROM known_items)
    UNION ALL
    SELECT event_id, event_timestamp, product_id, currency, quantity, price, discount_price FROM known_items
    WHERE product_id IS NOT NULL
),
lines AS (
    SELECT s.*, i.* EXCLUDE (event_id, event_timestamp)
    FROM items i JOIN speaking s ON s.event_id = i.event_id AND s.event_timestamp = i.event_timestamp
),
-- An event may name a product more than once.
seen AS (
    SELECT DISTINCT session_no, day, audience_id, product_id, coalesce(currency, '') AS currency, kind, event_id
    FROM lines WHERE kind <> 'checkout_complete'
),
sold AS (
    SELECT session_no, day, audience_id, product_id, currency, sum((kind = 'product_view')::INTEGER) AS views,
           sum((kind = 'add_to_cart_click')::INTEGER) AS add_to_carts, 0 AS orders, 0::DECIMAL(38, 4) AS units,
           0::DECIMAL(38, 4) AS revenue
    FROM seen GROUP BY session_no, day, audience_id, product_id, currency
    UNION ALL
    SELECT l.session_no, l.day, l.audience_id, l.product_id, coalesce(l.currency, o.currency, ''), 0, 0,
           count(DISTINCT o.order_id), sum(coalesce(l.quantity, 1)),
           sum(round(coalesce(l.discount_price, l.price, 0)::DECIMAL(20, 4)
                     * coalesce(l.quantity, 1)::DECIMAL(18, 4), 4))
    FROM lines l JOIN order_rows o ON o.event_id = l.event_id AND o.ordered_at = l.event_timestamp
    WHERE l.kind = 'checkout_complete' GROUP BY ALL
),
summed AS (
    SELECT session_no, day, audience_id, product_id, currency, sum(views)::INTEGER AS views,
           sum(add_to_carts)::INTEGER AS add_to_carts, sum(orders)::INTEGER AS orders,
           sum(units)::DECIMAL(38, 4) AS units, sum(revenue)::DECIMAL(38, 4) AS revenue
    FROM sold GROUP BY session_no, day, audience_id, product_id, currency
)
SELECT s.*, a.client_no, a.client_since, CASE WHEN a.day = s.day THEN a.audience_id END AS session_audience_id,
       a.campaign_id AS session_campaign_id
FROM summed s LEFT JOIN session_rows a USING (session_no)
ORDER BY s.day, s.session_no; -- what is asked for by session lies together

CREATE TEMP TABLE search_rows AS
WITH asked AS (
    SELECT h.session_no, h.day, lower(trim(e.search_query)) AS query, count(*)::INTEGER AS searches
    FROM events e JOIN hits h USING (source)
    WHERE h.session_no >= 0 AND h.kind = 'search' AND trim(e.search_query) <> '' GROUP BY ALL
)
SELECT q.session_no, q.day, a.audience_id, q.searches,
       coalesce(q.day - lag(q.day) OVER (PARTITION BY q.session_no, q.query ORDER BY q.day), 0)::INTEGER AS days_since,
       m.product_views, m.orders, q.query
FROM asked q LEFT JOIN session_rows a USING (session_no) LEFT JOIN made m USING (session_no);

CREATE TEMP TABLE page_rows AS
SELECT v.session_no, a.client_no, v.day, a.audience_id, v.views, p.page_path
FROM page_visits v LEFT JOIN session_rows a USING (session_no) LEFT JOIN pages p USING (page_no)
WHERE v.page_no IS NOT NULL
ORDER BY v.place;

-- The kinds of pages in the order in which they were first seen, ten at the most. As numbers, sorted with their place
-- in one list: many sessions go the same way, whose text is then made once.
CREATE TEMP TABLE page_kinds AS
WITH told AS (
    SELECT page_no, NULL AS told,
           CASE WHEN page_path = '/' THEN 'home'
                WHEN regexp_matches(page_path, '(^|/)(cart|basket|gio-hang)(/|$)') THEN 'cart'
                WHEN regexp_matches(page_path, '(^|/)(checkout|thanh-toan)(/|$)') THEN 'checkout'
                ELSE replace(split_part(ltrim(page_path, '/'), '/', 1), '>', '') END AS kind
    FROM pages
    UNION ALL
    VALUES (NULL, 6, 'purchase'), (NULL, 5, 'product'), (NULL, 4, 'search'), (NULL, 3, 'category'), (NULL, 2, 'home')
)
SELECT *, dense_rank() OVER (ORDER BY kind) AS kind_no FROM told;

CREATE TEMP TABLE steps AS
WITH seen AS (
    SELECT session_no, min(place) AS place, page_no, max(told) AS told FROM page_visits
    WHERE page_no IS NOT NULL GROUP BY session_no, page_no
),
listed AS (
    SELECT s.session_no, list(s.place << 32 | coalesce(t.kind_no, p.kind_no)) AS places
    FROM seen s LEFT JOIN page_kinds p ON p.page_no = s.page_no LEFT JOIN page_kinds t ON t.told = s.told
    GROUP BY s.session_no
),
ways AS (
    SELECT session_no, list_transform(list_sort(places), lambda place: place & 4_294_967_295) AS way FROM listed
),
named AS (
    SELECT way,
           array_to_string(list_transform(list_filter(way, lambda kind, i: i = 1 OR kind <> way[i - 1])[:10],
                                          lambda kind: names[kind]), '>') AS steps
    FROM (SELECT DISTINCT way FROM ways),
         (SELECT list(kind ORDER BY kind_no) AS names FROM (SELECT DISTINCT kind_no, kind FROM page_kinds))
)
SELECT w.session_no, n.steps FROM ways w LEFT JOIN named n USING (way);

CREATE TEMP TABLE fact_rows AS
SELECT m.started_at, a.client_since, m.session_no, a.client_no, m.hour, m.day, a.audience_id, m.duration_seconds,
       m.page_views, m.product_views, m.add_to_carts, m.orders, m.reached_view, m.reached_product_view,
       m.reached_add_to_cart, m.reached_checkout, m.reached_purchase, m.entry_page, m.exit_page, a.campaign_id, p.steps
FROM made m
LEFT JOIN session_rows a USING (session_no)
LEFT JOIN steps p USING (session_no)
ORDER BY m.started_at;
