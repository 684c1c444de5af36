-- Views and carts from the lines of events, purchases from the lines of the events that made orders.
CREATE TEMP TABLE touched_product_days ON COMMIT DROP AS
SELECT day, day::timestamp AT TIME ZONE site.time_zone AS day_from, (day + 1)::timestamp AT TIME ZONE site.time_zone AS day_to
FROM (
    -- Where clocks go back over midnight, the hour that comes twice belongs to the day before: hence both.
    SELECT DISTINCT ((t.event_timestamp - before) AT TIME ZONE site.time_zone)::date AS day
    FROM touched_events t, site, unnest(ARRAY[interval '0', interval '1 hour']) before
    WHERE t.event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete')
) days, site;
DELETE FROM touched_product_days WHERE day_from < (SELECT etl.events_kept_from());
ANALYZE touched_product_days;

DELETE FROM products_daily r USING touched_product_days t WHERE r.day = t.day;

INSERT INTO products_daily (day, product_id, currency, is_bot, views, add_to_carts, orders, units, revenue)
SELECT t.day, i.product_id, coalesce(i.currency, o.currency, ''), i.is_bot,
       count(DISTINCT i.event_id) FILTER (WHERE i.event_name = 'product_view'),
       count(DISTINCT i.event_id) FILTER (WHERE i.event_name = 'add_to_cart_click'),
       count(DISTINCT o.order_id),
       coalesce(sum(coalesce(i.quantity, 1)) FILTER (WHERE o.order_id IS NOT NULL), 0),
       coalesce(sum(round(coalesce(i.discount_price, i.price, 0) * coalesce(i.quantity, 1), 4))
                FILTER (WHERE o.order_id IS NOT NULL), 0)
FROM touched_product_days t
JOIN event_items i ON i.event_timestamp >= t.day_from AND i.event_timestamp < t.day_to
LEFT JOIN orders o
  ON o.event_id = i.event_id AND o.ordered_at = i.event_timestamp AND i.event_name = 'checkout_complete'
WHERE i.product_id IS NOT NULL
  AND i.event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete')
  AND i.event_timestamp >= (SELECT min(day_from) FROM touched_product_days)
  AND i.event_timestamp < (SELECT max(day_to) FROM touched_product_days)
GROUP BY t.day, i.product_id, coalesce(i.currency, o.currency, ''), i.is_bot
HAVING count(*) FILTER (WHERE i.event_name <> 'checkout_complete' OR o.order_id IS NOT NULL) > 0;
