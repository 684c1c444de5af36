-- What the other files of the facts work on: quarters of hours, the touched sessions as they were, their hits by hour.
-- Days and hours are looked up by the quarter of an hour: no zone changes inside of one, and a look-up costs less.
CREATE TEMP TABLE fact_quarters ON COMMIT DROP AS
SELECT q.quarter, q.hour,
       -- Where clocks go back over midnight, the hour that comes twice belongs to the day before.
       CASE WHEN q.hour < q.local_day::timestamp AT TIME ZONE q.time_zone THEN q.local_day - 1 ELSE q.local_day END AS day
FROM (
    SELECT d.quarter, site.time_zone, date_trunc('hour', d.quarter, site.time_zone) AS hour,
           (date_trunc('hour', d.quarter, site.time_zone) AT TIME ZONE site.time_zone)::date AS local_day
    FROM site, (
        SELECT date_bin('15 minutes', event_timestamp, 'epoch') AS quarter FROM session_hits
        UNION
        SELECT date_bin('15 minutes', event_timestamp, 'epoch') FROM touched_events
        WHERE session_id IS NULL AND client_id IS NULL
        UNION
        SELECT date_bin('15 minutes', instant, 'epoch')
        FROM touched_session_starts, unnest(ARRAY[started_at, ended_at]) instant
    ) d
) q;
ANALYZE fact_quarters;

CREATE TEMP TABLE fact_gone ON COMMIT DROP AS
SELECT DISTINCT hashtextextended(session_key, 0) AS session_no FROM touched_session_starts WHERE gone;
ANALYZE fact_gone;

-- The days in which rows of those sessions can be.
CREATE TEMP TABLE fact_gone_days ON COMMIT DROP AS
SELECT min(q.day) AS first_day, max(q.day) AS last_day
FROM touched_session_starts t, unnest(ARRAY[t.started_at, t.ended_at]) instant
JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', instant, 'epoch')
WHERE t.gone;

-- The days whose sums change: those of the rows that go, and of those that come.
CREATE TEMP TABLE fact_touched_days (day date) ON COMMIT DROP;

-- The hours in which events without session and client came or went.
CREATE TEMP TABLE fact_bare_hours ON COMMIT DROP AS
SELECT DISTINCT q.hour, q.day FROM touched_events t
JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', t.event_timestamp, 'epoch')
WHERE t.session_id IS NULL AND t.client_id IS NULL;
-- A day whose events were dropped in part cannot be made again.
DELETE FROM fact_bare_hours b USING site
WHERE b.day::timestamp AT TIME ZONE site.time_zone < (SELECT etl.events_kept_from());
ANALYZE fact_bare_hours;

CREATE TEMP TABLE fact_bare_hits ON COMMIT DROP AS
SELECT b.hour, b.day, e.event_name, e.channel, e.device_type, coalesce(e.country, 'unknown') AS country,
       coalesce(e.user_login_state, 'unknown') AS login_state, e.is_bot
FROM site CROSS JOIN clickstream_events e
JOIN fact_bare_hours b ON b.hour = date_trunc('hour', e.event_timestamp, site.time_zone)
WHERE e.session_id IS NULL AND e.client_id IS NULL
  AND e.event_timestamp >= (SELECT min(hour) FROM fact_bare_hours)
  AND e.event_timestamp < (SELECT max(hour) FROM fact_bare_hours) + interval '1 hour';

CREATE TEMP TABLE fact_hours ON COMMIT DROP AS
SELECT h.session_no, h.hour, h.day, h.channel, h.device_type, h.country, h.login_state, h.is_bot,
       count(*)::integer AS events,
       nullif(count(*) FILTER (WHERE h.event_name = 'page_view'), 0)::integer AS page_view,
       nullif(count(*) FILTER (WHERE h.event_name = 'home_view'), 0)::integer AS home_view,
       nullif(count(*) FILTER (WHERE h.event_name = 'category_view'), 0)::integer AS category_view,
       nullif(count(*) FILTER (WHERE h.event_name = 'product_view'), 0)::integer AS product_view,
       nullif(count(*) FILTER (WHERE h.event_name = 'search'), 0)::integer AS search,
       nullif(count(*) FILTER (WHERE h.event_name = 'click'), 0)::integer AS click,
       nullif(count(*) FILTER (WHERE h.event_name = 'add_to_cart_click'), 0)::integer AS add_to_cart_click,
       nullif(count(*) FILTER (WHERE h.event_name = 'remove_from_cart_click'), 0)::integer AS remove_from_cart_click,
       nullif(count(*) FILTER (WHERE h.event_name = 'wishlist_toggle'), 0)::integer AS wishlist_toggle,
       nullif(count(*) FILTER (WHERE h.event_name = 'share_click'), 0)::integer AS share_click,
       nullif(count(*) FILTER (WHERE h.event_name = 'login_open'), 0)::integer AS login_open,
       nullif(count(*) FILTER (WHERE h.event_name = 'login_success'), 0)::integer AS login_success,
       nullif(count(*) FILTER (WHERE h.event_name = 'logout'), 0)::integer AS logout,
       nullif(count(*) FILTER (WHERE h.event_name = 'checkout_start'), 0)::integer AS checkout_start,
       nullif(count(*) FILTER (WHERE h.event_name = 'checkout_complete'), 0)::integer AS checkout_complete,
       nullif(count(*) FILTER (WHERE h.event_name = 'refund'), 0)::integer AS refund,
       nullif(count(*) FILTER (WHERE h.event_name = 'page_leave'), 0)::integer AS page_leave
FROM (
    SELECT hashtextextended(s.session_key, 0) AS session_no, q.hour, q.day, s.event_name, s.is_bot,
           coalesce(s.user_login_state, 'unknown') AS login_state,
           NULL::text AS channel, NULL::text AS device_type, NULL::text AS country
    FROM session_hits s JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', s.event_timestamp, 'epoch')
    UNION ALL
    SELECT NULL::bigint, hour, day, event_name, is_bot, login_state, channel, device_type, country FROM fact_bare_hits
) h
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
ANALYZE fact_hours;

-- The touched sessions as they are now.
CREATE TEMP TABLE fact_sessions ON COMMIT DROP AS
SELECT hashtextextended(s.session_key, 0) AS session_no, s.session_key, s.started_at, q.day, s.client_id, s.channel,
       s.device_type, coalesce(s.country, 'unknown') AS country, s.is_bot, l.login_state
FROM (SELECT DISTINCT session_key FROM touched_session_starts WHERE NOT gone) t
JOIN sessions s USING (session_key)
JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', s.started_at, 'epoch')
JOIN (
    -- Of all its events' states the one that says most.
    SELECT session_no, (array['unknown', 'anonymous', 'guest', 'logged_in'])[max(
               CASE login_state WHEN 'logged_in' THEN 4 WHEN 'guest' THEN 3 WHEN 'anonymous' THEN 2 ELSE 1 END)] AS login_state
    FROM fact_hours WHERE session_no IS NOT NULL GROUP BY session_no
) l ON l.session_no = hashtextextended(s.session_key, 0);
ANALYZE fact_sessions;

UPDATE fact_hours h SET channel = s.channel, device_type = s.device_type, country = s.country
FROM fact_sessions s WHERE s.session_no = h.session_no;

INSERT INTO audiences (channel, device_type, country, login_state, is_bot)
SELECT channel, device_type, country, login_state, is_bot FROM fact_sessions
UNION
SELECT channel, device_type, country, login_state, is_bot FROM fact_hours
EXCEPT
SELECT channel, device_type, country, login_state, is_bot FROM audiences
ORDER BY 1, 2, 3, 4, 5;

-- Of what a session's event belongs to: the session's audience, but for the event's own login state and bot.
CREATE TEMP TABLE fact_audiences ON COMMIT DROP AS
SELECT DISTINCT h.session_no, h.login_state, h.is_bot, a.audience_id
FROM fact_hours h JOIN audiences a USING (channel, device_type, country, login_state, is_bot)
WHERE h.session_no IS NOT NULL;
ANALYZE fact_audiences;
