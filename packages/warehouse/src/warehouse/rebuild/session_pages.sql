-- The pages of sessions, and the kinds of pages in the order in which they were first seen.
DELETE FROM session_pages f USING fact_gone g
WHERE f.session_no = g.session_no
  AND f.day >= (SELECT first_day FROM fact_gone_days) AND f.day <= (SELECT last_day FROM fact_gone_days);

CREATE TEMP TABLE fact_pages ON COMMIT DROP AS
SELECT hashtextextended(h.session_key, 0) AS session_no, q.day, h.page_path, min(h.event_timestamp) AS first_at,
       coalesce(nullif(count(*) FILTER (WHERE h.event_name = 'page_view'), 0),
                count(*) FILTER (WHERE h.event_name IN ('home_view', 'category_view', 'product_view')))::integer AS views,
       -- What happened on it tells best what kind of page it is.
       max(CASE h.event_name WHEN 'checkout_complete' THEN 6 WHEN 'product_view' THEN 5 WHEN 'search' THEN 4
                             WHEN 'category_view' THEN 3 WHEN 'home_view' THEN 2 ELSE 1 END) AS told
FROM session_hits h JOIN fact_quarters q ON q.quarter = date_bin('15 minutes', h.event_timestamp, 'epoch')
WHERE h.page_path IS NOT NULL
  AND h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view', 'search', 'checkout_complete')
GROUP BY 1, 2, 3
HAVING count(*) FILTER (WHERE h.event_name IN ('page_view', 'home_view', 'category_view', 'product_view')) > 0;
ANALYZE fact_pages;

INSERT INTO session_pages (session_no, client_no, day, audience_id, views, page_path)
SELECT p.session_no, hashtextextended(s.client_id, 0), p.day, a.audience_id, p.views, p.page_path
FROM fact_pages p
JOIN fact_sessions s USING (session_no)
JOIN audiences a USING (channel, device_type, country, login_state, is_bot);

CREATE TEMP TABLE fact_steps ON COMMIT DROP AS
WITH kinds AS (
    SELECT session_no, first_at, page_path,
           CASE told WHEN 6 THEN 'purchase' WHEN 5 THEN 'product' WHEN 4 THEN 'search' WHEN 3 THEN 'category'
                     WHEN 2 THEN 'home'
                     ELSE CASE WHEN page_path = '/' THEN 'home'
                               WHEN page_path ~ '(^|/)(cart|basket|gio-hang)(/|$)' THEN 'cart'
                               WHEN page_path ~ '(^|/)(checkout|thanh-toan)(/|$)' THEN 'checkout'
                               ELSE translate(split_part(ltrim(page_path, '/'), '/', 1), '>', '') END END AS kind
    FROM fact_pages
),
changes AS (
    SELECT session_no, first_at, page_path, kind,
           kind IS DISTINCT FROM lag(kind) OVER (PARTITION BY session_no ORDER BY first_at, page_path) AS changed
    FROM kinds
)
SELECT session_no, array_to_string((array_agg(kind ORDER BY first_at, page_path))[:10], '>') AS steps
FROM changes WHERE changed GROUP BY session_no;
ANALYZE fact_steps;
