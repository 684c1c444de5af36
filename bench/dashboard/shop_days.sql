-- Events of a shop from %(first)s on, %(days)s days of %(sessions)s sessions, as an ETL would have loaded them.
CREATE TEMP TABLE shop_sessions ON COMMIT DROP AS
SELECT s.number, s.session_id, s.started_at, s.pages, s.bot,
       'client-' || md5(s.client::text) AS client_id,
       (array['Organic Search', 'Direct', 'Paid Search', 'Organic Social', 'Email', 'Referral', 'Display', 'Paid Social',
              'Organic Video', 'Affiliates'])[width_bucket(s.source, array[0, 0.34, 0.56, 0.70, 0.79, 0.86, 0.92, 0.95, 0.975, 0.99])] AS channel,
       CASE WHEN s.source > 0.56 AND s.source < 0.86 THEN 'campaign-' || floor(s.source * 100) END AS utm_campaign,
       (array['mobile', 'desktop', 'tablet'])[width_bucket(mod(s.client, 100) / 100.0, array[0, 0.58, 0.94])] AS device_type,
       (array['VN', 'US', 'SG', 'JP', 'DE', 'AU', 'FR', 'KR', 'TH', NULL])[
           width_bucket(mod(s.client, 97) / 97.0, array[0, 0.82, 0.87, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98])] AS country,
       CASE WHEN s.login < 0.18 THEN 'logged_in' ELSE 'anonymous' END AS login_state, s.buys
FROM (
    SELECT (date - DATE '2026-01-01') * 10000000::bigint + n AS number, 's-' || md5(date || '/' || n) AS session_id,
           date::timestamptz + (86399 * (random() + random()) / 2) * interval '1 second' AS started_at,
           CASE WHEN random() < 0.36 THEN 1 ELSE 2 + floor(-ln(1 - random()) * 2.4)::int END AS pages,
           random() < 0.04 AS bot, floor(random() * random() * 900000)::bigint AS client,
           random() AS source, random() AS login, random() AS buys
    FROM generate_series(0, %(days)s - 1) day, LATERAL (SELECT %(first)s::date + day AS date) d,
         generate_series(1, %(sessions)s) n
) s;

CREATE TEMP TABLE shop_pages ON COMMIT DROP AS
SELECT p.*, CASE p.kind WHEN 'home' THEN '/' WHEN 'category' THEN '/category-' || p.category WHEN 'search' THEN '/search'
                        WHEN 'cart' THEN '/cart' WHEN 'checkout' THEN '/checkout' ELSE '/p/product-' || p.product END AS path
FROM (
    SELECT s.*, page, s.started_at + (page - 1) * interval '41 seconds' AS at, random() AS what,
           floor(random() * random() * 300)::int AS product, floor(random() * 8)::int AS category,
           CASE WHEN s.buys < 0.05 AND s.pages > 2 AND page = s.pages THEN 'checkout'
                WHEN s.buys < 0.05 AND s.pages > 2 AND page = s.pages - 1 THEN 'cart'
                WHEN page = 1 THEN (array['home', 'category', 'product'])[width_bucket(random(), array[0, 0.45, 0.65])]
                ELSE (array['category', 'product', 'search'])[width_bucket(random(), array[0, 0.3, 0.9])] END AS kind
    FROM shop_sessions s, generate_series(1, s.pages) page
) p;

CREATE TEMP TABLE shop_events ON COMMIT DROP AS
SELECT gen_random_uuid() AS event_id, e.*
FROM (
    SELECT 'page_view' AS event_name, 0 AS sequence, p.at AS event_timestamp, p.* FROM shop_pages p
    UNION ALL
    SELECT CASE kind WHEN 'home' THEN 'home_view' WHEN 'category' THEN 'category_view' WHEN 'search' THEN 'search'
                     WHEN 'cart' THEN 'checkout_start' WHEN 'checkout' THEN 'checkout_complete' ELSE 'product_view' END,
           1, p.at + interval '1 second', p.*
    FROM shop_pages p WHERE kind <> 'checkout' OR buys < 0.026
    UNION ALL
    SELECT 'click', 2, p.at + interval '9 seconds', p.* FROM shop_pages p WHERE kind = 'product' AND what < 0.3
    UNION ALL
    SELECT 'add_to_cart_click', 3, p.at + interval '20 seconds', p.*
    FROM shop_pages p WHERE kind = 'product' AND (what > 0.95 OR buys < 0.05 AND what > 0.5)
    UNION ALL
    SELECT 'page_leave', 4, p.at + interval '40 seconds', p.* FROM shop_pages p
) e;

SELECT etl.ensure_partitions(%(first)s::date::timestamptz, %(first)s::date::timestamptz + %(days)s * interval '1 day');

INSERT INTO clickstream_events (
    event_id, event_timestamp, event_name, user_login_state, client_id, session_id, context_product_id,
    context_product_name, context_product_category, context_product_brand, context_product_price, received_at, page_url,
    page_path, page_title, utm_campaign, utm_source, utm_medium, channel, device_type, browser, os, is_bot, country, locale,
    sequence, order_id, search_query, clock_corrected, ingest_window, object_id)
SELECT event_id, event_timestamp, event_name, login_state, client_id, session_id,
       CASE WHEN kind = 'product' AND event_name <> 'page_view' THEN 'product-' || product END,
       CASE WHEN kind = 'product' AND event_name <> 'page_view' THEN 'Product ' || product END,
       CASE WHEN kind = 'product' AND event_name <> 'page_view' THEN 'Category ' || mod(product, 8) END,
       CASE WHEN kind = 'product' AND event_name <> 'page_view' THEN 'Brand ' || mod(product, 12) END,
       CASE WHEN kind = 'product' AND event_name <> 'page_view' THEN 100 + product END,
       event_timestamp + interval '1 second', 'https://shop.example' || path, path, 'Shop ' || path, utm_campaign,
       CASE WHEN utm_campaign IS NOT NULL THEN 'google' END, CASE WHEN utm_campaign IS NOT NULL THEN 'cpc' END,
       channel, CASE WHEN bot THEN 'bot' ELSE device_type END, 'Chrome', 'Android', bot, country, 'vi-VN', page * 5 + sequence,
       CASE WHEN event_name = 'checkout_complete' THEN 'order-' || number END,
       CASE WHEN event_name = 'search' THEN 'query ' || mod(product, 60) END, false,
       date_trunc('hour', event_timestamp), 1
FROM shop_events ORDER BY event_timestamp;

INSERT INTO event_items (event_id, line_number, event_timestamp, event_name, is_bot, product_id, product_name,
                         product_category, product_brand, price, quantity, currency, ingest_window)
SELECT event_id, 1, event_timestamp, event_name, bot, 'product-' || product, 'Product ' || product,
       'Category ' || mod(product, 8), 'Brand ' || mod(product, 12), 100 + product, 1, 'VND', date_trunc('hour', event_timestamp)
FROM shop_events
WHERE event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete') OR event_name = 'click' AND kind = 'product'
ORDER BY event_timestamp;

INSERT INTO order_events (event_id, event_timestamp, event_name, order_id, total, currency, client_id, session_id, is_bot, ingest_window)
SELECT event_id, event_timestamp, event_name, 'order-' || number, 100 + product, 'VND', client_id, session_id, bot,
       date_trunc('hour', event_timestamp)
FROM shop_events WHERE event_name = 'checkout_complete';
