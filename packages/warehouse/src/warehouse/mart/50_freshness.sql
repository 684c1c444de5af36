-- Of the schema etl, which the dashboard does not see: hence SECURITY DEFINER.
CREATE FUNCTION mart.newest_event() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT max(newest_event_at) FROM etl.windows
$$;
COMMENT ON FUNCTION mart.newest_event IS 'When the newest event happened; NULL in an empty warehouse';

CREATE FUNCTION mart.newest_receipt() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT max(newest_received_at) FROM etl.windows
$$;
COMMENT ON FUNCTION mart.newest_receipt IS 'The newest receipt that is loaded; NULL in an empty warehouse';

-- One row, readable by the dashboard, which sees nothing else of the schema etl: hence SECURITY DEFINER.
CREATE FUNCTION mart.freshness()
RETURNS TABLE (
    newest_event_at timestamptz, newest_received_at timestamptz, watermark timestamptz, last_tick_at timestamptz,
    lag_seconds bigint, windows bigint, failing_windows bigint, pending_windows bigint, objects bigint, collected bigint,
    loaded bigint, duplicates bigint, rejected bigint, withheld bigint, balanced boolean
)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH w AS (
        SELECT count(*) AS windows, count(*) FILTER (WHERE state = 'failed') AS failing,
               count(*) FILTER (WHERE state IN ('pending', 'running')) AS pending,
               min(ingest_window) FILTER (WHERE state <> 'loaded') AS oldest_unfinished,
               min(ingest_window) FILTER (WHERE state <> 'loaded' AND (state = 'failed' OR attempts > 0)) AS oldest_failed,
               min(ingest_window) FILTER (WHERE state IN ('pending', 'running') AND attempts = 0) AS oldest_noted,
               min(updated_at) FILTER (WHERE state IN ('pending', 'running') AND attempts = 0) AS noted_at,
               coalesce(sum(objects), 0)::bigint AS objects,
               coalesce(sum(collected), 0)::bigint AS collected, coalesce(sum(loaded), 0)::bigint AS loaded,
               coalesce(sum(duplicates), 0)::bigint AS duplicates, coalesce(sum(rejected), 0)::bigint AS rejected,
               coalesce(sum(withheld), 0)::bigint AS withheld
        FROM etl.windows
    ),
    t AS (
        SELECT max(started_at) AS last_tick_at, max(window_to) AS planned_to,
               max(started_at) FILTER (WHERE finished_at < w.noted_at) AS all_seen_at
        FROM etl.runs, w WHERE trigger = 'schedule' AND state = 'succeeded'
    )
    SELECT mart.newest_event(), mart.newest_receipt(),
           -- Before the first tick nobody has looked at the whole lake, whatever was loaded by hand.
           CASE WHEN t.planned_to IS NOT NULL THEN least(w.oldest_unfinished, t.planned_to) END, t.last_tick_at,
           CASE WHEN t.last_tick_at IS NOT NULL
                -- What waits in a window that is no failure came after the last good tick before it was noted: that one
                -- had seen all there was. Else every tick would say, while it loads, that it is behind by an hour.
                THEN greatest(extract(epoch FROM now() - least(
                         t.last_tick_at, w.oldest_failed, greatest(w.oldest_noted, t.all_seen_at)))::bigint, 0) END,
           w.windows, w.failing, w.pending, w.objects, w.collected, w.loaded, w.duplicates, w.rejected, w.withheld,
           w.collected = w.loaded + w.duplicates + w.rejected + w.withheld
    FROM w, t
$$;
COMMENT ON FUNCTION mart.freshness IS
    'How new the warehouse is and whether its books balance: collected = loaded + duplicates + rejected + withheld';
