-- All events of the sessions to be made: those of the load and, of a session that the warehouse knows, those that it had
-- before. Events without session and client go by the site's days instead, which are read whole.
-- What is grouped or sorted is narrow: an event is found again by its source, which its texts are read from.
CREATE TEMP VIEW events AS
FROM added UNION ALL SELECT -1 - rowid, * FROM known_hits;

-- Events of clients without a session: a session is what lies less than 1,800 s apart.
CREATE TEMP TABLE loose AS
WITH mine AS (
    SELECT e.source, e.client_id, e.event_timestamp, e.sequence, e.event_id
    FROM events e LEFT JOIN known_clients k USING (client_id)
    WHERE e.session_id IS NULL AND e.client_id IS NOT NULL
      AND (e.source < 0 OR NOT coalesce(k.frozen, false) AND e.event_timestamp >= getvariable('kept_from'))
),
starting AS (
    SELECT *,
           coalesce(epoch_us(event_timestamp) - lag(epoch_us(event_timestamp)) OVER hits_before >= 1_800_000_000, true)
               AS starts
    FROM mine
    WINDOW hits_before AS (PARTITION BY client_id ORDER BY event_timestamp, sequence NULLS FIRST, event_id)
)
SELECT source, client_id, max(epoch_us(event_timestamp)) FILTER (WHERE starts) OVER (
           PARTITION BY client_id ORDER BY event_timestamp, sequence NULLS FIRST, event_id ROWS UNBOUNDED PRECEDING
       ) AS start
FROM starting;

-- A session is known by its number too: the first 60 bits of its key's MD5.
CREATE TEMP TABLE session_keys AS
WITH keyed AS (
    SELECT 's:' || t.session_id AS session_key, t.session_id, coalesce(k.frozen, false) AS frozen, NULL AS client_id,
           NULL AS start
    FROM touched_sessions t LEFT JOIN known_sessions k USING (session_id)
    UNION ALL
    SELECT format('i:{}:{}.{:06d}', client_id, start // 1_000_000, start % 1_000_000), NULL, false, client_id, start
    FROM (SELECT DISTINCT client_id, start FROM loose)
)
SELECT *, ('0x' || left(md5(session_key), 15))::BIGINT AS session_no FROM keyed;

-- What events without session and client are told apart by; their numbers are less than 0.
CREATE TEMP TABLE bare AS
WITH mine AS (
    SELECT e.source, e.channel, e.device_type, coalesce(e.country, 'unknown') AS country
    FROM events e LEFT JOIN quarters q ON q.quarter = epoch_us(e.event_timestamp) // 900_000_000
    LEFT JOIN known_bare_days k USING (day)
    WHERE e.session_id IS NULL AND e.client_id IS NULL AND (e.source < 0 OR k.day IS NULL)
)
SELECT *, -dense_rank() OVER (ORDER BY channel, device_type, country) AS session_no FROM mine;

CREATE TEMP TABLE pages AS
SELECT page_path, (row_number() OVER ())::INTEGER AS page_no
FROM (SELECT page_path FROM added UNION SELECT page_path FROM known_hits) WHERE page_path IS NOT NULL;

-- In the order of time, which decides what comes first in a session: rowid is that order. Outer joins, so that DuckDB
-- looks events up in what is small, not the other way round.
CREATE TEMP TABLE hits AS
WITH numbered AS (
    SELECT k.session_no, e.*
    FROM added e LEFT JOIN session_keys k USING (session_id)
    WHERE e.session_id IS NOT NULL AND NOT k.frozen AND e.event_timestamp >= getvariable('kept_from')
    UNION ALL
    SELECT k.session_no, e.*
    FROM (SELECT -1 - rowid AS source, * FROM known_hits) e LEFT JOIN session_keys k USING (session_id)
    WHERE e.session_id IS NOT NULL
    UNION ALL
    SELECT k.session_no, e.* FROM events e JOIN loose l USING (source)
    JOIN session_keys k ON k.client_id = l.client_id AND k.start = l.start
    UNION ALL
    SELECT b.session_no, e.* FROM events e JOIN bare b USING (source)
)
SELECT n.session_no, n.source, n.event_id, n.event_timestamp, p.page_no, n.is_bot,
       coalesce(try_cast(n.event_name AS EVENT_KIND), 'other'::EVENT_KIND) AS kind,
       coalesce(try_cast(n.user_login_state AS LOGIN_STATE), 'unknown'::LOGIN_STATE) AS login_state, q.hour, q.day
FROM numbered n
LEFT JOIN pages p USING (page_path)
LEFT JOIN quarters q ON q.quarter = epoch_us(n.event_timestamp) // 900_000_000
ORDER BY n.event_timestamp, n.sequence NULLS FIRST, n.event_id;
