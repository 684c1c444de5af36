-- Everything is touched: what the daily rollups look at, for all there is.
TRUNCATE sessions_daily, funnel_daily, products_daily;

CREATE TEMP TABLE touched_session_starts ON COMMIT DROP AS SELECT started_at, client_id FROM sessions;

CREATE TEMP TABLE touched_events ON COMMIT DROP AS
SELECT DISTINCT event_name, date_trunc('hour', event_timestamp) + half AS event_timestamp
FROM event_items, unnest(ARRAY[interval '0', interval '59 minutes']) half;
