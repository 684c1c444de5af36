-- Which sessions and clients a load touches. What retention has dropped cannot be made again, and is not touched.
CREATE TEMP VIEW touches AS
SELECT session_id, client_id, event_timestamp FROM added WHERE event_timestamp >= getvariable('kept_from')
UNION ALL
SELECT session_id, client_id, event_timestamp FROM gone WHERE event_timestamp >= getvariable('kept_from')
UNION ALL
SELECT session_id, client_id, event_timestamp FROM moved_orders WHERE event_timestamp >= getvariable('kept_from');

CREATE TEMP TABLE touched_sessions AS
SELECT DISTINCT session_id FROM touches WHERE session_id IS NOT NULL;

CREATE TEMP TABLE touched_clients AS
SELECT client_id, min(event_timestamp) AS range_from, max(event_timestamp) AS range_to
FROM touches WHERE session_id IS NULL AND client_id IS NOT NULL GROUP BY client_id;
