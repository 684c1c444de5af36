-- The touched sessions that the warehouse has. Those that reach back before the events that retention keeps are frozen.
ANALYZE touched_sessions;
CREATE TEMP TABLE known_sessions ON COMMIT DROP AS
SELECT t.session_id, s.started_at < (SELECT etl.events_kept_from()) AS frozen
FROM touched_sessions t JOIN sessions s ON s.session_key = 's:' || t.session_id;
ANALYZE known_sessions;

-- The same for clients without one: their sessions less than 1,800 s from what is touched.
ANALYZE touched_clients;
CREATE TEMP TABLE known_clients ON COMMIT DROP AS
SELECT t.client_id, least(t.range_from, min(s.started_at)) AS range_from, greatest(t.range_to, max(s.ended_at)) AS range_to,
       min(s.started_at) < (SELECT etl.events_kept_from()) AS frozen
FROM touched_clients t
JOIN sessions s
  ON s.client_id = t.client_id AND s.session_id IS NULL
 AND s.started_at < t.range_to + interval '1800 s' AND s.ended_at > t.range_from - interval '1800 s'
GROUP BY t.client_id, t.range_from, t.range_to;
ANALYZE known_clients;
