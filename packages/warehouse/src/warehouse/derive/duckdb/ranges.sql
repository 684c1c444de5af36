-- Stretches of time in which known sessions have events: read once each, however many sessions are in them.
CREATE TEMP TABLE hit_ranges AS
WITH ranges AS (
    SELECT range_from, range_to FROM known_sessions WHERE NOT frozen
    UNION ALL
    SELECT range_from, range_to FROM known_clients WHERE NOT frozen
),
joined AS (
    SELECT *, coalesce(range_from > max(range_to) OVER before + INTERVAL 1 HOUR, true) AS starts
    FROM ranges WINDOW before AS (ORDER BY range_from, range_to ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
numbered AS (
    SELECT *, count(*) FILTER (WHERE starts) OVER (ORDER BY range_from, range_to ROWS UNBOUNDED PRECEDING) AS stretch
    FROM joined
)
SELECT min(range_from) AS range_from, max(range_to) AS range_to FROM numbered GROUP BY stretch;
