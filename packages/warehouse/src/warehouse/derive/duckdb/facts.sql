-- What happened in a session by the hour, login state and bot of the events. Events without session stand for themselves.
CREATE TEMP TABLE hour_sums AS
WITH named AS (
    SELECT session_no, hour, day, login_state, is_bot, count(*)::INTEGER AS events,
           sum((kind = 'page_view')::INTEGER)::INTEGER AS page_view,
           sum((kind = 'home_view')::INTEGER)::INTEGER AS home_view,
           sum((kind = 'category_view')::INTEGER)::INTEGER AS category_view,
           sum((kind = 'product_view')::INTEGER)::INTEGER AS product_view,
           sum((kind = 'search')::INTEGER)::INTEGER AS search,
           sum((kind = 'click')::INTEGER)::INTEGER AS click,
           sum((kind = 'add_to_cart_click')::INTEGER)::INTEGER AS add_to_cart_click,
           sum((kind = 'remove_from_cart_click')::INTEGER)::INTEGER AS remove_from_cart_click,
           sum((kind = 'wishlist_toggle')::INTEGER)::INTEGER AS wishlist_toggle,
           sum((kind = 'share_click')::INTEGER)::INTEGER AS share_click,
           sum((kind = 'login_open')::INTEGER)::INTEGER AS login_open,
           sum((kind = 'login_success')::INTEGER)::INTEGER AS login_success,
           sum((kind = 'logout')::INTEGER)::INTEGER AS logout,
           sum((kind = 'checkout_start')::INTEGER)::INTEGER AS checkout_start,
           sum((kind = 'checkout_complete')::INTEGER)::INTEGER AS checkout_complete,
           sum((kind = 'refund')::INTEGER)::INTEGER AS refund,
           sum((kind = 'page_leave')::INTEGER)::INTEGER AS page_leave
    FROM hits GROUP BY session_no, hour, day, login_state, is_bot
),
-- NULL: none.
whole AS (
    SELECT session_no, hour, day, login_state, is_bot, events,
           nullif(COLUMNS(* EXCLUDE (session_no, hour, day, login_state, is_bot, events)), 0)
    FROM named
),
others AS (
    SELECT h.session_no, h.hour, h.login_state, h.is_bot, e.event_name, count(*) AS events
    FROM hits h JOIN events e USING (source) WHERE h.kind = 'other' GROUP BY ALL
),
custom AS (
    SELECT session_no, hour, login_state, is_bot,
           to_json(map_from_entries(list((event_name, events))))::VARCHAR AS custom
    FROM others GROUP BY ALL
)
SELECT n.*,
       coalesce(m.channel, b.channel) AS channel, coalesce(m.device_type, b.device_type) AS device_type,
       coalesce(m.country, b.country, 'unknown') AS country, c.custom
FROM whole n
LEFT JOIN made m ON m.session_no = n.session_no
LEFT JOIN (SELECT DISTINCT session_no, channel, device_type, country FROM bare) b ON b.session_no = n.session_no
LEFT JOIN custom c ON c.session_no = n.session_no AND c.hour = n.hour AND c.login_state = n.login_state
                  AND c.is_bot = n.is_bot;

CREATE TEMP TABLE wanted_audiences AS
SELECT channel, device_type, coalesce(country, 'unknown') AS country, login_state::VARCHAR AS login_state, is_bot
FROM made
UNION
SELECT channel, device_type, country, login_state::VARCHAR, is_bot FROM hour_sums;

-- Empty: none.
CREATE TEMP TABLE wanted_campaigns AS
SELECT DISTINCT coalesce(utm_source, '') AS utm_source, coalesce(utm_medium, '') AS utm_medium,
       coalesce(utm_campaign, '') AS utm_campaign
FROM made;
