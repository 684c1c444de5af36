CREATE TEMP TABLE moved_sessions ON COMMIT DROP AS
SELECT ('x' || left(md5(s.session_key), 15))::bit(60)::bigint AS session_no, s.started_at, s.ended_at, c.first_seen_at
FROM moved_clients c JOIN sessions s USING (client_id);
ANALYZE moved_sessions;

UPDATE session_facts f SET client_since = m.first_seen_at
FROM moved_sessions m
WHERE f.started_at = m.started_at AND f.session_no = m.session_no AND f.client_since <> m.first_seen_at;

-- Not by the index on products, which the planner would choose: the rows are looked at in the order in which they lie.
SET LOCAL enable_indexscan = off;
UPDATE session_products p SET client_since = m.first_seen_at
FROM moved_sessions m
WHERE p.session_no = m.session_no AND p.client_since <> m.first_seen_at
  AND p.day >= (SELECT min(started_at)::date - 1 FROM moved_sessions)
  AND p.day <= (SELECT max(ended_at)::date + 1 FROM moved_sessions);
SET LOCAL enable_indexscan = DEFAULT;
