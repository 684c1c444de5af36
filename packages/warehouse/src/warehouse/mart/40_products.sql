CREATE FUNCTION mart.product_figures(from_day date, to_day date, filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (
    product_id text, name text, category text, brand text, views bigint, add_to_carts bigint, purchases numeric,
    orders bigint, revenue numeric, currency text, view_to_cart_rate numeric, cart_to_purchase_rate numeric
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH c AS (SELECT coalesce(in_currency, mart.main_currency(from_day, to_day)) AS currency),
    parts AS (
        -- By sessions only where the filters need it.
        SELECT d.product_id, d.views, d.add_to_carts, d.units, d.orders, d.revenue, d.currency
        FROM public.products_daily d
        WHERE NOT mart.by_session(filters) AND d.day BETWEEN from_day AND to_day AND (mart.with_bots(filters) OR NOT d.is_bot)
        UNION ALL
        SELECT d.product_id, d.views, d.add_to_carts, d.units, d.orders, d.revenue, d.currency
        FROM public.facet_products d
        WHERE mart.by_session(filters) AND d.facet = ANY (mart.session_facets_of(filters)) AND d.day BETWEEN from_day AND to_day
          AND (mart.with_bots(filters) OR NOT d.is_bot)
        UNION ALL
        SELECT l.product_id, l.views, l.add_to_carts, l.units, l.orders, l.revenue, l.currency
        FROM mart.lines_of(from_day, to_day, filters) l WHERE mart.session_facets_of(filters) IS NULL
    ),
    totals AS (
        SELECT d.product_id, sum(d.views)::bigint AS views, sum(d.add_to_carts)::bigint AS add_to_carts,
               sum(d.units) AS purchases, sum(d.orders)::bigint AS orders,
               coalesce(sum(d.revenue) FILTER (WHERE d.currency = (SELECT coalesce(c.currency, '') FROM c)), 0) AS revenue
        FROM parts d GROUP BY d.product_id
    )
    SELECT t.product_id, p.name, p.category, p.brand, t.views, t.add_to_carts, t.purchases, t.orders, t.revenue, c.currency,
           round(t.add_to_carts::numeric / nullif(t.views, 0), 6),
           round(t.orders::numeric / nullif(t.add_to_carts, 0), 6)
    FROM totals t CROSS JOIN c LEFT JOIN public.products p USING (product_id)
    WHERE NOT mart.by_product(filters) OR t.product_id IN (SELECT o.product_id FROM mart.products_of(filters) o)
$$;
COMMENT ON FUNCTION mart.product_figures IS
    'Products of the site''s days with views, carts, units purchased, orders and revenue, in no order';

CREATE FUNCTION mart.products(
    from_day date, to_day date, filters jsonb DEFAULT '{}', sort text DEFAULT 'revenue', ascending boolean DEFAULT false,
    max_rows integer DEFAULT 50, skip_rows integer DEFAULT 0, containing text DEFAULT NULL, in_currency text DEFAULT NULL)
RETURNS TABLE (
    product_id text, name text, category text, brand text, views bigint, add_to_carts bigint, purchases numeric,
    orders bigint, revenue numeric, currency text, view_to_cart_rate numeric, cart_to_purchase_rate numeric, total bigint
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.*, count(*) OVER ()
    FROM mart.product_figures(from_day, to_day, filters, in_currency) f
    WHERE containing IS NULL OR strpos(lower(f.product_id || ' ' || coalesce(f.name, '')), lower(containing)) > 0
    ORDER BY CASE sort WHEN 'name' THEN f.name WHEN 'category' THEN f.category WHEN 'brand' THEN f.brand END
                 COLLATE "C" NULLS LAST,
             CASE sort WHEN 'views' THEN f.views WHEN 'addToCarts' THEN f.add_to_carts WHEN 'purchases' THEN f.purchases
                       WHEN 'orders' THEN f.orders WHEN 'revenue' THEN f.revenue
                       WHEN 'viewToCartRate' THEN f.view_to_cart_rate WHEN 'cartToPurchaseRate' THEN f.cart_to_purchase_rate
             END * CASE WHEN ascending THEN 1 ELSE -1 END NULLS LAST,
             f.views DESC, f.product_id
    LIMIT max_rows OFFSET skip_rows
$$;
COMMENT ON FUNCTION mart.products IS
    'A page of products, sorted by views, addToCarts, purchases, orders, revenue, viewToCartRate, cartToPurchaseRate (largest first unless ascending), or name, category, brand; total counts them all';

CREATE FUNCTION mart.product_days(wanted_product text, from_day date, to_day date, filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (day date, at timestamptz, views bigint, add_to_carts bigint, purchases numeric, revenue numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH parts AS (
        SELECT d.day, d.views, d.add_to_carts, d.units, d.revenue, d.currency
        FROM public.products_daily d
        WHERE NOT mart.by_session(filters) AND d.day BETWEEN from_day AND to_day AND d.product_id = wanted_product
          AND (mart.with_bots(filters) OR NOT d.is_bot)
        UNION ALL
        SELECT d.day, d.views, d.add_to_carts, d.units, d.revenue, d.currency
        FROM public.facet_products d
        WHERE mart.by_session(filters) AND d.facet = ANY (mart.session_facets_of(filters)) AND d.day BETWEEN from_day AND to_day
          AND d.product_id = wanted_product AND (mart.with_bots(filters) OR NOT d.is_bot)
        UNION ALL
        SELECT l.day, l.views, l.add_to_carts, l.units, l.revenue, l.currency
        FROM mart.lines_of(from_day, to_day, filters) l
        WHERE mart.session_facets_of(filters) IS NULL AND l.product_id = wanted_product
    )
    SELECT n.day::date, n.day::date::timestamp AT TIME ZONE s.time_zone, coalesce(sum(p.views), 0)::bigint,
           coalesce(sum(p.add_to_carts), 0)::bigint, coalesce(sum(p.units), 0),
           coalesce(sum(p.revenue) FILTER (WHERE p.currency = coalesce(in_currency, mart.main_currency(from_day, to_day), '')), 0)
    FROM public.site s CROSS JOIN generate_series(from_day::timestamp, to_day::timestamp, '1 day') n (day)
    LEFT JOIN parts p ON p.day = n.day::date
    GROUP BY n.day, s.time_zone ORDER BY n.day
$$;
COMMENT ON FUNCTION mart.product_days IS 'Views, carts, units purchased and revenue of one product per day; days without anything are 0';

CREATE FUNCTION mart.categories(from_day date, to_day date, group_by text DEFAULT 'category', filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (
    value text, views bigint, add_to_carts bigint, purchases numeric, orders bigint, revenue numeric, currency text,
    view_to_cart_rate numeric, cart_to_purchase_rate numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF group_by IS NULL OR group_by NOT IN ('category', 'brand') THEN
        RAISE EXCEPTION 'unknown grouping %: expected category or brand', group_by USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    SELECT coalesce(CASE group_by WHEN 'brand' THEN f.brand ELSE f.category END, 'unknown'), sum(f.views)::bigint,
           sum(f.add_to_carts)::bigint, sum(f.purchases), sum(f.orders)::bigint, sum(f.revenue), min(f.currency),
           round(sum(f.add_to_carts)::numeric / nullif(sum(f.views), 0), 6),
           round(sum(f.orders)::numeric / nullif(sum(f.add_to_carts), 0), 6)
    FROM mart.product_figures(from_day, to_day, filters, in_currency) f
    GROUP BY 1 ORDER BY 6 DESC, 2 DESC, 1;
END
$$;
COMMENT ON FUNCTION mart.categories IS
    'Products summed by their latest known category or brand; orders are order lines by product: an order with two of its products counts twice';

CREATE FUNCTION mart.one_product(wanted_product text, from_day date, to_day date, filters jsonb DEFAULT '{}', in_currency text DEFAULT NULL)
RETURNS TABLE (
    product_id text, name text, category text, brand text, views bigint, add_to_carts bigint, purchases numeric,
    orders bigint, revenue numeric, currency text, view_to_cart_rate numeric, cart_to_purchase_rate numeric
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.product_id, p.name, p.category, p.brand, coalesce(f.views, 0), coalesce(f.add_to_carts, 0),
           coalesce(f.purchases, 0), coalesce(f.orders, 0), coalesce(f.revenue, 0),
           coalesce(in_currency, mart.main_currency(from_day, to_day)), f.view_to_cart_rate, f.cart_to_purchase_rate
    FROM public.products p
    LEFT JOIN mart.product_figures(from_day, to_day, filters, in_currency) f ON f.product_id = p.product_id
    WHERE p.product_id = wanted_product
$$;
COMMENT ON FUNCTION mart.one_product IS 'The figures of one product, zeros where nothing happened to it on the days';
