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
DELETE FROM touched_sessions WHERE range_from < etl.events_kept_from();
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
DELETE FROM touched_clients WHERE range_from < etl.events_kept_from();
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
WITH hits AS (
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

WITH first_hits AS (
    SELECT DISTINCT ON (session_key) session_key, channel, utm_source, utm_medium, utm_campaign, device_type
    FROM session_hits ORDER BY session_key, event_timestamp, sequence NULLS FIRST, event_id
),
entries AS (
    SELECT DISTINCT ON (session_key) session_key, page_path
    FROM session_hits WHERE page_path IS NOT NULL ORDER BY session_key, event_timestamp, sequence NULLS FIRST, event_id
),
exits AS (
    SELECT DISTINCT ON (session_key) session_key, page_path
    FROM session_hits WHERE page_path IS NOT NULL
    ORDER BY session_key, event_timestamp DESC, sequence DESC NULLS LAST, event_id DESC
),
people AS (
    SELECT session_key,
           (array_agg(client_id ORDER BY event_timestamp, event_id) FILTER (WHERE client_id IS NOT NULL))[1] AS client_id,
           (array_agg(user_id ORDER BY event_timestamp DESC, event_id DESC) FILTER (WHERE user_id IS NOT NULL))[1] AS user_id,
           (array_agg(country ORDER BY event_timestamp, event_id) FILTER (WHERE country IS NOT NULL))[1] AS country,
           coalesce(array_agg(DISTINCT user_id ORDER BY user_id) FILTER (WHERE user_id IS NOT NULL), '{}') AS user_ids
    FROM session_hits GROUP BY session_key
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
    SELECT h.session_key, min(h.session_id), min(p.client_id), min(p.user_id),
           min(h.event_timestamp), max(h.event_timestamp),
           least(extract(epoch FROM max(h.event_timestamp) - min(h.event_timestamp)), 2147483647)::integer,
           count(*),
           count(*) FILTER (WHERE h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view')),
           min(n.page_path), min(x.page_path),
           min(f.channel), min(f.utm_source), min(f.utm_medium), min(f.utm_campaign), min(f.device_type),
           min(p.country), bool_or(h.is_bot),
           bool_or(h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view')),
           bool_or(h.event_name = 'product_view'),
           bool_or(h.event_name = 'add_to_cart_click'),
           bool_or(h.event_name = 'checkout_start'),
           bool_or(h.event_name = 'checkout_complete'),
           coalesce(min(s.orders), 0), coalesce(min(s.revenue), 0), min(s.currency), min(p.user_ids)
    FROM session_hits h
    JOIN first_hits f USING (session_key)
    JOIN people p USING (session_key)
    LEFT JOIN entries n USING (session_key)
    LEFT JOIN exits x USING (session_key)
    LEFT JOIN sales s USING (session_key)
    GROUP BY h.session_key
    RETURNING started_at, ended_at, client_id, session_key, false
)
INSERT INTO touched_session_starts SELECT * FROM made;
ANALYZE touched_session_starts;
