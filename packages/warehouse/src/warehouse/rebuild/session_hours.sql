-- What sessions did by the hour; events without session and client stand for themselves.
WITH gone AS (
    DELETE FROM session_hours f USING fact_gone g
    WHERE f.session_no = g.session_no
      AND f.day >= (SELECT first_day FROM fact_gone_days) AND f.day <= (SELECT last_day FROM fact_gone_days)
    RETURNING f.day
)
INSERT INTO fact_touched_days SELECT DISTINCT day FROM gone;

DELETE FROM session_hours f USING fact_bare_hours b
WHERE f.session_no IS NULL AND f.hour = b.hour
  AND f.day >= (SELECT min(day) FROM fact_bare_hours) AND f.day <= (SELECT max(day) FROM fact_bare_hours);

INSERT INTO session_hours (
    hour, session_no, day, audience_id, events, page_view, home_view, category_view, product_view, search, click,
    add_to_cart_click, remove_from_cart_click, wishlist_toggle, share_click, login_open, login_success, logout,
    checkout_start, checkout_complete, refund, page_leave, custom)
SELECT h.hour, h.session_no, h.day, a.audience_id, h.events, h.page_view, h.home_view, h.category_view, h.product_view,
       h.search, h.click, h.add_to_cart_click, h.remove_from_cart_click, h.wishlist_toggle, h.share_click, h.login_open,
       h.login_success, h.logout, h.checkout_start, h.checkout_complete, h.refund, h.page_leave, c.custom
FROM fact_hours h
JOIN audiences a USING (channel, device_type, country, login_state, is_bot)
LEFT JOIN (
    SELECT session_no, hour, channel, device_type, country, login_state, is_bot, jsonb_object_agg(event_name, events) AS custom
    FROM (
        SELECT hashtextextended(s.session_key, 0) AS session_no, q.hour, f.channel, f.device_type, f.country,
               coalesce(s.user_login_state, 'unknown') AS login_state, s.is_bot, s.event_name, count(*) AS events
        FROM session_hits s
        JOIN fact_sessions f USING (session_key)
        JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', s.event_timestamp, 'epoch')
        WHERE s.event_name NOT IN (
            'page_view', 'home_view', 'category_view', 'product_view', 'search', 'click', 'add_to_cart_click',
            'remove_from_cart_click', 'wishlist_toggle', 'share_click', 'login_open', 'login_success', 'logout',
            'checkout_start', 'checkout_complete', 'refund', 'page_leave')
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        UNION ALL
        SELECT NULL::bigint, hour, channel, device_type, country, login_state, is_bot, event_name, count(*)
        FROM fact_bare_hits
        WHERE event_name NOT IN (
            'page_view', 'home_view', 'category_view', 'product_view', 'search', 'click', 'add_to_cart_click',
            'remove_from_cart_click', 'wishlist_toggle', 'share_click', 'login_open', 'login_success', 'logout',
            'checkout_start', 'checkout_complete', 'refund', 'page_leave')
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ) named
    GROUP BY 1, 2, 3, 4, 5, 6, 7
) c ON c.session_no IS NOT DISTINCT FROM h.session_no AND c.hour = h.hour AND c.channel = h.channel
   AND c.device_type = h.device_type AND c.country = h.country AND c.login_state = h.login_state AND c.is_bot = h.is_bot;
