-- What happened in a session by the hour, login state and bot of the events. Events without session stand for themselves.
CREATE TEMP TABLE hour_sums AS
WITH named AS (
    SELECT session_no, hour, day, login_state, is_bot, event_name,
           CASE WHEN session_no IS NULL THEN channel END AS channel,
           CASE WHEN session_no IS NULL THEN device_type END AS device_type,
           CASE WHEN session_no IS NULL THEN coalesce(country, 'unknown') END AS country,
           event_name NOT IN (
               'page_view', 'home_view', 'category_view', 'product_view', 'search', 'click', 'add_to_cart_click',
               'remove_from_cart_click', 'wishlist_toggle', 'share_click', 'login_open', 'login_success', 'logout',
               'checkout_start', 'checkout_complete', 'refund', 'page_leave') AS custom,
           count(*) AS events
    FROM hits GROUP BY ALL
)
SELECT n.session_no, n.hour, n.day, n.login_state, n.is_bot,
       any_value(coalesce(m.channel, n.channel)) AS channel,
       any_value(coalesce(m.device_type, n.device_type)) AS device_type,
       any_value(coalesce(m.country, n.country, 'unknown')) AS country,
       sum(n.events)::INTEGER AS events,
       (sum(n.events) FILTER (WHERE n.event_name = 'page_view'))::INTEGER AS page_view,
       (sum(n.events) FILTER (WHERE n.event_name = 'home_view'))::INTEGER AS home_view,
       (sum(n.events) FILTER (WHERE n.event_name = 'category_view'))::INTEGER AS category_view,
       (sum(n.events) FILTER (WHERE n.event_name = 'product_view'))::INTEGER AS product_view,
       (sum(n.events) FILTER (WHERE n.event_name = 'search'))::INTEGER AS search,
       (sum(n.events) FILTER (WHERE n.event_name = 'click'))::INTEGER AS click,
       (sum(n.events) FILTER (WHERE n.event_name = 'add_to_cart_click'))::INTEGER AS add_to_cart_click,
       (sum(n.events) FILTER (WHERE n.event_name = 'remove_from_cart_click'))::INTEGER AS remove_from_cart_click,
       (sum(n.events) FILTER (WHERE n.event_name = 'wishlist_toggle'))::INTEGER AS wishlist_toggle,
       (sum(n.events) FILTER (WHERE n.event_name = 'share_click'))::INTEGER AS share_click,
       (sum(n.events) FILTER (WHERE n.event_name = 'login_open'))::INTEGER AS login_open,
       (sum(n.events) FILTER (WHERE n.event_name = 'login_success'))::INTEGER AS login_success,
       (sum(n.events) FILTER (WHERE n.event_name = 'logout'))::INTEGER AS logout,
       (sum(n.events) FILTER (WHERE n.event_name = 'checkout_start'))::INTEGER AS checkout_start,
       (sum(n.events) FILTER (WHERE n.event_name = 'checkout_complete'))::INTEGER AS checkout_complete,
       (sum(n.events) FILTER (WHERE n.event_name = 'refund'))::INTEGER AS refund,
       (sum(n.events) FILTER (WHERE n.event_name = 'page_leave'))::INTEGER AS page_leave,
       to_json(map_from_entries(list((n.event_name, n.events)) FILTER (WHERE n.custom)))::VARCHAR AS custom
FROM named n LEFT JOIN made m USING (session_no)
GROUP BY n.session_no, n.hour, n.day, n.login_state, n.is_bot, n.channel, n.device_type, n.country;

CREATE TEMP TABLE wanted_audiences AS
SELECT channel, device_type, coalesce(country, 'unknown') AS country, login_state, is_bot FROM made
UNION
SELECT channel, device_type, country, login_state, is_bot FROM hour_sums;

-- Empty: none.
CREATE TEMP TABLE wanted_campaigns AS
SELECT DISTINCT coalesce(utm_source, '') AS utm_source, coalesce(utm_medium, '') AS utm_medium,
       coalesce(utm_campaign, '') AS utm_campaign
FROM made;
