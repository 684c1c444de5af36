CREATE FUNCTION mart.timeseries(metric text, grain text, from_day date, to_day date, include_bots boolean DEFAULT false, in_currency text DEFAULT NULL)
RETURNS TABLE (at timestamptz, value numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    zone text;
    bounds record;
    starts timestamptz[];
BEGIN
    IF grain IS NULL OR grain NOT IN ('hour', 'day', 'week') THEN
        RAISE EXCEPTION 'unknown grain %: expected hour, day or week', grain USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF metric IS NULL OR metric NOT IN ('events', 'pageViews', 'sessions', 'visitors', 'orders', 'revenue') THEN
        RAISE EXCEPTION 'unknown metric %: expected events, pageViews, sessions, visitors, orders or revenue', metric
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT time_zone INTO zone FROM public.site;
    SELECT * INTO bounds FROM mart.range_of(from_day, to_day);
    starts := ARRAY(SELECT generate_series(date_trunc(grain, bounds.range_from, zone),
                                           bounds.range_to - interval '1 microsecond', ('1 ' || grain)::interval, zone));
    RETURN QUERY
    -- width_bucket gives the number of the bucket: a moment is in the last one that began, also where clocks change.
    WITH facts AS (
        SELECT width_bucket(h.hour, starts) AS bucket, sum(h.events)::numeric AS value
        FROM public.events_hourly h
        WHERE metric IN ('events', 'pageViews')
          AND h.hour >= bounds.range_from AND h.hour < bounds.range_to AND (include_bots OR NOT h.is_bot)
          AND (metric = 'events' OR h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view'))
        GROUP BY 1
        UNION ALL
        SELECT width_bucket(s.started_at, starts),
               CASE metric WHEN 'sessions' THEN count(*) ELSE count(DISTINCT s.client_id) END::numeric
        FROM public.sessions s
        WHERE metric IN ('sessions', 'visitors')
          AND s.started_at >= bounds.range_from AND s.started_at < bounds.range_to AND (include_bots OR NOT s.is_bot)
        GROUP BY 1
        UNION ALL
        SELECT width_bucket(o.ordered_at, starts),
               CASE metric WHEN 'orders' THEN count(*)
                           ELSE coalesce(sum(o.total - o.refunded) FILTER (WHERE o.currency IS NOT DISTINCT FROM
                                coalesce(in_currency, mart.main_currency(from_day, to_day))), 0) END::numeric
        FROM public.orders o
        WHERE metric IN ('orders', 'revenue')
          AND o.ordered_at >= bounds.range_from AND o.ordered_at < bounds.range_to AND (include_bots OR NOT o.is_bot)
        GROUP BY 1
    )
    SELECT b.at, coalesce(f.value, 0) FROM unnest(starts) WITH ORDINALITY b (at, bucket)
    LEFT JOIN facts f ON f.bucket = b.bucket ORDER BY b.at;
END
$$;
COMMENT ON FUNCTION mart.timeseries IS
    'A metric (events, pageViews, sessions, visitors, orders, revenue) per hour, day or week of the site''s time zone; empty buckets are 0';
