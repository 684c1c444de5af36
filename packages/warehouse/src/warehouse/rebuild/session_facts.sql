-- One narrow row a session. After the clients: it says since when each is known.
WITH gone AS (
    DELETE FROM session_facts f USING fact_gone g
    WHERE f.session_no = g.session_no
      AND f.day >= (SELECT first_day FROM fact_gone_days) AND f.day <= (SELECT last_day FROM fact_gone_days)
    RETURNING f.day
)
INSERT INTO fact_touched_days SELECT DISTINCT day FROM gone;

INSERT INTO session_facts (
    started_at, client_since, session_no, client_no, day, audience_id, duration_seconds, page_views, product_views, add_to_carts,
    orders, reached_view, reached_product_view, reached_add_to_cart, reached_checkout, reached_purchase, entry_page, exit_page,
    utm_source, utm_medium, utm_campaign, steps)
SELECT s.started_at, coalesce(c.first_seen_at, s.started_at), f.session_no, hashtextextended(s.client_id, 0), f.day,
       a.audience_id, s.duration_seconds, s.page_views, coalesce(h.product_views, 0),
       coalesce(h.add_to_carts, 0), s.orders, s.reached_view,
       s.reached_product_view, s.reached_add_to_cart, s.reached_checkout, s.reached_purchase, s.entry_page, s.exit_page,
       s.utm_source, s.utm_medium, s.utm_campaign, p.steps
FROM fact_sessions f
JOIN sessions s USING (session_key)
JOIN audiences a ON a.channel = f.channel AND a.device_type = f.device_type AND a.country = f.country
                AND a.login_state = f.login_state AND a.is_bot = f.is_bot
LEFT JOIN clients c ON c.client_id = s.client_id
LEFT JOIN fact_steps p ON p.session_no = f.session_no
LEFT JOIN (
    SELECT session_no, sum(product_view) AS product_views, sum(add_to_cart_click) AS add_to_carts
    FROM fact_hours GROUP BY session_no
) h ON h.session_no = f.session_no
ORDER BY s.started_at;

-- A client's first session may have come late, or gone: its others then began to be known at another time.
UPDATE session_facts f SET client_since = c.first_seen_at
FROM (SELECT DISTINCT client_id FROM touched_session_starts WHERE client_id IS NOT NULL) t
JOIN clients c USING (client_id)
JOIN sessions s USING (client_id)
WHERE f.started_at = s.started_at AND f.session_no = hashtextextended(s.session_key, 0)
  AND c.sessions > 1 AND f.client_since <> c.first_seen_at;
