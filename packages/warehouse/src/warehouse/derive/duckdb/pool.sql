-- All events of the sessions to be made: a session that the warehouse knows is read from there whole, one that it does
-- not know is in the load whole. Events without session and client go by the site's days instead.
CREATE TEMP TABLE pool AS
SELECT a.* FROM added a
WHERE a.session_id IS NOT NULL AND a.event_timestamp >= getvariable('kept_from')
  AND NOT EXISTS (FROM known_sessions k WHERE k.session_id = a.session_id)
UNION ALL
SELECT a.* FROM added a
WHERE a.session_id IS NULL AND a.client_id IS NOT NULL AND a.event_timestamp >= getvariable('kept_from')
  AND NOT EXISTS (FROM known_clients k WHERE k.client_id = a.client_id)
UNION ALL
SELECT a.* FROM added a JOIN quarters q ON q.quarter = epoch_us(a.event_timestamp) // 900_000_000
WHERE a.session_id IS NULL AND a.client_id IS NULL AND NOT EXISTS (FROM known_bare_days k WHERE k.day = q.day)
UNION ALL
SELECT h.* FROM known_hits h JOIN known_sessions k USING (session_id)
WHERE h.event_timestamp BETWEEN k.range_from AND k.range_to
UNION ALL
SELECT h.* FROM known_hits h JOIN known_clients k USING (client_id)
WHERE h.session_id IS NULL AND h.event_timestamp BETWEEN k.range_from AND k.range_to
UNION ALL
SELECT h.* FROM known_hits h WHERE h.session_id IS NULL AND h.client_id IS NULL;

-- A session is known by its number too: the first 60 bits of its key's MD5.
-- In the order of time, which decides what comes first in a session: rowid is that order.
CREATE TEMP TABLE hits AS
WITH starting AS (
    SELECT *, coalesce(epoch_us(event_timestamp) - lag(epoch_us(event_timestamp)) OVER hits_before >= 1_800_000_000, true)
              AS starts
    FROM pool WHERE session_id IS NULL AND client_id IS NOT NULL
    WINDOW hits_before AS (PARTITION BY client_id ORDER BY event_timestamp, sequence NULLS FIRST, event_id)
),
inferred AS (
    SELECT * EXCLUDE (starts), max(epoch_us(event_timestamp)) FILTER (WHERE starts) OVER (
               PARTITION BY client_id ORDER BY event_timestamp, sequence NULLS FIRST, event_id ROWS UNBOUNDED PRECEDING
           ) AS start
    FROM starting
),
keyed AS (
    SELECT *, 's:' || session_id AS session_key FROM pool WHERE session_id IS NOT NULL
    UNION ALL
    SELECT * EXCLUDE (start), format('i:{}:{}.{:06d}', client_id, start // 1_000_000, start % 1_000_000) FROM inferred
    UNION ALL
    SELECT *, NULL FROM pool WHERE session_id IS NULL AND client_id IS NULL
)
SELECT k.*, ('0x' || left(md5(k.session_key), 15))::BIGINT AS session_no, q.hour, q.day,
       coalesce(k.user_login_state, 'unknown') AS login_state
FROM keyed k JOIN quarters q ON q.quarter = epoch_us(k.event_timestamp) // 900_000_000
ORDER BY k.event_timestamp, k.sequence NULLS FIRST, k.event_id;
