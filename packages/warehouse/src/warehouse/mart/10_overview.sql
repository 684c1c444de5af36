CREATE FUNCTION mart.overview(from_day date, to_day date, include_bots boolean DEFAULT false, in_currency text DEFAULT NULL)
RETURNS TABLE (
    events bigint, visitors bigint, sessions bigint, page_views bigint, product_views bigint, add_to_carts bigint,
    orders bigint, revenue numeric, currency text, orders_in_other_currencies bigint,
    conversion_rate numeric, average_order_value numeric, bounce_rate numeric, average_session_seconds numeric
)
LANGUAGE sql STABLE AS $$
    WITH r AS (SELECT * FROM mart.range_of(from_day, to_day)),
    c AS (SELECT coalesce(in_currency, mart.main_currency(from_day, to_day)) AS currency),
    e AS (
        SELECT coalesce(sum(h.events), 0)::bigint AS events,
               coalesce(sum(h.events) FILTER (
                   WHERE h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view')), 0)::bigint AS page_views,
               coalesce(sum(h.events) FILTER (WHERE h.event_name = 'product_view'), 0)::bigint AS product_views,
               coalesce(sum(h.events) FILTER (WHERE h.event_name = 'add_to_cart_click'), 0)::bigint AS add_to_carts
        FROM public.events_hourly h, r
        WHERE h.hour >= r.range_from AND h.hour < r.range_to AND (include_bots OR NOT h.is_bot)
    ),
    v AS (
        SELECT count(DISTINCT s.client_id) AS visitors
        FROM public.sessions s, r
        WHERE s.started_at >= r.range_from AND s.started_at < r.range_to AND (include_bots OR NOT s.is_bot)
    ),
    d AS (
        SELECT coalesce(sum(s.sessions), 0)::bigint AS sessions, sum(s.bounces) AS bounces,
               sum(s.duration_seconds) AS duration_seconds, sum(s.converted) AS converted
        FROM public.sessions_daily s
        WHERE s.day BETWEEN from_day AND to_day AND (include_bots OR NOT s.is_bot)
    ),
    o AS (
        SELECT count(*) AS orders,
               count(*) FILTER (WHERE o.currency IS NOT DISTINCT FROM c.currency) AS orders_in_currency,
               coalesce(sum(o.total - o.refunded) FILTER (WHERE o.currency IS NOT DISTINCT FROM c.currency), 0) AS revenue
        FROM public.orders o, r, c
        WHERE o.ordered_at >= r.range_from AND o.ordered_at < r.range_to AND (include_bots OR NOT o.is_bot)
    )
    SELECT e.events, v.visitors, d.sessions, e.page_views, e.product_views, e.add_to_carts,
           o.orders, o.revenue, c.currency, o.orders - o.orders_in_currency,
           round(d.converted / nullif(d.sessions, 0), 6),
           round(o.revenue / nullif(o.orders_in_currency, 0), 4),
           round(d.bounces / nullif(d.sessions, 0), 6),
           round(d.duration_seconds / nullif(d.sessions, 0), 1)
    FROM e, v, d, o, c
$$;
COMMENT ON FUNCTION mart.overview IS
    'Key figures of the site''s days, both inclusive. Revenue is net of refunds, in one currency (that of most orders unless named); rates are 0 to 1';

CREATE FUNCTION mart.event_mix(from_day date, to_day date, include_bots boolean DEFAULT false)
RETURNS TABLE (event_name text, events bigint)
LANGUAGE sql STABLE AS $$
    SELECT h.event_name, sum(h.events)::bigint
    FROM public.events_hourly h, mart.range_of(from_day, to_day) r
    WHERE h.hour >= r.range_from AND h.hour < r.range_to AND (include_bots OR NOT h.is_bot)
    GROUP BY h.event_name ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION mart.event_mix IS 'Events by name for the site''s days, most frequent first';
