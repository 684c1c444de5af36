-- Orders and searches of the touched sessions, and orders of nobody's session.
DELETE FROM session_orders f USING fact_gone g
WHERE f.session_no = g.session_no
  AND f.day >= (SELECT first_day FROM fact_gone_days) AND f.day <= (SELECT last_day FROM fact_gone_days);

DELETE FROM session_orders f USING (SELECT DISTINCT day FROM fact_bare_hours) b WHERE f.session_no IS NULL AND f.day = b.day;

INSERT INTO session_orders (ordered_at, session_no, day, audience_id, revenue, currency, order_id)
SELECT o.ordered_at, a.session_no, q.day, a.audience_id, o.total - o.refunded, o.currency, o.order_id
FROM session_hits h
JOIN orders o ON o.event_id = h.event_id AND o.ordered_at = h.event_timestamp
JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', h.event_timestamp, 'epoch')
JOIN fact_audiences a ON a.session_no = hashtextextended(h.session_key, 0) AND a.is_bot = h.is_bot
                     AND a.login_state = coalesce(h.user_login_state, 'unknown')
WHERE h.event_name = 'checkout_complete'
UNION ALL
SELECT o.ordered_at, NULL::bigint, b.day, a.audience_id, o.total - o.refunded, o.currency, o.order_id
FROM (SELECT DISTINCT day FROM fact_bare_hours) b, site
JOIN orders o ON o.session_id IS NULL AND o.client_id IS NULL
JOIN clickstream_events e ON e.event_id = o.event_id AND e.event_timestamp = o.ordered_at
JOIN audiences a ON a.channel = e.channel AND a.device_type = e.device_type AND a.country = coalesce(e.country, 'unknown')
                AND a.login_state = coalesce(e.user_login_state, 'unknown') AND a.is_bot = e.is_bot
WHERE o.ordered_at >= b.day::timestamp AT TIME ZONE site.time_zone
  AND o.ordered_at < (b.day + 1)::timestamp AT TIME ZONE site.time_zone;

DELETE FROM session_searches f USING fact_gone g
WHERE f.session_no = g.session_no
  AND f.day >= (SELECT first_day FROM fact_gone_days) AND f.day <= (SELECT last_day FROM fact_gone_days);

INSERT INTO session_searches (session_no, day, audience_id, searches, query)
SELECT f.session_no, q.day, a.audience_id, count(*), lower(btrim(h.search_query))
FROM session_hits h
JOIN fact_sessions f USING (session_key)
JOIN audiences a ON a.channel = f.channel AND a.device_type = f.device_type AND a.country = f.country
                AND a.login_state = f.login_state AND a.is_bot = f.is_bot
JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', h.event_timestamp, 'epoch')
WHERE h.event_name = 'search' AND btrim(h.search_query) <> ''
GROUP BY f.session_no, q.day, a.audience_id, lower(btrim(h.search_query));
