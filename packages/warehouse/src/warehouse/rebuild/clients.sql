-- A client is what its sessions say.
DELETE FROM clients c USING (SELECT DISTINCT client_id FROM touched_session_starts) t WHERE c.client_id = t.client_id;

INSERT INTO clients (client_id, first_seen_at, last_seen_at, first_channel, sessions, user_ids, is_bot)
SELECT s.client_id, min(s.started_at), max(s.ended_at),
       (array_agg(s.channel ORDER BY s.started_at, s.session_key))[1],
       count(*),
       coalesce(array_agg(DISTINCT s.user_id ORDER BY s.user_id) FILTER (WHERE s.user_id IS NOT NULL), '{}'),
       bool_or(s.is_bot)
FROM sessions s
JOIN (SELECT DISTINCT client_id FROM touched_session_starts WHERE client_id IS NOT NULL) t USING (client_id)
GROUP BY s.client_id;
