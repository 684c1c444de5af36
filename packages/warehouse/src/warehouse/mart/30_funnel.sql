-- From the sums of days that are over; days of which there are none are counted.
CREATE FUNCTION mart.category_funnels(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    category text, sessions bigint, product_viewed bigint, added_to_cart bigint, checked_out bigint, purchased bigint
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    -- Numbers are grouped by in less time than names.
    names text[] := ARRAY(SELECT coalesce(p.category, 'unknown') FROM public.products p UNION SELECT 'unknown');
    summed boolean := coalesce(cardinality(mart.session_facets_of(filters)) = 1, false)
                      AND mart.wanted(filters, 'brand') IS NULL;
    counted record;
BEGIN
    RETURN QUERY
    SELECT f.category, f.sessions, f.product_viewed, f.added_to_cart, f.checked_out, f.purchased
    FROM public.category_funnel_days f JOIN public.product_facet_days_known k ON k.day = f.day
    WHERE summed AND f.facet = (mart.session_facets_of(filters))[1] AND f.with_bots = mart.with_bots(filters)
      AND f.day BETWEEN from_day AND to_day
      AND (mart.wanted(filters, 'category') IS NULL OR f.category = ANY (mart.wanted(filters, 'category')));
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT names[w.number], count(*), count(*) FILTER (WHERE w.did & 1 > 0), count(*) FILTER (WHERE w.did & 2 > 0),
               count(*) FILTER (WHERE w.did & 6 > 0 AND f.session_no IS NOT NULL), count(*) FILTER (WHERE w.did & 4 > 0)
        FROM (
            SELECT array_position(names, coalesce(p.category, 'unknown')) AS number, l.session_no, l.day,
                   bit_or((l.views > 0)::integer + 2 * (l.add_to_carts > 0)::integer + 4 * (l.orders > 0)::integer) AS did
            FROM mart.lines_of(counted.first, counted.last, filters) l
            LEFT JOIN public.products p ON p.product_id = l.product_id
            WHERE l.session_no IS NOT NULL
              AND (NOT summed OR l.day NOT IN (SELECT k.day FROM public.product_facet_days_known k))
            GROUP BY 1, 2, 3
        ) w
        -- The session may have begun the day before.
        LEFT JOIN public.session_facts f
               ON w.did & 6 > 0 AND f.session_no = w.session_no AND f.day BETWEEN counted.first - 1 AND counted.last
              AND f.day BETWEEN w.day - 1 AND w.day AND f.reached_checkout
        GROUP BY w.number;
    END IF;
END
$$;
COMMENT ON FUNCTION mart.category_funnels IS
    'The funnel by category, in parts that are to be summed: what happened to its products in sessions, day by day; the checkout is that of sessions in which one was put into the cart';

CREATE FUNCTION mart.funnel_segments(from_day date, to_day date, segment_by text, filters jsonb DEFAULT '{}')
RETURNS TABLE (segment text, step_number integer, step text, sessions bigint, rate_from_previous numeric, rate_from_first numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF segment_by IS NULL OR segment_by NOT IN ('all', 'channel', 'device', 'category') THEN
        RAISE EXCEPTION 'unknown segment %: expected all, channel, device or category', segment_by
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    WITH totals AS (
        SELECT CASE segment_by WHEN 'channel' THEN a.channel WHEN 'device' THEN a.device_type END AS segment,
               sum(d.viewed) AS viewed, sum(d.product_viewed) AS product_viewed, sum(d.added_to_cart) AS added_to_cart,
               sum(d.checked_out) AS checked_out, sum(d.purchased) AS purchased
        FROM mart.session_days(from_day, to_day, filters) d JOIN public.audiences a ON a.audience_id = d.audience_id
        WHERE segment_by <> 'category' GROUP BY 1
        UNION ALL
        SELECT f.category, sum(f.sessions), sum(f.product_viewed), sum(f.added_to_cart), sum(f.checked_out), sum(f.purchased)
        FROM mart.category_funnels(from_day, to_day, filters) f WHERE segment_by = 'category' GROUP BY 1
    ),
    steps AS (
        SELECT t.segment, s.* FROM totals t, LATERAL (VALUES
            (1, 'page_view', t.viewed), (2, 'product_view', t.product_viewed), (3, 'add_to_cart', t.added_to_cart),
            (4, 'checkout', t.checked_out), (5, 'purchase', t.purchased)) AS s (step_number, step, sessions)
    )
    SELECT s.segment, s.step_number, s.step, coalesce(s.sessions, 0)::bigint,
           round(coalesce(s.sessions, 0) / nullif(lag(s.sessions) OVER steps_of, 0), 6),
           round(coalesce(s.sessions, 0) / nullif(first_value(s.sessions) OVER steps_of, 0), 6)
    FROM steps s WINDOW steps_of AS (PARTITION BY s.segment ORDER BY s.step_number)
    ORDER BY max(s.sessions) OVER (PARTITION BY s.segment) DESC, s.segment, s.step_number;
END
$$;
COMMENT ON FUNCTION mart.funnel_segments IS
    'The funnel by channel, device or category, largest first; by category the steps are those of its products, each session once a day';

CREATE FUNCTION mart.funnel(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (step_number integer, step text, sessions bigint, rate_from_previous numeric, rate_from_first numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT n.step_number, n.step, coalesce(f.sessions, 0), f.rate_from_previous, f.rate_from_first
    FROM (VALUES (1, 'page_view'), (2, 'product_view'), (3, 'add_to_cart'), (4, 'checkout'), (5, 'purchase')) AS n (step_number, step)
    LEFT JOIN mart.funnel_segments(from_day, to_day, 'all', filters) f USING (step_number) ORDER BY n.step_number
$$;
COMMENT ON FUNCTION mart.funnel IS
    'Sessions that began on the site''s days and reached each step: page_view (any view), product_view, add_to_cart, checkout, purchase; rates are of the step before and of the first';
