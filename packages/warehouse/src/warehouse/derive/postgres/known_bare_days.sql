-- Of days on which events without session and client came or went, those that had such events before. A day whose events
-- were dropped in part cannot be made again.
CREATE TEMP TABLE known_bare_days ON COMMIT DROP AS
SELECT b.day, b.day_from, b.day_to, b.day_from < (SELECT etl.events_kept_from()) AS frozen
FROM (
    SELECT day, day::timestamp AT TIME ZONE site.time_zone AS day_from, (day + 1)::timestamp AT TIME ZONE site.time_zone AS day_to
    FROM bare_days, site
) b
WHERE b.day_from < (SELECT etl.events_kept_from())
   OR EXISTS (SELECT FROM session_hours h WHERE h.day = b.day AND h.session_no IS NULL);
