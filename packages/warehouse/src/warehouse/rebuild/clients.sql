-- A client is what its sessions say.
CREATE TEMP TABLE touched_session_clients ON COMMIT DROP AS
SELECT DISTINCT client_id FROM touched_session_starts WHERE client_id IS NOT NULL;
ANALYZE touched_session_clients;

DELETE FROM clients c USING touched_session_clients t WHERE c.client_id = t.client_id;

WITH mine AS MATERIALIZED (
    SELECT s.client_id, s.session_key, s.started_at, s.ended_at, s.channel, s.user_ids, s.is_bot
    FROM sessions s JOIN touched_session_clients t USING (client_id)
),
people AS (
    SELECT m.client_id, array_agg(DISTINCT u.user_id ORDER BY u.user_id) AS user_ids
    FROM mine m, unnest(m.user_ids) AS u (user_id) GROUP BY m.client_id
)
INSERT INTO clients (client_id, first_seen_at, last_seen_at, first_channel, sessions, user_ids, is_bot)
SELECT m.client_id, min(m.started_at), max(m.ended_at),
       (array_agg(m.channel ORDER BY m.started_at, m.session_key))[1],
       count(*), coalesce(min(p.user_ids), '{}'), bool_or(m.is_bot)
FROM mine m LEFT JOIN people p USING (client_id)
GROUP BY m.client_id;
