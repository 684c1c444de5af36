CREATE FUNCTION mart.timeseries(metric text, grain text, from_day date, to_day date, filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (at timestamptz, value numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    zone text;
    bounds record;
    starts timestamptz[];
    money text;
BEGIN
    IF grain IS NULL OR grain NOT IN ('hour', 'day', 'week') THEN
        RAISE EXCEPTION 'unknown grain %: expected hour, day or week', grain USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF metric IS NULL OR metric NOT IN ('events', 'pageViews', 'productViews', 'addToCarts', 'sessions', 'visitors', 'orders', 'revenue') THEN
        RAISE EXCEPTION 'unknown metric %: expected events, pageViews, productViews, addToCarts, sessions, visitors, orders or revenue', metric
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT time_zone INTO zone FROM public.site;
    SELECT * INTO bounds FROM mart.range_of(from_day, to_day);
    IF metric = 'revenue' THEN
        money := coalesce(in_currency, mart.main_currency(from_day, to_day));
    END IF;
    starts := ARRAY(SELECT generate_series(date_trunc(grain, bounds.range_from, zone),
                                           bounds.range_to - interval '1 microsecond', ('1 ' || grain)::interval, zone));
    RETURN QUERY
    -- width_bucket gives the number of the bucket: a moment is in the last one that began, also where clocks change.
    WITH facts AS (
        SELECT width_bucket(d.day::timestamp AT TIME ZONE zone, starts) AS bucket, sum(d.value)::numeric AS value
        FROM (
            SELECT e.day, CASE metric
                       WHEN 'events' THEN sum(e.events)
                       WHEN 'pageViews' THEN coalesce(sum(e.page_view), 0) + coalesce(sum(e.home_view), 0)
                                             + coalesce(sum(e.category_view), 0) + coalesce(sum(e.product_view), 0)
                       WHEN 'productViews' THEN sum(e.product_view) ELSE sum(e.add_to_cart_click) END AS value
            FROM mart.event_days(from_day, to_day, filters) e
            WHERE grain <> 'hour' AND metric IN ('events', 'pageViews', 'productViews', 'addToCarts')
            GROUP BY e.day
            UNION ALL
            SELECT s.day, sum(s.sessions) FROM mart.session_days(from_day, to_day, filters) s
            WHERE grain <> 'hour' AND metric = 'sessions' GROUP BY s.day
            UNION ALL
            SELECT o.day, sum(CASE WHEN metric = 'orders' THEN o.orders
                                   WHEN o.currency = coalesce(money, '') THEN o.revenue ELSE 0 END)
            FROM mart.orders_by_day(from_day, to_day, filters) o
            WHERE grain <> 'hour' AND metric IN ('orders', 'revenue') GROUP BY o.day
            UNION ALL
            SELECT f.day, f.visitors FROM public.facet_visitors f
            WHERE grain = 'day' AND metric = 'visitors' AND f.facet = mart.facet_of_visitors(filters)
              AND f.with_bots = mart.with_bots(filters) AND f.day BETWEEN from_day AND to_day
            UNION ALL
            -- Of a week those who had not come in it before, within the days.
            SELECT f.day, f.visitors FROM public.facet_visitors f
            WHERE grain = 'week' AND metric = 'visitors' AND f.facet = mart.facet_of_visitors(filters)
              AND f.with_bots = mart.with_bots(filters) AND f.day BETWEEN from_day AND to_day
              AND (f.days_since = 0
                   OR f.day - f.days_since < greatest(date_trunc('week', f.day::timestamp)::date, from_day))
            UNION ALL
            SELECT v.day, count(DISTINCT v.client_no) FROM mart.visits_of(from_day, to_day, filters) v
            WHERE grain = 'day' AND metric = 'visitors' AND mart.facet_of_visitors(filters) IS NULL GROUP BY v.day
        ) d
        GROUP BY 1
        UNION ALL
        SELECT width_bucket(h.hour, starts), h.value
        FROM (
            SELECT e.hour, CASE metric WHEN 'events' THEN sum(e.events) WHEN 'pageViews' THEN sum(e.page_views)
                                       WHEN 'productViews' THEN sum(e.product_views) ELSE sum(e.add_to_carts) END AS value
            FROM mart.event_hours(from_day, to_day, filters) e
            WHERE grain = 'hour' AND metric IN ('events', 'pageViews', 'productViews', 'addToCarts')
            GROUP BY e.hour
        ) h
        UNION ALL
        SELECT width_bucket(s.at, starts), sum(s.sessions)
        FROM mart.session_starts(from_day, to_day, filters) s WHERE grain = 'hour' AND metric = 'sessions' GROUP BY 1
        UNION ALL
        SELECT width_bucket(v.day::timestamp AT TIME ZONE zone, starts), count(DISTINCT v.client_no)::numeric
        FROM mart.visits_of(from_day, to_day, filters) v
        WHERE grain = 'week' AND metric = 'visitors' AND mart.facet_of_visitors(filters) IS NULL GROUP BY 1
        UNION ALL
        SELECT width_bucket(v.hour, starts), v.visitors
        FROM mart.visitor_hours(from_day, to_day, filters) v WHERE grain = 'hour' AND metric = 'visitors'
        UNION ALL
        SELECT width_bucket(o.ordered_at, starts),
               CASE metric WHEN 'orders' THEN count(*)
                           ELSE coalesce(sum(o.revenue) FILTER (WHERE o.currency IS NOT DISTINCT FROM money), 0) END::numeric
        FROM mart.orders_of(from_day, to_day, filters) o
        WHERE grain = 'hour' AND metric IN ('orders', 'revenue') GROUP BY 1
    )
    SELECT b.at, coalesce(f.value, 0) FROM unnest(starts) WITH ORDINALITY b (at, bucket)
    LEFT JOIN (SELECT g.bucket, sum(g.value) AS value FROM facts g GROUP BY g.bucket) f ON f.bucket = b.bucket ORDER BY b.at;
END
$$;
COMMENT ON FUNCTION mart.timeseries IS
    'A metric (events, pageViews, productViews, addToCarts, sessions, visitors, orders, revenue) per hour, day or week of the site''s time zone; empty buckets are 0';

CREATE FUNCTION mart.heatmap(metric text, from_day date, to_day date, filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (weekday integer, hour integer, value numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    zone text;
    money text;
BEGIN
    IF metric IS NULL OR metric NOT IN ('events', 'sessions', 'orders', 'revenue') THEN
        RAISE EXCEPTION 'unknown metric %: expected events, sessions, orders or revenue', metric
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT time_zone INTO zone FROM public.site;
    IF metric = 'revenue' THEN
        money := coalesce(in_currency, mart.main_currency(from_day, to_day));
    END IF;
    RETURN QUERY
    WITH facts AS (
        SELECT e.hour AS instant, sum(e.events)::numeric AS value
        FROM mart.event_hours(from_day, to_day, filters) e WHERE metric = 'events' GROUP BY e.hour
        UNION ALL
        SELECT s.at, s.sessions::numeric FROM mart.session_starts(from_day, to_day, filters) s WHERE metric = 'sessions'
        UNION ALL
        SELECT o.ordered_at, CASE WHEN metric = 'orders' THEN 1
                                  WHEN o.currency IS NOT DISTINCT FROM money THEN o.revenue ELSE 0 END
        FROM mart.orders_of(from_day, to_day, filters) o WHERE metric IN ('orders', 'revenue')
    ),
    cells AS (
        SELECT extract(isodow FROM f.instant AT TIME ZONE zone)::integer AS weekday,
               extract(hour FROM f.instant AT TIME ZONE zone)::integer AS hour, sum(f.value) AS value
        FROM facts f GROUP BY 1, 2
    )
    SELECT w.weekday, h.hour, coalesce(c.value, 0)
    FROM generate_series(1, 7) w (weekday) CROSS JOIN generate_series(0, 23) h (hour)
    LEFT JOIN cells c ON c.weekday = w.weekday AND c.hour = h.hour ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION mart.heatmap IS
    'A metric (events, sessions, orders, revenue) by weekday (Monday is 1) and hour of the site''s clock: all 168 cells';
