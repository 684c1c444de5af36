-- Sums by day: from the rollup, or counted anew where the filters are about products, which the rollup does not know.
CREATE FUNCTION mart.event_days(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    day date, audience_id integer, events bigint, page_view bigint, home_view bigint, category_view bigint,
    product_view bigint, search bigint, click bigint, add_to_cart_click bigint, remove_from_cart_click bigint,
    wishlist_toggle bigint, share_click bigint, login_open bigint, login_success bigint, logout bigint,
    checkout_start bigint, checkout_complete bigint, refund bigint, page_leave bigint
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT d.day, d.audience_id, d.events, d.page_view, d.home_view, d.category_view, d.product_view, d.search, d.click,
           d.add_to_cart_click, d.remove_from_cart_click, d.wishlist_toggle, d.share_click, d.login_open, d.login_success,
           d.logout, d.checkout_start, d.checkout_complete, d.refund, d.page_leave
    FROM public.audience_days d
    WHERE NOT mart.by_product(filters) AND d.day BETWEEN from_day AND to_day AND d.events > 0
      AND d.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
    UNION ALL
    SELECT h.day, h.audience_id, h.events, h.page_view, h.home_view, h.category_view, h.product_view, h.search, h.click,
           h.add_to_cart_click, h.remove_from_cart_click, h.wishlist_toggle, h.share_click, h.login_open, h.login_success,
           h.logout, h.checkout_start, h.checkout_complete, h.refund, h.page_leave
    FROM mart.hours_of(from_day, to_day, filters) h WHERE mart.by_product(filters)
$$;
COMMENT ON FUNCTION mart.event_days IS 'Events by day, audience and name, in parts that are to be summed';

CREATE FUNCTION mart.session_days(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    day date, audience_id integer, sessions bigint, bounces bigint, duration_seconds bigint, converted bigint,
    viewed bigint, product_viewed bigint, added_to_cart bigint, checked_out bigint, purchased bigint
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT d.day, d.audience_id, d.sessions, d.bounces, d.duration_seconds, d.converted, d.viewed, d.product_viewed,
           d.added_to_cart, d.checked_out, d.purchased
    FROM public.audience_days d
    WHERE NOT mart.by_product(filters) AND d.day BETWEEN from_day AND to_day AND d.sessions > 0
      AND d.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
    UNION ALL
    SELECT s.day, s.audience_id, 1, (s.page_views <= 1)::integer, s.duration_seconds, (s.orders > 0)::integer,
           s.reached_view::integer, s.reached_product_view::integer, s.reached_add_to_cart::integer,
           s.reached_checkout::integer, s.reached_purchase::integer
    FROM mart.sessions_of(from_day, to_day, filters) s WHERE mart.by_product(filters)
$$;
COMMENT ON FUNCTION mart.session_days IS 'Sessions by day of their start and audience, in parts that are to be summed';

-- Visitors of a range: on their first day of it, counted from the sums by facet where one facet is asked for.
CREATE FUNCTION mart.first_visits(from_day date, to_day date, facet text, bots boolean)
RETURNS TABLE (day date, is_new boolean, visitors bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.day, f.days_since = 0 AND f.day - f.days_known >= from_day, f.visitors
    FROM public.facet_visitors f
    WHERE f.facet = first_visits.facet AND f.with_bots = bots AND f.day BETWEEN from_day AND to_day
      AND (f.days_since = 0 OR f.day - f.days_since < from_day)
$$;
COMMENT ON FUNCTION mart.first_visits IS
    'Visitors of the days by the first of them on which they came, in parts that are to be summed; new ones had no session before the days';

CREATE FUNCTION mart.visitor_count(from_day date, to_day date, filters jsonb) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum(p.visitors), 0)::bigint FROM (
        SELECT f.visitors
        FROM mart.first_visits(from_day, to_day, mart.facet_of_visitors(filters), mart.with_bots(filters)) f
        WHERE mart.facet_of_visitors(filters) IS NOT NULL
        UNION ALL
        SELECT count(DISTINCT v.client_no) FROM mart.visits_of(from_day, to_day, filters) v
        WHERE mart.facet_of_visitors(filters) IS NULL
    ) p
$$;
COMMENT ON FUNCTION mart.visitor_count IS 'How many visitors had a session that began on the days';

CREATE FUNCTION mart.event_hours(from_day date, to_day date, filters jsonb)
RETURNS TABLE (hour timestamptz, events bigint, page_views bigint, product_views bigint, add_to_carts bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.hour, f.events, f.page_views, f.product_views, f.add_to_carts FROM public.facet_hours f
    WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day AND f.events > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT h.hour, h.events, coalesce(h.page_view, 0) + coalesce(h.home_view, 0) + coalesce(h.category_view, 0)
                             + coalesce(h.product_view, 0), coalesce(h.product_view, 0), coalesce(h.add_to_cart_click, 0)
    FROM mart.hours_of(from_day, to_day, filters) h WHERE NOT mart.faceted(filters)
$$;
COMMENT ON FUNCTION mart.event_hours IS 'Events by hour, in parts that are to be summed';

CREATE FUNCTION mart.session_starts(from_day date, to_day date, filters jsonb)
RETURNS TABLE (at timestamptz, sessions bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.hour, f.sessions FROM public.facet_hours f
    WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day AND f.sessions > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT date_bin('15 minutes', s.started_at, 'epoch'), count(*)
    FROM mart.sessions_of(from_day, to_day, filters) s WHERE NOT mart.faceted(filters) GROUP BY 1
$$;
COMMENT ON FUNCTION mart.session_starts IS
    'Sessions by the hour or the quarter of an hour in which they began, in parts that are to be summed';
