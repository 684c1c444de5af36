-- Hours are the site's: where its zone is half an hour off UTC, days begin in the middle of an hour of UTC.
CREATE TEMP TABLE touched_hours ON COMMIT DROP AS
SELECT DISTINCT date_trunc('hour', event_timestamp, site.time_zone) AS hour FROM touched_events, site;
DELETE FROM touched_hours WHERE hour < (SELECT etl.events_kept_from());
ANALYZE touched_hours;

DELETE FROM events_hourly r USING touched_hours t WHERE r.hour = t.hour;

INSERT INTO events_hourly (hour, event_name, is_bot, events)
SELECT t.hour, e.event_name, e.is_bot, count(*)
FROM site CROSS JOIN clickstream_events e
JOIN touched_hours t ON t.hour = date_trunc('hour', e.event_timestamp, site.time_zone)
WHERE e.event_timestamp >= (SELECT min(hour) FROM touched_hours)
  AND e.event_timestamp < (SELECT max(hour) FROM touched_hours) + interval '1 hour'
GROUP BY t.hour, e.event_name, e.is_bot;
