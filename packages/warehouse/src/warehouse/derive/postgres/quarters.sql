SELECT q.quarter, q.hour,
       -- Where clocks go back over midnight, the hour that comes twice belongs to the day before.
       CASE WHEN q.hour < q.local_day::timestamp AT TIME ZONE q.time_zone THEN q.local_day - 1 ELSE q.local_day END AS day
FROM (
    SELECT w.quarter, site.time_zone, date_trunc('hour', m.moment, site.time_zone) AS hour,
           (date_trunc('hour', m.moment, site.time_zone) AT TIME ZONE site.time_zone)::date AS local_day
    FROM wanted_quarters w CROSS JOIN site
    CROSS JOIN LATERAL (SELECT to_timestamp(w.quarter * 900) AS moment) m
) q
