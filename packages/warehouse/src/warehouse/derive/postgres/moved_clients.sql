CREATE TEMP TABLE moved_sessions ON COMMIT DROP AS
SELECT ('x' || left(md5(s.session_key), 15))::bit(60)::bigint AS session_no, s.started_at, s.ended_at, c.first_seen_at
FROM moved_clients c JOIN sessions s USING (client_id);
ANALYZE moved_sessions;

UPDATE session_facts f SET client_since = m.first_seen_at
FROM moved_sessions m
WHERE f.started_at = m.started_at AND f.session_no = m.session_no AND f.client_since <> m.first_seen_at;
