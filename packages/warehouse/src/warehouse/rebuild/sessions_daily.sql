-- sessions_daily and funnel_daily, for the site's days on which a touched session began or begins.
CREATE TEMP TABLE touched_session_days ON COMMIT DROP AS
SELECT day, day::timestamp AT TIME ZONE site.time_zone AS day_from, (day + 1)::timestamp AT TIME ZONE site.time_zone AS day_to
FROM (
    -- Where clocks go back over midnight, the hour that comes twice belongs to the day before: hence both.
    SELECT DISTINCT ((t.started_at - before) AT TIME ZONE site.time_zone)::date AS day
    FROM touched_session_starts t, site, unnest(ARRAY[interval '0', interval '1 hour']) before
) days, site;
ANALYZE touched_session_days;

DELETE FROM sessions_daily r USING touched_session_days t WHERE r.day = t.day;
DELETE FROM funnel_daily r USING touched_session_days t WHERE r.day = t.day;

INSERT INTO sessions_daily (day, channel, device_type, is_bot, sessions, bounces, duration_seconds, page_views, converted)
SELECT t.day, s.channel, s.device_type, s.is_bot, count(*), count(*) FILTER (WHERE s.page_views <= 1),
       sum(s.duration_seconds), sum(s.page_views), count(*) FILTER (WHERE s.orders > 0)
FROM touched_session_days t JOIN sessions s ON s.started_at >= t.day_from AND s.started_at < t.day_to
GROUP BY t.day, s.channel, s.device_type, s.is_bot;

INSERT INTO funnel_daily (day, channel, device_type, is_bot, viewed, product_viewed, added_to_cart, checked_out, purchased)
SELECT t.day, s.channel, s.device_type, s.is_bot,
       count(*) FILTER (WHERE s.reached_view),
       count(*) FILTER (WHERE s.reached_product_view),
       count(*) FILTER (WHERE s.reached_add_to_cart),
       count(*) FILTER (WHERE s.reached_checkout),
       count(*) FILTER (WHERE s.reached_purchase)
FROM touched_session_days t JOIN sessions s ON s.started_at >= t.day_from AND s.started_at < t.day_to
GROUP BY t.day, s.channel, s.device_type, s.is_bot;
