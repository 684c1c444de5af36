CREATE TEMP TABLE touched_hours ON COMMIT DROP AS
SELECT DISTINCT date_trunc('hour', event_timestamp) AS hour FROM touched_events;
ANALYZE touched_hours;

DELETE FROM events_hourly r USING touched_hours t WHERE r.hour = t.hour;

INSERT INTO events_hourly (hour, event_name, is_bot, events)
SELECT t.hour, e.event_name, e.is_bot, count(*)
FROM touched_hours t
JOIN clickstream_events e ON e.event_timestamp >= t.hour AND e.event_timestamp < t.hour + interval '1 hour'
WHERE e.event_timestamp >= (SELECT min(hour) FROM touched_hours)
  AND e.event_timestamp < (SELECT max(hour) FROM touched_hours) + interval '1 hour'
GROUP BY t.hour, e.event_name, e.is_bot;
