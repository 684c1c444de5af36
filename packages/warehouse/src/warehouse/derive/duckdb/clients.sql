-- A client is what its sessions say: those that stay as they are in the warehouse, and those that are made.
CREATE TEMP TABLE clients AS
WITH mine AS (
    SELECT client_id, session_key, started_at, ended_at, channel, from_json(user_ids, '["VARCHAR"]') AS user_ids, is_bot
    FROM client_sessions
    UNION ALL
    SELECT client_id, session_key, started_at, ended_at, channel, user_ids, is_bot FROM made WHERE client_id IS NOT NULL
)
SELECT client_id, min(started_at) AS first_seen_at, max(ended_at) AS last_seen_at,
       arg_min(channel, (started_at, session_key)) AS first_channel, count(*)::INTEGER AS sessions,
       list_sort(list_distinct(flatten(list(user_ids)))) AS user_ids, bool_or(is_bot) AS is_bot
FROM mine GROUP BY client_id;
