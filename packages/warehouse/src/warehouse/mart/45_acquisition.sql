CREATE FUNCTION mart.channels(from_day date, to_day date, group_by text DEFAULT 'channel', filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (
    value text, medium text, sessions bigint, visitors bigint, bounce_rate numeric, add_to_carts bigint, orders bigint,
    revenue numeric, currency text, conversion_rate numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    money text := coalesce(in_currency, mart.main_currency(from_day, to_day));
BEGIN
    IF group_by IS NULL OR group_by NOT IN ('channel', 'source', 'campaign') THEN
        RAISE EXCEPTION 'unknown grouping %: expected channel, source or campaign', group_by USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    WITH s AS (
        SELECT CASE group_by WHEN 'channel' THEN a.channel WHEN 'source' THEN coalesce(f.utm_source, '(not set)')
                             ELSE coalesce(f.utm_campaign, '(not set)') END AS value,
               CASE WHEN group_by <> 'channel' THEN f.utm_medium END AS medium,
               f.client_no, count(*) AS sessions, count(*) FILTER (WHERE f.page_views <= 1) AS bounces,
               sum(f.add_to_carts) AS add_to_carts, count(*) FILTER (WHERE f.orders > 0) AS converted
        FROM mart.sessions_of(from_day, to_day, filters) f JOIN public.audiences a ON a.audience_id = f.audience_id
        GROUP BY 1, 2, f.client_no
    ),
    totals AS (
        SELECT s.value, s.medium, sum(s.sessions) AS sessions, count(s.client_no) AS visitors, sum(s.bounces) AS bounces,
               sum(s.add_to_carts) AS add_to_carts, sum(s.converted) AS converted
        FROM s GROUP BY s.value, s.medium
    ),
    placed AS (
        SELECT CASE group_by WHEN 'channel' THEN a.channel WHEN 'source' THEN coalesce(f.utm_source, '(not set)')
                             ELSE coalesce(f.utm_campaign, '(not set)') END AS value,
               CASE WHEN group_by <> 'channel' THEN f.utm_medium END AS medium,
               count(*) AS orders, coalesce(sum(o.revenue) FILTER (WHERE o.currency IS NOT DISTINCT FROM money), 0) AS revenue
        FROM mart.orders_of(from_day, to_day, filters) o
        JOIN public.audiences a ON a.audience_id = o.audience_id
        -- A session of the day before may have placed it.
        LEFT JOIN public.session_facts f
               ON group_by <> 'channel' AND f.session_no = o.session_no AND f.day BETWEEN from_day - 1 AND to_day
        GROUP BY 1, 2
    )
    SELECT v.value, v.medium, coalesce(t.sessions, 0)::bigint, coalesce(t.visitors, 0), round(t.bounces / nullif(t.sessions, 0), 6),
           coalesce(t.add_to_carts, 0)::bigint, coalesce(p.orders, 0), coalesce(p.revenue, 0), money,
           round(t.converted / nullif(t.sessions, 0), 6)
    FROM (SELECT a.value, a.medium FROM totals a UNION SELECT b.value, b.medium FROM placed b) v
    LEFT JOIN totals t ON t.value = v.value AND t.medium IS NOT DISTINCT FROM v.medium
    LEFT JOIN placed p ON p.value = v.value AND p.medium IS NOT DISTINCT FROM v.medium
    ORDER BY 3 DESC, 1, 2;
END
$$;
COMMENT ON FUNCTION mart.channels IS
    'Sessions by channel, or by source or campaign and medium of their first hit: visitors, bounces, carts, orders placed on the days, revenue, conversion';

CREATE FUNCTION mart.visitors(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (day date, at timestamptz, new_visitors bigint, returning_visitors bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT n.day::date, n.day::date::timestamp AT TIME ZONE z.time_zone,
           count(v.client_no) FILTER (WHERE v.new), count(v.client_no) FILTER (WHERE NOT v.new)
    FROM public.site z CROSS JOIN generate_series(from_day::timestamp, to_day::timestamp, '1 day') n (day)
    LEFT JOIN (
        SELECT s.day, s.client_no, min(s.client_since) >= s.day::timestamp AT TIME ZONE z.time_zone AS new
        FROM mart.sessions_of(from_day, to_day, filters) s, public.site z
        WHERE s.client_no IS NOT NULL GROUP BY s.day, s.client_no, z.time_zone
    ) v ON v.day = n.day::date
    GROUP BY n.day, z.time_zone ORDER BY n.day
$$;
COMMENT ON FUNCTION mart.visitors IS 'Visitors per day: new where their first session ever began that day, else returning';

CREATE FUNCTION mart.visitor_totals(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (new_visitors bigint, returning_visitors bigint, new_orders bigint, returning_orders bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT count(*) FILTER (WHERE v.new), count(*) FILTER (WHERE NOT v.new),
           coalesce(sum(v.orders) FILTER (WHERE v.new), 0)::bigint, coalesce(sum(v.orders) FILTER (WHERE NOT v.new), 0)::bigint
    FROM (
        SELECT s.client_no, min(s.client_since) >= (SELECT range_from FROM mart.range_of(from_day, to_day)) AS new,
               sum(s.orders) AS orders
        FROM mart.sessions_of(from_day, to_day, filters) s WHERE s.client_no IS NOT NULL GROUP BY s.client_no
    ) v
$$;
COMMENT ON FUNCTION mart.visitor_totals IS
    'Visitors of the days: new where their first session ever began in them, else returning; orders of their sessions';

CREATE FUNCTION mart.retention(from_day date, to_day date, max_weeks integer DEFAULT 8, filters jsonb DEFAULT '{}')
RETURNS TABLE (cohort date, week integer, visitors bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH starts AS (
        SELECT n.day::date AS monday, n.day AT TIME ZONE z.time_zone AS range_from,
               (n.day + interval '7 days') AT TIME ZONE z.time_zone AS range_to
        FROM public.site z, generate_series(date_trunc('week', from_day::timestamp), to_day::timestamp, '7 days') n (day)
    ),
    visits AS (
        -- Each client once a week: what it did besides does not matter here.
        SELECT s.client_no, date_trunc('week', s.day::timestamp)::date AS monday, min(s.client_since) AS client_since
        FROM mart.sessions_of(from_day, to_day, filters) s
        WHERE s.client_no IS NOT NULL AND s.client_since >= (SELECT range_from FROM mart.range_of(from_day, to_day))
        GROUP BY 1, 2
    )
    SELECT c.monday, ((v.monday - c.monday) / 7), count(*)
    FROM visits v JOIN starts c ON v.client_since >= c.range_from AND v.client_since < c.range_to
    WHERE (v.monday - c.monday) / 7 <= max_weeks
    GROUP BY 1, 2 ORDER BY 1, 2
$$;
COMMENT ON FUNCTION mart.retention IS
    'Cohorts of the visitors whose first session ever was on the days, by its week (Mondays): how many were seen again so many weeks later; week 0 is the cohort';
