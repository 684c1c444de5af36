-- Sums by day: from the rollup, or, where the filters are about products, from those of days that are over; days of which
-- there are none are counted.
CREATE FUNCTION mart.product_facet_of(filters jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN cardinality(mart.wanted(filters, 'category')) = 1 AND mart.wanted(filters, 'brand') IS NULL
                THEN 'category:' || (mart.wanted(filters, 'category'))[1]
                WHEN cardinality(mart.wanted(filters, 'brand')) = 1 AND mart.wanted(filters, 'category') IS NULL
                THEN 'brand:' || (mart.wanted(filters, 'brand'))[1] END
$$;
COMMENT ON FUNCTION mart.product_facet_of IS 'The one category or brand that the filters leave, as a facet; else NULL';

CREATE FUNCTION mart.only_product_facet(filters jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT mart.by_session(filters) THEN mart.product_facet_of(filters) END
$$;
COMMENT ON FUNCTION mart.only_product_facet IS 'The same where no other filter is asked for, beside bots';

CREATE FUNCTION mart.counted_days(from_day date, to_day date, summed boolean, OUT first date, OUT last date)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT min(n.day)::date, max(n.day)::date FROM generate_series(from_day::timestamp, to_day::timestamp, '1 day') n (day)
    WHERE NOT summed OR n.day::date NOT IN (
        SELECT k.day FROM public.product_facet_days_known k WHERE k.day BETWEEN from_day AND to_day
    )
$$;
COMMENT ON FUNCTION mart.counted_days IS
    'The first and the last of the days whose sums by category and brand do not hold, or are not asked for; NULL where there is none';

CREATE FUNCTION mart.product_event_days(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    day date, audience_id integer, events bigint, page_view bigint, home_view bigint, category_view bigint,
    product_view bigint, search bigint, click bigint, add_to_cart_click bigint, remove_from_cart_click bigint,
    wishlist_toggle bigint, share_click bigint, login_open bigint, login_success bigint, logout bigint,
    checkout_start bigint, checkout_complete bigint, refund bigint, page_leave bigint
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.product_facet_of(filters) IS NOT NULL;
    counted record;
BEGIN
    RETURN QUERY
    SELECT d.day, d.audience_id, d.events, d.page_view, d.home_view, d.category_view, d.product_view, d.search,
           d.click, d.add_to_cart_click, d.remove_from_cart_click, d.wishlist_toggle, d.share_click, d.login_open,
           d.login_success, d.logout, d.checkout_start, d.checkout_complete, d.refund, d.page_leave
    FROM public.product_facet_days d JOIN public.product_facet_days_known k ON k.day = d.day
    WHERE d.facet = mart.product_facet_of(filters) AND d.day BETWEEN from_day AND to_day AND d.events > 0
      AND d.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a);
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT h.day, h.audience_id, sum(h.events)::bigint, sum(h.page_view)::bigint, sum(h.home_view)::bigint,
               sum(h.category_view)::bigint, sum(h.product_view)::bigint, sum(h.search)::bigint, sum(h.click)::bigint,
               sum(h.add_to_cart_click)::bigint, sum(h.remove_from_cart_click)::bigint, sum(h.wishlist_toggle)::bigint,
               sum(h.share_click)::bigint, sum(h.login_open)::bigint, sum(h.login_success)::bigint,
               sum(h.logout)::bigint, sum(h.checkout_start)::bigint, sum(h.checkout_complete)::bigint,
               sum(h.refund)::bigint, sum(h.page_leave)::bigint
        FROM mart.hours_of(counted.first, counted.last, filters) h
        WHERE NOT summed OR h.day NOT IN (SELECT k.day FROM public.product_facet_days_known k)
        GROUP BY h.day, h.audience_id;
    END IF;
END
$$;
COMMENT ON FUNCTION mart.product_event_days IS 'Events by day, audience and name where the filters are about products';

CREATE FUNCTION mart.product_session_days(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    day date, audience_id integer, sessions bigint, bounces bigint, duration_seconds bigint, converted bigint,
    viewed bigint, product_viewed bigint, added_to_cart bigint, checked_out bigint, purchased bigint
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.product_facet_of(filters) IS NOT NULL;
    counted record;
BEGIN
    RETURN QUERY
    SELECT d.day, d.audience_id, d.sessions, d.bounces, d.duration_seconds, d.converted, d.viewed,
           d.product_viewed, d.added_to_cart, d.checked_out, d.purchased
    FROM public.product_facet_days d JOIN public.product_facet_days_known k ON k.day = d.day
    WHERE d.facet = mart.product_facet_of(filters) AND d.day BETWEEN from_day AND to_day AND d.sessions > 0
      AND d.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a);
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT s.day, s.audience_id, count(*), count(*) FILTER (WHERE s.page_views <= 1), sum(s.duration_seconds)::bigint,
               count(*) FILTER (WHERE s.orders > 0), count(*) FILTER (WHERE s.reached_view),
               count(*) FILTER (WHERE s.reached_product_view), count(*) FILTER (WHERE s.reached_add_to_cart),
               count(*) FILTER (WHERE s.reached_checkout), count(*) FILTER (WHERE s.reached_purchase)
        FROM mart.sessions_of(counted.first, counted.last, filters) s
        WHERE NOT summed OR s.day NOT IN (SELECT k.day FROM public.product_facet_days_known k)
        GROUP BY s.day, s.audience_id;
    END IF;
END
$$;
COMMENT ON FUNCTION mart.product_session_days IS 'Sessions by day of their start and audience where the filters are about products';

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
    SELECT p.* FROM mart.product_event_days(from_day, to_day, filters) p WHERE mart.by_product(filters)
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
    SELECT p.* FROM mart.product_session_days(from_day, to_day, filters) p WHERE mart.by_product(filters)
$$;
COMMENT ON FUNCTION mart.session_days IS 'Sessions by day of their start and audience, in parts that are to be summed';

CREATE FUNCTION mart.orders_by_day(from_day date, to_day date, filters jsonb)
RETURNS TABLE (day date, audience_id integer, currency text, orders bigint, revenue numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT d.day, d.audience_id, d.currency, d.orders, d.revenue FROM public.order_days d
    WHERE NOT mart.by_product(filters) AND d.day BETWEEN from_day AND to_day
      AND d.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
    UNION ALL
    SELECT o.day, o.audience_id, coalesce(o.currency, ''), 1, o.revenue
    FROM mart.orders_of(from_day, to_day, filters) o WHERE mart.by_product(filters)
$$;
COMMENT ON FUNCTION mart.orders_by_day IS
    'Orders by day, audience and currency (empty where unknown), in parts that are to be summed';

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

CREATE FUNCTION mart.counted_event_hours(from_day date, to_day date, filters jsonb)
RETURNS TABLE (hour timestamptz, events bigint, page_views bigint, product_views bigint, add_to_carts bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.only_product_facet(filters) IS NOT NULL;
    counted record;
BEGIN
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT h.hour, sum(h.events)::bigint,
               coalesce(sum(h.page_view), 0) + coalesce(sum(h.home_view), 0) + coalesce(sum(h.category_view), 0)
               + coalesce(sum(h.product_view), 0),
               coalesce(sum(h.product_view), 0), coalesce(sum(h.add_to_cart_click), 0)
        FROM mart.hours_of(counted.first, counted.last, filters) h
        WHERE NOT summed OR h.day NOT IN (SELECT k.day FROM public.product_facet_days_known k)
        GROUP BY h.hour;
    END IF;
END
$$;
COMMENT ON FUNCTION mart.counted_event_hours IS 'Events by hour, of days of which there are no sums';

CREATE FUNCTION mart.event_hours(from_day date, to_day date, filters jsonb)
RETURNS TABLE (hour timestamptz, events bigint, page_views bigint, product_views bigint, add_to_carts bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.hour, f.events, f.page_views, f.product_views, f.add_to_carts FROM public.facet_hours f
    WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day AND f.events > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT f.hour, f.events, f.page_views, f.product_views, f.add_to_carts
    FROM public.product_facet_hours f JOIN public.product_facet_days_known k ON k.day = f.day
    WHERE f.facet = mart.only_product_facet(filters) AND f.day BETWEEN from_day AND to_day AND f.events > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT c.* FROM mart.counted_event_hours(from_day, to_day, filters) c WHERE NOT mart.faceted(filters)
$$;
COMMENT ON FUNCTION mart.event_hours IS 'Events by hour, in parts that are to be summed';

CREATE FUNCTION mart.counted_session_starts(from_day date, to_day date, filters jsonb)
RETURNS TABLE (at timestamptz, sessions bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.only_product_facet(filters) IS NOT NULL;
    counted record;
BEGIN
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT date_bin('15 minutes', s.started_at, 'epoch'), count(*)
        FROM mart.sessions_of(counted.first, counted.last, filters) s
        WHERE NOT summed OR s.day NOT IN (SELECT k.day FROM public.product_facet_days_known k) GROUP BY 1;
    END IF;
END
$$;
COMMENT ON FUNCTION mart.counted_session_starts IS
    'Sessions by the quarter of an hour in which they began, of days of which there are no sums';

CREATE FUNCTION mart.session_starts(from_day date, to_day date, filters jsonb)
RETURNS TABLE (at timestamptz, sessions bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.hour, f.sessions FROM public.facet_hours f
    WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day AND f.sessions > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT f.hour, f.sessions
    FROM public.product_facet_hours f JOIN public.product_facet_days_known k ON k.day = f.day
    WHERE f.facet = mart.only_product_facet(filters) AND f.day BETWEEN from_day AND to_day AND f.sessions > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT c.* FROM mart.counted_session_starts(from_day, to_day, filters) c WHERE NOT mart.faceted(filters)
$$;
COMMENT ON FUNCTION mart.session_starts IS
    'Sessions by the hour or the quarter of an hour in which they began, in parts that are to be summed';

CREATE FUNCTION mart.counted_visitor_hours(from_day date, to_day date, filters jsonb)
RETURNS TABLE (hour timestamptz, visitors bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.only_product_facet(filters) IS NOT NULL;
    zone text;
    counted record;
BEGIN
    SELECT time_zone INTO zone FROM public.site;
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NOT NULL THEN
        RETURN QUERY
        SELECT date_trunc('hour', s.started_at, zone), count(DISTINCT s.client_no)
        FROM mart.sessions_of(counted.first, counted.last, filters) s
        WHERE NOT summed OR s.day NOT IN (SELECT k.day FROM public.product_facet_days_known k) GROUP BY 1;
    END IF;
END
$$;
COMMENT ON FUNCTION mart.counted_visitor_hours IS 'Visitors by hour, of days of which there are no sums';

CREATE FUNCTION mart.visitor_hours(from_day date, to_day date, filters jsonb)
RETURNS TABLE (hour timestamptz, visitors bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.hour, f.visitors FROM public.facet_hours f
    WHERE f.facet = mart.facet_of_visitors(filters) AND f.day BETWEEN from_day AND to_day AND f.visitors > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT f.hour, f.visitors
    FROM public.product_facet_hours f JOIN public.product_facet_days_known k ON k.day = f.day
    WHERE f.facet = mart.only_product_facet(filters) AND f.day BETWEEN from_day AND to_day AND f.visitors > 0
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT c.* FROM mart.counted_visitor_hours(from_day, to_day, filters) c WHERE mart.facet_of_visitors(filters) IS NULL
$$;
COMMENT ON FUNCTION mart.visitor_hours IS
    'Visitors by the hour in which a session of theirs began, in parts that are to be summed by hour';
