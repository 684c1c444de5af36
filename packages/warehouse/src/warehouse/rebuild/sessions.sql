-- Sessions of the tracker, and of clients without one: a pause of 1,800 s or more starts a new session.
-- The range of time that has to be read again is known from the sessions as they were.
CREATE TEMP TABLE touched_sessions ON COMMIT DROP AS
SELECT t.session_id,
       least(min(t.event_timestamp), min(s.started_at)) AS range_from,
       greatest(max(t.event_timestamp), max(s.ended_at)) AS range_to
FROM touched_events t
LEFT JOIN sessions s ON s.session_key = 's:' || t.session_id
WHERE t.session_id IS NOT NULL
GROUP BY t.session_id;
DELETE FROM touched_sessions WHERE range_from < (SELECT etl.events_kept_from());
ANALYZE touched_sessions;

CREATE TEMP TABLE touched_clients ON COMMIT DROP AS
SELECT t.client_id,
       least(t.range_from, min(s.started_at)) AS range_from,
       greatest(t.range_to, max(s.ended_at)) AS range_to
FROM (
    SELECT client_id, min(event_timestamp) AS range_from, max(event_timestamp) AS range_to
    FROM touched_events WHERE session_id IS NULL AND client_id IS NOT NULL GROUP BY client_id
) t
LEFT JOIN sessions s
  ON s.client_id = t.client_id AND s.session_id IS NULL
 AND s.started_at < t.range_to + interval '1800 s' AND s.ended_at > t.range_from - interval '1800 s'
GROUP BY t.client_id, t.range_from, t.range_to;
DELETE FROM touched_clients WHERE range_from < (SELECT etl.events_kept_from());
ANALYZE touched_clients;

-- Days whose rollups change: those of the sessions as they were, and below as they become.
CREATE TEMP TABLE touched_session_starts (
    started_at timestamptz, ended_at timestamptz, client_id text, session_key text, gone boolean
) ON COMMIT DROP;

WITH gone AS (
    DELETE FROM sessions s USING touched_sessions t WHERE s.session_key = 's:' || t.session_id
    RETURNING s.started_at, s.ended_at, s.client_id, s.session_key, true
)
INSERT INTO touched_session_starts SELECT * FROM gone;

WITH gone AS (
    DELETE FROM sessions s USING touched_clients t
    WHERE s.client_id = t.client_id AND s.session_id IS NULL
      AND s.started_at BETWEEN t.range_from AND t.range_to
    RETURNING s.started_at, s.ended_at, s.client_id, s.session_key, true
)
INSERT INTO touched_session_starts SELECT * FROM gone;

CREATE TEMP TABLE session_hits ON COMMIT DROP AS
WITH hits AS NOT MATERIALIZED (
    SELECT e.event_id, e.event_timestamp, e.event_name, e.user_id, e.session_id, e.client_id, e.page_path, e.channel,
           e.utm_source, e.utm_medium, e.utm_campaign, e.device_type, e.country, e.is_bot, e.sequence, e.order_id,
           e.user_login_state, e.search_query
    FROM clickstream_events e
    WHERE e.event_timestamp >= (SELECT least((SELECT min(range_from) FROM touched_sessions),
                                             (SELECT min(range_from) FROM touched_clients)))
      AND e.event_timestamp <= (SELECT greatest((SELECT max(range_to) FROM touched_sessions),
                                                (SELECT max(range_to) FROM touched_clients)))
),
inferred AS (
    SELECT h.*,
           coalesce(extract(epoch FROM h.event_timestamp - lag(h.event_timestamp) OVER client) >= 1800, true) AS starts
    FROM hits h
    JOIN touched_clients t ON t.client_id = h.client_id AND h.event_timestamp BETWEEN t.range_from AND t.range_to
    WHERE h.session_id IS NULL
    WINDOW client AS (PARTITION BY h.client_id ORDER BY h.event_timestamp, h.sequence NULLS FIRST, h.event_id)
),
numbered AS (
    SELECT i.*,
           max(i.event_timestamp) FILTER (WHERE i.starts) OVER (
               PARTITION BY i.client_id ORDER BY i.event_timestamp, i.sequence NULLS FIRST, i.event_id
           ) AS session_start
    FROM inferred i
)
SELECT 's:' || h.session_id AS session_key, h.*
FROM hits h
JOIN touched_sessions t ON t.session_id = h.session_id AND h.event_timestamp BETWEEN t.range_from AND t.range_to
UNION ALL
SELECT 'i:' || n.client_id || ':' || extract(epoch FROM n.session_start)::text,
       n.event_id, n.event_timestamp, n.event_name, n.user_id, n.session_id, n.client_id, n.page_path, n.channel,
       n.utm_source, n.utm_medium, n.utm_campaign, n.device_type, n.country, n.is_bot, n.sequence, n.order_id,
       n.user_login_state, n.search_query
FROM numbered n;
ANALYZE session_hits;

-- One sort serves the numbering and every ordered aggregate. By the key's hash first: keys begin alike.
WITH numbered AS (
    SELECT h.*, row_number() OVER (
               PARTITION BY h.session_no, h.session_key ORDER BY h.event_timestamp, h.sequence NULLS FIRST, h.event_id
           ) AS place
    FROM (SELECT s.*, hashtextextended(s.session_key, 0) AS session_no FROM session_hits s) h
),
grouped AS (
    SELECT h.session_key, min(h.session_id) AS session_id,
           min(h.event_timestamp) AS started_at, max(h.event_timestamp) AS ended_at, count(*) AS events,
           count(*) FILTER (WHERE h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view')) AS page_views,
           array_agg(h.page_path ORDER BY h.event_timestamp, h.sequence NULLS FIRST, h.event_id)
               FILTER (WHERE h.page_path IS NOT NULL) AS pages,
           array_agg(h.client_id ORDER BY h.event_timestamp, h.sequence NULLS FIRST, h.event_id)
               FILTER (WHERE h.client_id IS NOT NULL) AS clients,
           array_agg(h.user_id ORDER BY h.event_timestamp, h.sequence NULLS FIRST, h.event_id)
               FILTER (WHERE h.user_id IS NOT NULL) AS users,
           array_agg(h.country ORDER BY h.event_timestamp, h.sequence NULLS FIRST, h.event_id)
               FILTER (WHERE h.country IS NOT NULL) AS countries,
           min(h.channel) FILTER (WHERE h.place = 1) AS channel,
           min(h.utm_source) FILTER (WHERE h.place = 1) AS utm_source,
           min(h.utm_medium) FILTER (WHERE h.place = 1) AS utm_medium,
           min(h.utm_campaign) FILTER (WHERE h.place = 1) AS utm_campaign,
           min(h.device_type) FILTER (WHERE h.place = 1) AS device_type,
           bool_or(h.is_bot) AS is_bot,
           bool_or(h.event_name = 'product_view') AS reached_product_view,
           bool_or(h.event_name = 'add_to_cart_click') AS reached_add_to_cart,
           bool_or(h.event_name = 'checkout_start') AS reached_checkout,
           bool_or(h.event_name = 'checkout_complete') AS reached_purchase
    FROM numbered h GROUP BY h.session_no, h.session_key
),
placed AS (
    SELECT h.session_key, o.order_id, o.total - o.refunded AS revenue, o.currency,
           first_value(o.currency) OVER (PARTITION BY h.session_key ORDER BY o.ordered_at, o.order_id) AS session_currency
    FROM session_hits h JOIN orders o ON o.event_id = h.event_id AND o.ordered_at = h.event_timestamp
    WHERE h.event_name = 'checkout_complete'
),
sales AS (
    SELECT session_key, count(*) AS orders, min(session_currency) AS currency,
           sum(revenue) FILTER (WHERE currency IS NOT DISTINCT FROM session_currency) AS revenue
    FROM placed GROUP BY session_key
),
made AS (
    INSERT INTO sessions (session_key, session_id, client_id, user_id, started_at, ended_at, duration_seconds, events,
                          page_views, entry_page, exit_page, channel, utm_source, utm_medium, utm_campaign, device_type,
                          country, is_bot, reached_view, reached_product_view, reached_add_to_cart, reached_checkout,
                          reached_purchase, orders, revenue, currency, user_ids)
    SELECT g.session_key, g.session_id, g.clients[1], g.users[cardinality(g.users)], g.started_at, g.ended_at,
           least(extract(epoch FROM g.ended_at - g.started_at), 2147483647)::integer,
           g.events, g.page_views, g.pages[1], g.pages[cardinality(g.pages)],
           g.channel, g.utm_source, g.utm_medium, g.utm_campaign, g.device_type, g.countries[1], g.is_bot,
           g.page_views > 0, g.reached_product_view, g.reached_add_to_cart, g.reached_checkout, g.reached_purchase,
           coalesce(s.orders, 0), coalesce(s.revenue, 0), s.currency,
           CASE WHEN g.users IS NULL THEN '{}' ELSE ARRAY(SELECT DISTINCT u FROM unnest(g.users) u ORDER BY u) END
    FROM grouped g LEFT JOIN sales s USING (session_key)
    RETURNING started_at, ended_at, client_id, session_key, false
)
INSERT INTO touched_session_starts SELECT * FROM made;
ANALYZE touched_session_starts;
