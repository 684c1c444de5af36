CREATE FUNCTION mart.top_products(from_day date, to_day date, include_bots boolean DEFAULT false, sort text DEFAULT 'revenue',
                                  max_rows integer DEFAULT 50, in_currency text DEFAULT NULL)
RETURNS TABLE (
    product_id text, name text, category text, brand text, views bigint, add_to_carts bigint, purchases numeric,
    orders bigint, revenue numeric, currency text, view_to_cart_rate numeric, cart_to_purchase_rate numeric
)
LANGUAGE sql STABLE AS $$
    WITH c AS (SELECT coalesce(in_currency, mart.main_currency(from_day, to_day)) AS currency),
    totals AS (
        SELECT d.product_id, sum(d.views)::bigint AS views, sum(d.add_to_carts)::bigint AS add_to_carts,
               sum(d.units) AS purchases, sum(d.orders)::bigint AS orders,
               coalesce(sum(d.revenue) FILTER (WHERE d.currency = coalesce(c.currency, '')), 0) AS revenue, min(c.currency) AS currency
        FROM public.products_daily d, c
        WHERE d.day BETWEEN from_day AND to_day AND (include_bots OR NOT d.is_bot)
        GROUP BY d.product_id
    )
    SELECT t.product_id, p.name, p.category, p.brand, t.views, t.add_to_carts, t.purchases, t.orders, t.revenue, t.currency,
           round(t.add_to_carts::numeric / nullif(t.views, 0), 6),
           round(t.orders::numeric / nullif(t.add_to_carts, 0), 6)
    FROM totals t LEFT JOIN public.products p USING (product_id)
    ORDER BY CASE sort WHEN 'views' THEN t.views WHEN 'addToCarts' THEN t.add_to_carts WHEN 'purchases' THEN t.purchases
                       ELSE t.revenue END DESC, t.views DESC, t.product_id
    LIMIT max_rows
$$;
COMMENT ON FUNCTION mart.top_products IS
    'Products of the site''s days with views, carts, units purchased, orders and revenue; sorted by views, addToCarts, purchases or revenue';
