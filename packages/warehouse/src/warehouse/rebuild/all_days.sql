-- Everything is touched: what the rollups look at, for all there is.
TRUNCATE events_hourly, sessions_daily, funnel_daily, products_daily;

CREATE TEMP TABLE touched_session_starts ON COMMIT DROP AS SELECT started_at, client_id FROM sessions;

-- Both ends of an hour: in between, another hour or day of the site may begin.
CREATE TEMP TABLE touched_events ON COMMIT DROP AS
SELECT DISTINCT event_name, date_trunc('hour', event_timestamp) + half AS event_timestamp
FROM clickstream_events, unnest(ARRAY[interval '0', interval '59 minutes']) half;
