-- Not by the index on products, which the planner would choose: the rows are looked at in the order in which they lie.
SET LOCAL enable_indexscan = off;
UPDATE session_products p SET client_since = m.first_seen_at
FROM moved_sessions m
WHERE p.session_no = m.session_no AND p.client_since <> m.first_seen_at
  AND p.day >= (SELECT min(started_at)::date - 1 FROM moved_sessions)
  AND p.day <= (SELECT max(ended_at)::date + 1 FROM moved_sessions);
SET LOCAL enable_indexscan = DEFAULT;
