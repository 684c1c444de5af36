UPDATE session_facts f SET client_since = c.first_seen_at
FROM moved_clients c JOIN sessions s USING (client_id)
WHERE f.started_at = s.started_at AND f.session_no = ('x' || left(md5(s.session_key), 15))::bit(60)::bigint AND f.client_since <> c.first_seen_at
