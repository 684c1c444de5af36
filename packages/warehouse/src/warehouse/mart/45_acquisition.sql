-- Visitors from the sums by facet where no other filter is asked for. Else a client's channels as bits of a number: its
-- sessions come from the index in an order that makes grouping them cheap, and there are few combinations of channels to
-- count in the end. The contract has fewer channels than a number has bits.
CREATE FUNCTION mart.by_channel(from_day date, to_day date, filters jsonb, in_currency text)
RETURNS TABLE (
    value text, medium text, sessions bigint, visitors bigint, bounce_rate numeric, add_to_carts bigint, orders bigint,
    revenue numeric, currency text, conversion_rate numeric
)
LANGUAGE sql STABLE PARALLEL SAFE SET enable_hashagg = off AS $$
    WITH known AS MATERIALIZED (
        SELECT a.audience_id, a.channel, (dense_rank() OVER (ORDER BY a.channel))::integer - 1 AS number
        FROM public.audiences a
    ),
    combinations AS MATERIALIZED (
        SELECT c.channels, count(*) AS clients
        FROM (
            SELECT bit_or(1::bigint << k.number) AS channels
            FROM mart.visits_of(from_day, to_day, filters) v JOIN known k ON k.audience_id = v.audience_id
            WHERE v.client_no IS NOT NULL AND NOT mart.only_channels(filters) GROUP BY v.client_no
        ) c
        GROUP BY c.channels
    ),
    seen AS (
        SELECT k.channel, sum(f.visitors) AS visitors
        FROM (SELECT DISTINCT channel FROM known) k,
             LATERAL mart.first_visits(from_day, to_day, 'channel:' || k.channel, mart.with_bots(filters)) f
        WHERE mart.only_channels(filters) GROUP BY k.channel
        UNION ALL
        SELECT k.channel, sum(c.clients)
        FROM (SELECT DISTINCT channel, number FROM known) k
        JOIN combinations c ON c.channels & (1::bigint << k.number) <> 0
        WHERE NOT mart.only_channels(filters) GROUP BY k.channel
    ),
    s AS (
        SELECT k.channel, sum(d.sessions)::bigint AS sessions, sum(d.bounces) AS bounces, sum(d.converted) AS converted
        FROM mart.session_days(from_day, to_day, filters) d JOIN known k ON k.audience_id = d.audience_id GROUP BY 1
    ),
    e AS (
        SELECT k.channel, sum(d.add_to_cart_click)::bigint AS add_to_carts
        FROM mart.event_days(from_day, to_day, filters) d JOIN known k ON k.audience_id = d.audience_id GROUP BY 1
    ),
    o AS (
        SELECT k.channel, count(*) AS orders,
               coalesce(sum(p.revenue) FILTER (WHERE p.currency IS NOT DISTINCT FROM in_currency), 0) AS revenue
        FROM mart.orders_of(from_day, to_day, filters) p JOIN known k ON k.audience_id = p.audience_id GROUP BY 1
    )
    SELECT n.channel, NULL::text, coalesce(s.sessions, 0), coalesce(v.visitors, 0)::bigint,
           round(s.bounces / nullif(s.sessions, 0), 6), coalesce(e.add_to_carts, 0), coalesce(o.orders, 0),
           coalesce(o.revenue, 0), in_currency, round(s.converted / nullif(s.sessions, 0), 6)
    FROM (SELECT DISTINCT k.channel FROM known k) n LEFT JOIN s ON s.channel = n.channel
    LEFT JOIN seen v ON v.channel = n.channel LEFT JOIN e ON e.channel = n.channel LEFT JOIN o ON o.channel = n.channel
    WHERE s.sessions > 0 OR o.orders > 0
    ORDER BY 3 DESC, 1
$$;
COMMENT ON FUNCTION mart.by_channel IS
    'Sessions by channel: visitors, bounces, carts and orders of the days, revenue, conversion';

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
    IF group_by = 'channel' THEN
        RETURN QUERY SELECT * FROM mart.by_channel(from_day, to_day, filters, money);
        RETURN;
    END IF;
    RETURN QUERY
    WITH s AS (
        SELECT coalesce(CASE group_by WHEN 'source' THEN f.utm_source ELSE f.utm_campaign END, '(not set)') AS value,
               f.utm_medium AS medium, f.client_no, count(*) AS sessions, count(*) FILTER (WHERE f.page_views <= 1) AS bounces,
               sum(f.add_to_carts) AS add_to_carts, count(*) FILTER (WHERE f.orders > 0) AS converted
        FROM mart.sessions_of(from_day, to_day, filters) f GROUP BY 1, 2, f.client_no
    ),
    totals AS (
        SELECT s.value, s.medium, sum(s.sessions) AS sessions, count(s.client_no) AS visitors, sum(s.bounces) AS bounces,
               sum(s.add_to_carts) AS add_to_carts, sum(s.converted) AS converted
        FROM s GROUP BY s.value, s.medium
    ),
    placed AS (
        SELECT coalesce(CASE group_by WHEN 'source' THEN f.utm_source ELSE f.utm_campaign END, '(not set)') AS value,
               f.utm_medium AS medium, count(*) AS orders, coalesce(sum(o.revenue) FILTER (WHERE o.currency IS NOT DISTINCT FROM money), 0) AS revenue
        FROM mart.orders_of(from_day, to_day, filters) o
        -- A session of the day before may have placed it.
        LEFT JOIN public.session_facts f
               ON f.session_no = o.session_no AND f.day BETWEEN from_day - 1 AND to_day
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
    WITH days AS (
        SELECT n.day::date AS day, n.day AT TIME ZONE z.time_zone AS at
        FROM public.site z, generate_series(from_day::timestamp, to_day::timestamp, '1 day') n (day)
    ),
    visitors AS (
        SELECT f.day, sum(f.visitors)::bigint AS visitors,
               coalesce(sum(f.visitors) FILTER (WHERE f.days_since > 0 OR f.days_known > 0), 0)::bigint AS returning_visitors
        FROM public.facet_visitors f
        WHERE f.facet = mart.facet_of_visitors(filters) AND f.with_bots = mart.with_bots(filters)
          AND f.day BETWEEN from_day AND to_day
        GROUP BY f.day
        UNION ALL
        SELECT v.day, count(DISTINCT v.client_no), count(DISTINCT v.client_no) FILTER (WHERE v.client_since < d.at)
        FROM mart.visits_of(from_day, to_day, filters) v JOIN days d ON d.day = v.day
        WHERE mart.facet_of_visitors(filters) IS NULL GROUP BY v.day
    )
    SELECT d.day, d.at, coalesce(v.visitors - v.returning_visitors, 0), coalesce(v.returning_visitors, 0)
    FROM days d LEFT JOIN visitors v ON v.day = d.day ORDER BY d.day
$$;
COMMENT ON FUNCTION mart.visitors IS 'Visitors per day: new where their first session ever began that day, else returning';

CREATE FUNCTION mart.visitor_totals(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (new_visitors bigint, returning_visitors bigint, new_orders bigint, returning_orders bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH counted AS (
        SELECT sum(f.visitors) FILTER (WHERE f.is_new) AS new_visitors,
               sum(f.visitors) FILTER (WHERE NOT f.is_new) AS returning_visitors
        FROM mart.first_visits(from_day, to_day, mart.facet_of_visitors(filters), mart.with_bots(filters)) f
        WHERE mart.facet_of_visitors(filters) IS NOT NULL
        UNION ALL
        SELECT count(DISTINCT v.client_no) FILTER (WHERE v.client_since >= r.range_from),
               count(DISTINCT v.client_no) FILTER (WHERE v.client_since < r.range_from)
        FROM mart.visits_of(from_day, to_day, filters) v, mart.range_of(from_day, to_day) r
        WHERE mart.facet_of_visitors(filters) IS NULL
    ),
    bought AS (
        SELECT sum(s.orders) FILTER (WHERE s.client_since >= r.range_from) AS new_orders,
               sum(s.orders) FILTER (WHERE s.client_since < r.range_from) AS returning_orders
        FROM mart.sessions_of(from_day, to_day, filters) s, mart.range_of(from_day, to_day) r
        WHERE s.orders > 0 AND s.client_no IS NOT NULL
    )
    SELECT coalesce(sum(c.new_visitors), 0)::bigint, coalesce(sum(c.returning_visitors), 0)::bigint,
           coalesce(min(b.new_orders), 0)::bigint, coalesce(min(b.returning_orders), 0)::bigint
    FROM counted c, bought b
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
        FROM mart.visits_of(from_day, to_day, filters) s
        WHERE s.client_no IS NOT NULL AND s.client_since >= (SELECT range_from FROM mart.range_of(from_day, to_day))
          AND mart.facet_of_visitors(filters) IS NULL
        GROUP BY 1, 2
    ),
    seen AS (
        SELECT date_trunc('week', f.first_day::timestamp)::date AS cohort, date_trunc('week', f.day::timestamp)::date AS monday,
               sum(f.visitors)::bigint AS visitors
        FROM public.facet_cohorts f
        WHERE f.facet = mart.facet_of_visitors(filters) AND f.with_bots = mart.with_bots(filters)
          AND f.first_day BETWEEN from_day AND to_day AND f.day <= to_day
        GROUP BY 1, 2
        UNION ALL
        SELECT c.monday, v.monday, count(*)
        FROM visits v JOIN starts c ON v.client_since >= c.range_from AND v.client_since < c.range_to
        GROUP BY 1, 2
    )
    SELECT s.cohort, (s.monday - s.cohort) / 7, s.visitors FROM seen s
    WHERE (s.monday - s.cohort) / 7 <= max_weeks ORDER BY 1, 2
$$;
COMMENT ON FUNCTION mart.retention IS
    'Cohorts of the visitors whose first session ever was on the days, by its week (Mondays): how many were seen again so many weeks later; week 0 is the cohort';
