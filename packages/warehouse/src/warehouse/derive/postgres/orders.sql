-- An order is its first checkout_complete; later ones are repeats; refunds are subtracted.
ANALYZE touched_orders;

CREATE TEMP TABLE orders_before ON COMMIT DROP AS
SELECT o.* FROM orders o JOIN touched_orders USING (order_id);

DELETE FROM orders o USING touched_orders t WHERE o.order_id = t.order_id;

INSERT INTO orders (order_id, event_id, ordered_at, client_id, session_id, user_id, is_bot, total, refunded, currency,
                    tax, shipping, discount, coupon, item_count, repeats)
SELECT DISTINCT ON (e.order_id)
       e.order_id, e.event_id, e.event_timestamp, e.client_id, e.session_id, e.user_id, e.is_bot,
       coalesce(e.total, 0), coalesce(r.refunded, 0), e.currency, e.tax, e.shipping, e.discount, e.coupon, e.item_count,
       count(*) OVER (PARTITION BY e.order_id) - 1
FROM touched_orders t
JOIN order_events e ON e.order_id = t.order_id AND e.event_name = 'checkout_complete'
LEFT JOIN LATERAL (
    -- A refund never takes back more than the order; one without an amount is the whole order. Some shops send the
    -- amount as a negative number. No refund is 0, not NULL: least() would leave the NULL out and take back everything.
    SELECT greatest(least(coalesce(sum(abs(coalesce(f.total, e.total, 0))), 0), coalesce(e.total, 0)), 0) AS refunded
    FROM order_events f WHERE f.order_id = e.order_id AND f.event_name = 'refund'
) r ON true
ORDER BY e.order_id, e.event_timestamp, e.event_id;
