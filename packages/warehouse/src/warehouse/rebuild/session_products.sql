-- Views and carts from the lines of events, purchases from the lines of the events that made orders.
DELETE FROM session_products f USING fact_gone g
WHERE f.session_no = g.session_no
  AND f.day >= (SELECT first_day FROM fact_gone_days) AND f.day <= (SELECT last_day FROM fact_gone_days);

DELETE FROM session_products f USING (SELECT DISTINCT day FROM fact_bare_hours) b WHERE f.session_no IS NULL AND f.day = b.day;

WITH hits AS (
    SELECT h.event_id, h.event_timestamp, h.event_name, q.day, a.session_no, a.audience_id
    FROM session_hits h
    JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', h.event_timestamp, 'epoch')
    JOIN fact_audiences a ON a.session_no = hashtextextended(h.session_key, 0) AND a.is_bot = h.is_bot
                         AND a.login_state = coalesce(h.user_login_state, 'unknown')
    WHERE h.event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete')
    UNION ALL
    -- Days are whole here: a day is emptied of events without session above.
    SELECT e.event_id, e.event_timestamp, e.event_name, b.day, NULL::bigint, a.audience_id
    FROM (SELECT DISTINCT day FROM fact_bare_hours) b, site
    JOIN clickstream_events e ON true
    JOIN audiences a ON a.channel = e.channel AND a.device_type = e.device_type
                    AND a.country = coalesce(e.country, 'unknown')
                    AND a.login_state = coalesce(e.user_login_state, 'unknown') AND a.is_bot = e.is_bot
    WHERE e.session_id IS NULL AND e.client_id IS NULL
      AND e.event_name IN ('product_view', 'add_to_cart_click', 'checkout_complete')
      AND e.event_timestamp >= b.day::timestamp AT TIME ZONE site.time_zone
      AND e.event_timestamp < (b.day + 1)::timestamp AT TIME ZONE site.time_zone
)
INSERT INTO session_products (session_no, day, audience_id, views, add_to_carts, orders, product_id, currency, units, revenue)
SELECT h.session_no, h.day, h.audience_id,
       count(DISTINCT h.event_id) FILTER (WHERE h.event_name = 'product_view'),
       count(DISTINCT h.event_id) FILTER (WHERE h.event_name = 'add_to_cart_click'),
       count(DISTINCT o.order_id), i.product_id, coalesce(i.currency, o.currency, ''),
       coalesce(sum(coalesce(i.quantity, 1)) FILTER (WHERE o.order_id IS NOT NULL), 0),
       coalesce(sum(round(coalesce(i.discount_price, i.price, 0) * coalesce(i.quantity, 1), 4))
                FILTER (WHERE o.order_id IS NOT NULL), 0)
FROM hits h
JOIN event_items i ON i.event_id = h.event_id AND i.event_timestamp = h.event_timestamp
LEFT JOIN orders o
  ON o.event_id = h.event_id AND o.ordered_at = h.event_timestamp AND h.event_name = 'checkout_complete'
WHERE i.product_id IS NOT NULL
  AND i.event_timestamp >= (SELECT min(event_timestamp) FROM hits)
  AND i.event_timestamp <= (SELECT max(event_timestamp) FROM hits)
GROUP BY h.session_no, h.day, h.audience_id, i.product_id, coalesce(i.currency, o.currency, '')
HAVING count(*) FILTER (WHERE h.event_name <> 'checkout_complete' OR o.order_id IS NOT NULL) > 0;
