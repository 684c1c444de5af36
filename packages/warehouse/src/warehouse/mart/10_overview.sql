CREATE FUNCTION mart.overview(from_day date, to_day date, filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (
    events bigint, visitors bigint, sessions bigint, page_views bigint, product_views bigint, add_to_carts bigint,
    orders bigint, revenue numeric, currency text, orders_in_other_currencies bigint,
    conversion_rate numeric, average_order_value numeric, bounce_rate numeric, average_session_seconds numeric
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH c AS (SELECT coalesce(in_currency, mart.main_currency(from_day, to_day)) AS currency),
    e AS (
        SELECT coalesce(sum(d.events), 0)::bigint AS events,
               (coalesce(sum(d.page_view), 0) + coalesce(sum(d.home_view), 0) + coalesce(sum(d.category_view), 0)
                + coalesce(sum(d.product_view), 0))::bigint AS page_views,
               coalesce(sum(d.product_view), 0)::bigint AS product_views,
               coalesce(sum(d.add_to_cart_click), 0)::bigint AS add_to_carts
        FROM mart.event_days(from_day, to_day, filters) d
    ),
    s AS (
        SELECT coalesce(sum(d.sessions), 0)::bigint AS sessions, sum(d.bounces) AS bounces,
               sum(d.duration_seconds) AS duration_seconds, sum(d.converted) AS converted
        FROM mart.session_days(from_day, to_day, filters) d
    ),
    o AS (
        SELECT coalesce(sum(o.orders), 0)::bigint AS orders,
               coalesce(sum(o.orders) FILTER (WHERE o.currency = coalesce(c.currency, '')), 0)::bigint AS orders_in_currency,
               coalesce(sum(o.revenue) FILTER (WHERE o.currency = coalesce(c.currency, '')), 0) AS revenue
        FROM mart.orders_by_day(from_day, to_day, filters) o, c
    )
    SELECT e.events, mart.visitor_count(from_day, to_day, filters), s.sessions, e.page_views, e.product_views, e.add_to_carts,
           o.orders, o.revenue, c.currency, o.orders - o.orders_in_currency,
           round(s.converted / nullif(s.sessions, 0), 6),
           round(o.revenue / nullif(o.orders_in_currency, 0), 4),
           round(s.bounces / nullif(s.sessions, 0), 6),
           round(s.duration_seconds / nullif(s.sessions, 0), 1)
    FROM e, s, o, c
$$;
COMMENT ON FUNCTION mart.overview IS
    'Key figures of the site''s days, both inclusive. Revenue is net of refunds, in one currency (that of most orders unless named); rates are 0 to 1';

CREATE FUNCTION mart.event_mix(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (event_name text, events bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH t AS (
        SELECT sum(d.events) AS events, sum(d.page_view) AS page_view, sum(d.home_view) AS home_view,
               sum(d.category_view) AS category_view, sum(d.product_view) AS product_view, sum(d.search) AS search,
               sum(d.click) AS click, sum(d.add_to_cart_click) AS add_to_cart_click,
               sum(d.remove_from_cart_click) AS remove_from_cart_click, sum(d.wishlist_toggle) AS wishlist_toggle,
               sum(d.share_click) AS share_click, sum(d.login_open) AS login_open, sum(d.login_success) AS login_success,
               sum(d.logout) AS logout, sum(d.checkout_start) AS checkout_start,
               sum(d.checkout_complete) AS checkout_complete, sum(d.refund) AS refund, sum(d.page_leave) AS page_leave
        FROM mart.event_days(from_day, to_day, filters) d
    ),
    known AS (
        SELECT n.* FROM t, LATERAL (VALUES
            ('page_view', t.page_view), ('home_view', t.home_view), ('category_view', t.category_view),
            ('product_view', t.product_view), ('search', t.search), ('click', t.click),
            ('add_to_cart_click', t.add_to_cart_click), ('remove_from_cart_click', t.remove_from_cart_click),
            ('wishlist_toggle', t.wishlist_toggle), ('share_click', t.share_click), ('login_open', t.login_open),
            ('login_success', t.login_success), ('logout', t.logout), ('checkout_start', t.checkout_start),
            ('checkout_complete', t.checkout_complete), ('refund', t.refund), ('page_leave', t.page_leave)) AS n (event_name, events)
        WHERE n.events > 0
    )
    SELECT k.event_name, k.events::bigint FROM known k
    UNION ALL
    -- Names of the shop's own are looked up only where there are any.
    SELECT c.key, sum(c.value::bigint)::bigint
    FROM mart.hours_of(from_day, to_day, filters) h, jsonb_each_text(h.custom) c
    WHERE h.custom IS NOT NULL AND (SELECT t.events FROM t) > (SELECT coalesce(sum(k.events), 0) FROM known k)
    GROUP BY c.key
    ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION mart.event_mix IS 'Events by name for the site''s days, most frequent first';

CREATE FUNCTION mart.login_states(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (login_state text, events bigint, sessions bigint, orders bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT a.login_state, sum(parts.events)::bigint, sum(parts.sessions)::bigint, sum(parts.orders)::bigint
    FROM (
        SELECT d.audience_id, d.events, 0 AS sessions, 0 AS orders FROM mart.event_days(from_day, to_day, filters) d
        UNION ALL
        SELECT d.audience_id, 0, d.sessions, 0 FROM mart.session_days(from_day, to_day, filters) d
        UNION ALL
        SELECT o.audience_id, 0, 0, o.orders FROM mart.orders_by_day(from_day, to_day, filters) o
    ) parts
    JOIN public.audiences a USING (audience_id)
    GROUP BY a.login_state ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION mart.login_states IS
    'Events and orders by their own login state, sessions by the one of their states that says most: logged_in, guest, anonymous, unknown';
