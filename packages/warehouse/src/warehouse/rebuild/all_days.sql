-- Everything is touched: what the rollups and facts look at, for all there is.
TRUNCATE events_hourly, sessions_daily, funnel_daily, products_daily, audience_days,
         session_facts, session_hours, session_pages, session_products, session_orders, session_searches;

CREATE TEMP TABLE touched_session_starts ON COMMIT DROP AS
SELECT started_at, ended_at, client_id, session_key, false AS gone FROM sessions;

CREATE TEMP TABLE session_hits ON COMMIT DROP AS
SELECT s.session_key, e.event_id, e.event_timestamp, e.event_name, e.page_path, e.is_bot, e.user_login_state, e.search_query
FROM sessions s JOIN clickstream_events e ON e.session_id = s.session_id
UNION ALL
SELECT s.session_key, e.event_id, e.event_timestamp, e.event_name, e.page_path, e.is_bot, e.user_login_state, e.search_query
FROM sessions s
JOIN clickstream_events e ON e.client_id = s.client_id AND e.event_timestamp BETWEEN s.started_at AND s.ended_at
WHERE s.session_id IS NULL AND e.session_id IS NULL;
ANALYZE session_hits;

-- Both ends of an hour: in between, another hour or day of the site may begin.
CREATE TEMP TABLE touched_events ON COMMIT DROP AS
SELECT DISTINCT event_name, date_trunc('hour', event_timestamp) + half AS event_timestamp,
       coalesce(session_id, client_id) AS session_id, NULL::text AS client_id
FROM clickstream_events, unnest(ARRAY[interval '0', interval '59 minutes']) half;
