-- Visitors by how they came: from the sums by facet where they tell, else counted.
CREATE FUNCTION mart.acquired_visitors(from_day date, to_day date, group_by text, filters jsonb)
RETURNS TABLE (value text, medium text, visitors bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.value, f.medium, sum(f.visitors)::bigint
    FROM public.facet_acquisition f
    WHERE f.facet = mart.facet_of_visitors(filters) AND NOT mart.with_bots(filters) AND f.kind = group_by
      AND f.day BETWEEN from_day AND to_day AND (f.days_since = 0 OR f.day - f.days_since < from_day)
    GROUP BY f.value, f.medium
    UNION ALL
    SELECT n.value, n.medium, count(DISTINCT n.client_no)
    FROM (
        SELECT CASE group_by WHEN 'channel' THEN a.channel WHEN 'source' THEN c.utm_source ELSE c.utm_campaign END AS value,
               CASE WHEN group_by = 'channel' THEN '' ELSE c.utm_medium END AS medium, v.client_no
        FROM mart.visits_of(from_day, to_day, filters) v
        JOIN public.audiences a USING (audience_id) JOIN public.campaigns c USING (campaign_id)
        WHERE v.client_no IS NOT NULL AND (mart.facet_of_visitors(filters) IS NULL OR mart.with_bots(filters))
    ) n
    GROUP BY n.value, n.medium
$$;
COMMENT ON FUNCTION mart.acquired_visitors IS 'Visitors of the days by channel, or by source or campaign and medium; empty: none';

CREATE FUNCTION mart.by_channel(from_day date, to_day date, filters jsonb, in_currency text)
RETURNS TABLE (
    value text, medium text, sessions bigint, visitors bigint, bounce_rate numeric, add_to_carts bigint, orders bigint,
    revenue numeric, currency text, conversion_rate numeric
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH parts AS (
        SELECT d.audience_id, d.sessions, d.bounces, d.converted, 0 AS add_to_carts, 0 AS orders, 0 AS revenue
        FROM mart.session_days(from_day, to_day, filters) d
        UNION ALL
        SELECT d.audience_id, 0, 0, 0, d.add_to_cart_click, 0, 0 FROM mart.event_days(from_day, to_day, filters) d
        UNION ALL
        SELECT o.audience_id, 0, 0, 0, 0, o.orders,
               CASE WHEN o.currency = coalesce(in_currency, '') THEN o.revenue ELSE 0 END
        FROM mart.orders_by_day(from_day, to_day, filters) o
    ),
    totals AS (
        SELECT a.channel, sum(p.sessions)::bigint AS sessions, sum(p.bounces) AS bounces, sum(p.converted) AS converted,
               sum(p.add_to_carts)::bigint AS add_to_carts, sum(p.orders)::bigint AS orders, sum(p.revenue) AS revenue
        FROM parts p JOIN public.audiences a USING (audience_id) GROUP BY a.channel
    )
    SELECT t.channel, NULL::text, t.sessions, coalesce(v.visitors, 0), round(t.bounces / nullif(t.sessions, 0), 6),
           t.add_to_carts, t.orders, t.revenue, in_currency, round(t.converted / nullif(t.sessions, 0), 6)
    FROM totals t LEFT JOIN mart.acquired_visitors(from_day, to_day, 'channel', filters) v ON v.value = t.channel
    WHERE t.sessions > 0 OR t.orders > 0
    ORDER BY 3 DESC, 1
$$;
COMMENT ON FUNCTION mart.by_channel IS
    'Sessions by channel: visitors, bounces, carts and orders of the days, revenue, conversion';

CREATE FUNCTION mart.counted_campaigns(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    utm_source text, utm_medium text, utm_campaign text, sessions bigint, bounces bigint, add_to_carts bigint, converted bigint
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.only_product_facet(filters) IS NOT NULL;
    counted record;
BEGIN
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT c.utm_source, c.utm_medium, c.utm_campaign, s.sessions, s.bounces, s.add_to_carts, s.converted
        FROM (
            SELECT f.campaign_id, count(*) AS sessions, count(*) FILTER (WHERE f.page_views <= 1) AS bounces,
                   sum(f.add_to_carts) AS add_to_carts, count(*) FILTER (WHERE f.orders > 0) AS converted
            FROM mart.sessions_of(counted.first, counted.last, filters) f
            WHERE NOT summed OR f.day NOT IN (SELECT k.day FROM public.product_facet_days_known k)
            GROUP BY f.campaign_id
        ) s JOIN public.campaigns c USING (campaign_id);
    END IF;
END
$$;
COMMENT ON FUNCTION mart.counted_campaigns IS 'Sessions by campaign, of days of which there are no sums';

CREATE FUNCTION mart.campaign_figures(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    utm_source text, utm_medium text, utm_campaign text, sessions bigint, bounces bigint, add_to_carts bigint, converted bigint
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.utm_source, f.utm_medium, f.utm_campaign, f.sessions, f.bounces, f.add_to_carts, f.converted
    FROM public.facet_campaigns f
    WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT f.utm_source, f.utm_medium, f.utm_campaign, f.sessions, f.bounces, f.add_to_carts, f.converted
    FROM public.product_facet_campaigns f JOIN public.product_facet_days_known k ON k.day = f.day
    WHERE f.facet = mart.only_product_facet(filters) AND f.day BETWEEN from_day AND to_day
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT c.* FROM mart.counted_campaigns(from_day, to_day, filters) c WHERE NOT mart.faceted(filters)
$$;
COMMENT ON FUNCTION mart.campaign_figures IS 'Sessions by campaign, in parts that are to be summed; empty: none';

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
    WITH parts AS (
        SELECT f.utm_source, f.utm_medium, f.utm_campaign, f.sessions, f.bounces, f.add_to_carts, f.converted,
               0 AS orders, 0 AS revenue
        FROM mart.campaign_figures(from_day, to_day, filters) f
        UNION ALL
        SELECT coalesce(c.utm_source, ''), coalesce(c.utm_medium, ''), coalesce(c.utm_campaign, ''), 0, 0, 0, 0,
               1, CASE WHEN o.currency IS NOT DISTINCT FROM money THEN o.revenue ELSE 0 END
        FROM mart.orders_of(from_day, to_day, filters) o LEFT JOIN public.campaigns c USING (campaign_id)
    ),
    totals AS (
        SELECT CASE group_by WHEN 'source' THEN p.utm_source ELSE p.utm_campaign END AS value, p.utm_medium AS medium,
               sum(p.sessions)::bigint AS sessions, sum(p.bounces) AS bounces, sum(p.add_to_carts)::bigint AS add_to_carts,
               sum(p.converted) AS converted, sum(p.orders)::bigint AS orders, sum(p.revenue) AS revenue
        FROM parts p GROUP BY 1, 2
    )
    SELECT coalesce(nullif(t.value, ''), '(not set)'), nullif(t.medium, ''), t.sessions, coalesce(v.visitors, 0),
           round(t.bounces / nullif(t.sessions, 0), 6), t.add_to_carts, t.orders, t.revenue, money,
           round(t.converted / nullif(t.sessions, 0), 6)
    FROM totals t
    LEFT JOIN mart.acquired_visitors(from_day, to_day, group_by, filters) v ON v.value = t.value AND v.medium = t.medium
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
        SELECT sum(f.orders) FILTER (WHERE f.day - f.days_known >= from_day) AS new_orders,
               sum(f.orders) FILTER (WHERE f.day - f.days_known < from_day) AS returning_orders
        FROM public.facet_orders f
        WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day
          AND (mart.with_bots(filters) OR NOT f.is_bot)
        UNION ALL
        SELECT sum(s.orders) FILTER (WHERE s.client_since >= r.range_from),
               sum(s.orders) FILTER (WHERE s.client_since < r.range_from)
        FROM mart.sessions_of(from_day, to_day, filters) s, mart.range_of(from_day, to_day) r
        WHERE s.orders > 0 AND s.client_no IS NOT NULL AND NOT mart.faceted(filters)
    )
    SELECT (SELECT coalesce(sum(c.new_visitors), 0)::bigint FROM counted c),
           (SELECT coalesce(sum(c.returning_visitors), 0)::bigint FROM counted c),
           (SELECT coalesce(sum(b.new_orders), 0)::bigint FROM bought b),
           (SELECT coalesce(sum(b.returning_orders), 0)::bigint FROM bought b)
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
