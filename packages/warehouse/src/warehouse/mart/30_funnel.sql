CREATE FUNCTION mart.funnel_segments(from_day date, to_day date, segment_by text, filters jsonb DEFAULT '{}')
RETURNS TABLE (segment text, step_number integer, step text, sessions bigint, rate_from_previous numeric, rate_from_first numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    -- Numbers are grouped by in less time than names.
    names text[] := ARRAY(SELECT coalesce(p.category, 'unknown') FROM public.products p UNION SELECT 'unknown');
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
        -- By category: what happened to its products; the checkout is that of sessions which had put one into the cart.
        SELECT names[c.number], sum(c.sessions), sum(c.sessions) FILTER (WHERE c.did & 1 > 0),
               sum(c.sessions) FILTER (WHERE c.did & 2 > 0),
               sum(c.sessions) FILTER (WHERE c.did & 6 > 0 AND c.reached_checkout),
               sum(c.sessions) FILTER (WHERE c.did & 4 > 0)
        FROM (
            SELECT w.number, w.did, f.reached_checkout, count(*) AS sessions
            FROM (
                SELECT array_position(names, coalesce(p.category, 'unknown')) AS number, l.session_no, bit_or((l.views > 0)::integer + 2 * (l.add_to_carts > 0)::integer
                                                      + 4 * (l.orders > 0)::integer) AS did
                FROM mart.lines_of(from_day, to_day, filters) l
                LEFT JOIN public.products p ON p.product_id = l.product_id
                WHERE segment_by = 'category' AND l.session_no IS NOT NULL
                GROUP BY 1, 2
            ) w
            -- The session of an order may have begun the day before.
            LEFT JOIN public.session_facts f
                   ON w.did & 6 > 0 AND f.session_no = w.session_no AND f.day BETWEEN from_day - 1 AND to_day AND f.reached_checkout
            GROUP BY 1, 2, 3
        ) c
        GROUP BY c.number
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
    'The funnel by channel, device or category, largest first; by category the steps are those of its products on the days, in whichever session';

CREATE FUNCTION mart.funnel(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (step_number integer, step text, sessions bigint, rate_from_previous numeric, rate_from_first numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT n.step_number, n.step, coalesce(f.sessions, 0), f.rate_from_previous, f.rate_from_first
    FROM (VALUES (1, 'page_view'), (2, 'product_view'), (3, 'add_to_cart'), (4, 'checkout'), (5, 'purchase')) AS n (step_number, step)
    LEFT JOIN mart.funnel_segments(from_day, to_day, 'all', filters) f USING (step_number) ORDER BY n.step_number
$$;
COMMENT ON FUNCTION mart.funnel IS
    'Sessions that began on the site''s days and reached each step: page_view (any view), product_view, add_to_cart, checkout, purchase; rates are of the step before and of the first';
