-- What retention has dropped cannot be made again: rollups and sessions that reach back before the events that are kept
-- stay as they are. A refund of such an order takes its amount from the order's session directly.
UPDATE sessions s SET revenue = s.revenue + c.change
FROM (
    SELECT s.session_key, sum((o.total - o.refunded) - (b.total - b.refunded)) AS change
    FROM orders_before b
    JOIN orders o ON o.order_id = b.order_id AND o.event_id = b.event_id
    JOIN sessions s
      ON s.currency IS NOT DISTINCT FROM o.currency
     AND (s.session_key = 's:' || b.session_id
          OR b.session_id IS NULL AND s.session_id IS NULL AND s.client_id = b.client_id
             AND b.ordered_at BETWEEN s.started_at AND s.ended_at)
    WHERE b.ordered_at < (SELECT etl.events_kept_from())
    GROUP BY s.session_key
) c
WHERE s.session_key = c.session_key AND c.change <> 0;

WITH refunded AS (
    UPDATE session_orders f SET revenue = o.total - o.refunded
    FROM orders_before b JOIN orders o ON o.order_id = b.order_id AND o.event_id = b.event_id
    WHERE f.order_id = o.order_id AND f.ordered_at = o.ordered_at AND o.ordered_at < (SELECT etl.events_kept_from())
    RETURNING f.day, f.audience_id, coalesce(f.currency, '') AS currency, (o.total - o.refunded) - (b.total - b.refunded) AS change
)
UPDATE order_days d SET revenue = d.revenue + c.change
FROM (SELECT day, audience_id, currency, sum(change) AS change FROM refunded GROUP BY 1, 2, 3) c
WHERE (d.day, d.audience_id, d.currency) = (c.day, c.audience_id, c.currency);
