-- An order is its first checkout_complete; later ones are repeats; refunds are subtracted.
CREATE TEMP TABLE touched_orders ON COMMIT DROP AS
SELECT DISTINCT order_id FROM touched_events WHERE order_id IS NOT NULL;
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

-- The sessions that the order moved from and to are touched too.
INSERT INTO touched_events (event_id, event_timestamp, event_name, session_id, client_id, order_id)
SELECT event_id, ordered_at, 'checkout_complete', session_id, client_id, order_id FROM orders_before
UNION ALL
SELECT o.event_id, o.ordered_at, 'checkout_complete', o.session_id, o.client_id, o.order_id
FROM orders o JOIN touched_orders USING (order_id);
ANALYZE touched_events;
