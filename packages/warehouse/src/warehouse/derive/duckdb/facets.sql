-- What is added to the sums by facet: the rows that came, less those that went. A session is in five facets.
CREATE TEMP TABLE audience_facets AS
WITH named AS (
    SELECT audience_id, is_bot,
           unnest(['', 'channel:' || channel, 'device:' || device_type, 'country:' || country, 'login:' || login_state]) AS facet
    FROM audiences
)
SELECT *, (dense_rank() OVER (ORDER BY facet))::INTEGER AS facet_no FROM named;
CREATE TEMP TABLE facet_names AS SELECT DISTINCT facet_no, facet FROM audience_facets;

-- Sessions of the touched clients that stay as they are.
CREATE TEMP TABLE kept_sessions AS
SELECT ('0x' || left(md5(client_id), 15))::BIGINT AS client_no, day, hour, audience_id, campaign_id, orders
FROM client_sessions
WHERE audience_id IS NOT NULL;

-- Clients by the hours in which their sessions began, as they are and as they were: of hours in which one came or went.
CREATE TEMP TABLE visit_hours AS
WITH moving AS (
    SELECT client_no, day, hour, audience_id, 1 AS sign FROM fact_rows WHERE client_no IS NOT NULL
    UNION ALL
    SELECT g.client_no, g.day, q.hour, g.audience_id, -1
    FROM facts_gone g JOIN quarters q ON q.quarter = epoch_us(g.started_at) // 900_000_000 WHERE g.client_no IS NOT NULL
),
kept AS (SELECT * EXCLUDE (campaign_id, orders) FROM kept_sessions WHERE (client_no, hour) IN (SELECT (client_no, hour) FROM moving)),
visits AS (
    SELECT * FROM moving
    UNION ALL
    SELECT *, 1 FROM kept
    UNION ALL
    SELECT *, -1 FROM kept
),
mine AS (
    SELECT sign, client_no, day, hour, min(audience_id) AS audience_id, min(audience_id) < max(audience_id) AS several
    FROM visits GROUP BY sign, client_no, day, hour
),
-- Nearly all came in one way: one of them stands for all.
alike AS (
    SELECT sign, min(client_no) AS client_no, day, hour, audience_id, count(*) AS clients
    FROM mine WHERE NOT several GROUP BY sign, day, hour, audience_id
    UNION ALL
    SELECT v.sign, v.client_no, v.day, v.hour, v.audience_id, 1
    FROM visits v JOIN mine m ON m.sign = v.sign AND m.client_no = v.client_no AND m.hour = v.hour
    WHERE m.several
)
SELECT v.sign, a.facet, v.day, v.hour, v.clients, bool_and(a.is_bot) AS is_bot
FROM alike v JOIN audience_facets a USING (audience_id)
GROUP BY v.sign, a.facet, v.day, v.hour, v.client_no, v.clients;

CREATE TEMP TABLE facet_hour_changes AS
WITH changes AS (
    SELECT day, hour, audience_id, 1 AS sign, events, page_view, home_view, category_view, product_view, add_to_cart_click,
           0 AS sessions
    FROM hour_rows
    UNION ALL BY NAME
    SELECT day, hour, audience_id, -1 AS sign, events, page_view, home_view, category_view, product_view, add_to_cart_click,
           0 AS sessions
    FROM hours_gone
    UNION ALL BY NAME
    SELECT day, hour, audience_id, 1 AS sign, 1 AS sessions FROM fact_rows
    UNION ALL BY NAME
    SELECT g.day, q.hour, g.audience_id, -1 AS sign, 1 AS sessions
    FROM facts_gone g JOIN quarters q ON q.quarter = epoch_us(g.started_at) // 900_000_000
),
summed AS (
    SELECT day, hour, audience_id, sum(sign * coalesce(events, 0)) AS events,
           sum(sign * (coalesce(page_view, 0) + coalesce(home_view, 0) + coalesce(category_view, 0)
                       + coalesce(product_view, 0))) AS page_views,
           sum(sign * coalesce(product_view, 0)) AS product_views,
           sum(sign * coalesce(add_to_cart_click, 0)) AS add_to_carts, sum(sign * sessions) AS sessions
    FROM changes GROUP BY day, hour, audience_id
)
SELECT facet, day, hour, is_bot, sum(events)::BIGINT AS events, sum(page_views)::BIGINT AS page_views,
       sum(product_views)::BIGINT AS product_views, sum(add_to_carts)::BIGINT AS add_to_carts,
       sum(sessions)::BIGINT AS sessions, sum(visitors)::BIGINT AS visitors
FROM (
    SELECT a.facet, s.day, s.hour, a.is_bot, s.events, s.page_views, s.product_views, s.add_to_carts, s.sessions,
           0 AS visitors
    FROM summed s JOIN audience_facets a USING (audience_id)
    UNION ALL
    SELECT facet, day, hour, is_bot, 0, 0, 0, 0, 0, sign * clients FROM visit_hours
)
GROUP BY facet, day, hour, is_bot;

CREATE TEMP TABLE facet_page_changes AS
WITH sessions AS (
    SELECT day, audience_id, entry_page, exit_page, page_views, 1 AS sign FROM fact_rows
    UNION ALL
    SELECT day, audience_id, entry_page, exit_page, page_views, -1 FROM facts_gone
),
changes AS (
    SELECT day, audience_id, page_path, views, 1 AS sessions, 0 AS entries, 0 AS exits, 0 AS bounces FROM page_rows
    UNION ALL
    SELECT day, audience_id, page_path, -views, -1, 0, 0, 0 FROM pages_gone
    UNION ALL
    SELECT day, audience_id, entry_page, 0, 0, sign, 0, sign * (page_views <= 1)::INTEGER FROM sessions
    WHERE entry_page IS NOT NULL
    UNION ALL
    SELECT day, audience_id, exit_page, 0, 0, 0, sign, 0 FROM sessions WHERE exit_page IS NOT NULL
),
summed AS (
    SELECT day, audience_id, page_path, sum(views) AS views, sum(sessions) AS sessions, sum(entries) AS entries,
           sum(exits) AS exits, sum(bounces) AS bounces
    FROM changes GROUP BY day, audience_id, page_path
)
SELECT a.facet, s.day, s.page_path, a.is_bot, sum(s.views)::BIGINT AS views, sum(s.sessions)::BIGINT AS sessions,
       sum(s.entries)::BIGINT AS entries, sum(s.exits)::BIGINT AS exits, sum(s.bounces)::BIGINT AS bounces
FROM summed s JOIN audience_facets a USING (audience_id)
GROUP BY a.facet, s.day, s.page_path, a.is_bot;

CREATE TEMP TABLE facet_path_changes AS
WITH summed AS (
    SELECT day, audience_id, steps, sum(sign) AS sessions
    FROM (
        SELECT day, audience_id, steps, 1 AS sign FROM fact_rows WHERE steps IS NOT NULL
        UNION ALL
        SELECT day, audience_id, steps, -1 FROM facts_gone WHERE steps IS NOT NULL
    )
    GROUP BY day, audience_id, steps
)
SELECT a.facet, s.day, s.steps, a.is_bot, sum(s.sessions)::BIGINT AS sessions
FROM summed s JOIN audience_facets a USING (audience_id)
GROUP BY a.facet, s.day, s.steps, a.is_bot;

CREATE TEMP TABLE facet_search_changes AS
WITH summed AS (
    SELECT day, audience_id, query, days_since, sum(sign * searches) AS searches, sum(sign) AS sessions,
           sum(sign * product_views) AS product_views, sum(sign * orders) AS orders,
           sum(sign * (orders > 0)::INTEGER) AS converted
    FROM (
        SELECT day, audience_id, query, days_since, searches, product_views, orders, 1 AS sign FROM search_rows
        UNION ALL
        SELECT day, audience_id, query, days_since, searches, product_views, orders, -1 FROM searches_gone
    )
    GROUP BY day, audience_id, query, days_since
)
SELECT a.facet, s.day, s.query, a.is_bot, s.days_since, sum(s.searches)::BIGINT AS searches, sum(s.sessions)::BIGINT AS sessions,
       sum(s.product_views)::BIGINT AS product_views, sum(s.orders)::BIGINT AS orders, sum(s.converted)::BIGINT AS converted
FROM summed s JOIN audience_facets a USING (audience_id)
GROUP BY a.facet, s.day, s.query, a.is_bot, s.days_since;

CREATE TEMP TABLE facet_product_changes AS
SELECT a.facet, p.day, p.product_id, p.currency, a.is_bot, sum(p.views)::BIGINT AS views,
       sum(p.add_to_carts)::BIGINT AS add_to_carts, sum(p.orders)::BIGINT AS orders, sum(p.units)::DECIMAL(38, 4) AS units,
       sum(p.revenue)::DECIMAL(38, 4) AS revenue
FROM product_changes_by_audience p JOIN audience_facets a USING (audience_id)
WHERE a.facet <> '' -- which is products_daily
GROUP BY a.facet, p.day, p.product_id, p.currency, a.is_bot;

CREATE TEMP TABLE facet_campaign_changes AS
WITH summed AS (
    SELECT day, audience_id, campaign_id, sum(sign) AS sessions, sum(sign * (page_views <= 1)::INTEGER) AS bounces,
           sum(sign * add_to_carts) AS add_to_carts, sum(sign * (orders > 0)::INTEGER) AS converted
    FROM (
        SELECT day, audience_id, campaign_id, page_views, add_to_carts, orders, 1 AS sign FROM fact_rows
        UNION ALL
        SELECT day, audience_id, campaign_id, page_views, add_to_carts, orders, -1 FROM facts_gone
    )
    GROUP BY day, audience_id, campaign_id
)
SELECT a.facet, s.day, c.utm_source, c.utm_medium, c.utm_campaign, a.is_bot, sum(s.sessions)::BIGINT AS sessions, sum(s.bounces)::BIGINT AS bounces,
       sum(s.add_to_carts)::BIGINT AS add_to_carts, sum(s.converted)::BIGINT AS converted
FROM summed s JOIN audience_facets a USING (audience_id) JOIN campaigns c USING (campaign_id)
GROUP BY a.facet, s.day, c.utm_source, c.utm_medium, c.utm_campaign, a.is_bot;

-- Sessions of the clients of which one came or went: as they are, and as they were.
CREATE TEMP TABLE visits AS
SELECT client_no, day, audience_id, campaign_id, orders, 1 AS sign FROM kept_sessions
UNION ALL
SELECT client_no, day, audience_id, campaign_id, orders, 1 FROM fact_rows WHERE client_no IS NOT NULL
UNION ALL
SELECT client_no, day, audience_id, campaign_id, orders, -1 FROM kept_sessions
UNION ALL
SELECT client_no, day, audience_id, campaign_id, orders, -1 FROM facts_gone WHERE client_no IS NOT NULL;

CREATE TEMP TABLE facet_order_changes AS
WITH known AS (SELECT *, (day - min(day) OVER (PARTITION BY sign, client_no))::INTEGER AS days_known FROM visits),
summed AS (
    SELECT day, audience_id, days_known, sum(sign * orders) AS orders FROM known WHERE orders > 0
    GROUP BY ALL HAVING sum(sign * orders) <> 0
)
SELECT a.facet, s.day, a.is_bot, s.days_known, sum(s.orders)::BIGINT AS orders
FROM summed s JOIN audience_facets a USING (audience_id)
GROUP BY a.facet, s.day, a.is_bot, s.days_known;

-- Nearly all clients came on one day and in one way: one of them stands for all of the same day and way.
CREATE TEMP TABLE alike AS
WITH mine AS (
    SELECT sign, client_no, min(day) AS day, min(audience_id) AS audience_id, min(campaign_id) AS campaign_id,
           min(day) < max(day) OR min(audience_id) < max(audience_id) OR min(campaign_id) < max(campaign_id) AS several
    FROM visits GROUP BY sign, client_no
)
SELECT sign, min(client_no) AS client_no, day, day AS first_day, audience_id, campaign_id, count(*) AS clients
FROM mine WHERE NOT several GROUP BY sign, day, audience_id, campaign_id
UNION ALL
SELECT DISTINCT v.sign, v.client_no, v.day, m.day, v.audience_id, v.campaign_id, 1
FROM visits v JOIN mine m ON m.sign = v.sign AND m.client_no = v.client_no WHERE m.several;

CREATE TEMP TABLE visit_days AS
SELECT DISTINCT d.sign, d.client_no, d.clients, a.facet_no, b.with_bots, d.day, d.first_day
FROM alike d JOIN audience_facets a USING (audience_id)
JOIN (VALUES (false), (true)) b (with_bots) ON b.with_bots OR NOT a.is_bot;

CREATE TEMP TABLE facet_visitor_changes AS
WITH chained AS (
    SELECT *, lag(day) OVER (PARTITION BY sign, client_no, facet_no, with_bots ORDER BY day) AS before FROM visit_days
),
summed AS (
    SELECT facet_no, with_bots, day, coalesce(day - before, 0)::INTEGER AS days_since,
           (CASE WHEN before IS NULL THEN day - first_day ELSE 0 END)::INTEGER AS days_known,
           sum(sign * clients)::BIGINT AS visitors
    FROM chained GROUP BY ALL HAVING sum(sign * clients) <> 0
)
SELECT facet, * EXCLUDE (facet, facet_no) FROM summed JOIN facet_names USING (facet_no);

CREATE TEMP TABLE facet_cohort_changes AS
WITH weeks AS (
    SELECT sign, client_no, clients, facet_no, with_bots, first_day, min(day) AS day
    FROM visit_days GROUP BY sign, client_no, clients, facet_no, with_bots, first_day, date_trunc('week', day)
),
summed AS (
    SELECT facet_no, with_bots, first_day, day, sum(sign * clients)::BIGINT AS visitors
    FROM weeks GROUP BY ALL HAVING sum(sign * clients) <> 0
)
SELECT facet, * EXCLUDE (facet, facet_no) FROM summed JOIN facet_names USING (facet_no);
DROP TABLE visit_days; -- ten rows a client that came in several ways

-- The same by how they came, bots aside: each session's channel, source and campaign.
CREATE TEMP TABLE ways AS
WITH named AS (
    SELECT audience_id, NULL AS campaign_id, 'channel' AS kind, channel AS value, '' AS medium FROM audiences
    UNION ALL
    SELECT NULL, campaign_id, 'source', utm_source, utm_medium FROM campaigns
    UNION ALL
    SELECT NULL, campaign_id, 'campaign', utm_campaign, utm_medium FROM campaigns
)
SELECT *, (dense_rank() OVER (ORDER BY kind, value, medium))::INTEGER AS way_no FROM named;

CREATE TEMP TABLE facet_acquisition_changes AS
WITH came AS (
    SELECT d.sign, d.client_no, d.clients, d.day, d.audience_id, w.way_no FROM alike d JOIN ways w USING (audience_id)
    UNION
    SELECT d.sign, d.client_no, d.clients, d.day, d.audience_id, w.way_no FROM alike d JOIN ways w USING (campaign_id)
),
chained AS (
    SELECT sign, clients, facet_no, way_no, day,
           lag(day) OVER (PARTITION BY sign, client_no, facet_no, way_no ORDER BY day) AS before
    FROM (
        SELECT DISTINCT c.sign, c.client_no, c.clients, a.facet_no, c.way_no, c.day
        FROM came c JOIN audience_facets a USING (audience_id) WHERE NOT a.is_bot
    )
),
summed AS (
    SELECT facet_no, way_no, day, coalesce(day - before, 0)::INTEGER AS days_since,
           sum(sign * clients)::BIGINT AS visitors
    FROM chained GROUP BY ALL HAVING sum(sign * clients) <> 0
)
SELECT f.facet, w.kind, s.day, w.value, w.medium, s.days_since, s.visitors
FROM summed s JOIN facet_names f USING (facet_no)
JOIN (SELECT DISTINCT way_no, kind, value, medium FROM ways) w USING (way_no);
