CREATE FUNCTION mart.funnel(from_day date, to_day date, include_bots boolean DEFAULT false)
RETURNS TABLE (step_number integer, step text, sessions bigint, rate_from_previous numeric, rate_from_first numeric)
LANGUAGE sql STABLE AS $$
    WITH totals AS (
        SELECT coalesce(sum(viewed), 0) AS viewed, coalesce(sum(product_viewed), 0) AS product_viewed,
               coalesce(sum(added_to_cart), 0) AS added_to_cart, coalesce(sum(checked_out), 0) AS checked_out,
               coalesce(sum(purchased), 0) AS purchased
        FROM public.funnel_daily
        WHERE day BETWEEN from_day AND to_day AND (include_bots OR NOT is_bot)
    ),
    steps AS (
        SELECT s.* FROM totals t, LATERAL (VALUES
            (1, 'page_view', t.viewed), (2, 'product_view', t.product_viewed), (3, 'add_to_cart', t.added_to_cart),
            (4, 'checkout', t.checked_out), (5, 'purchase', t.purchased)) AS s (step_number, step, sessions)
    )
    SELECT step_number, step, sessions::bigint,
           round(sessions / nullif(lag(sessions) OVER (ORDER BY step_number), 0), 6),
           round(sessions / nullif(first_value(sessions) OVER (ORDER BY step_number), 0), 6)
    FROM steps ORDER BY step_number
$$;
COMMENT ON FUNCTION mart.funnel IS
    'Sessions that began on the site''s days and reached each step: page_view (any view), product_view, add_to_cart, checkout, purchase; rates are of the step before and of the first';
