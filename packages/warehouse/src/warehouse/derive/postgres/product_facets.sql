-- The sums of one day by category and brand.
DELETE FROM product_facet_days WHERE day = %(day)s;
DELETE FROM product_facet_hours WHERE day = %(day)s;
DELETE FROM product_facet_pages WHERE day = %(day)s;
DELETE FROM product_facet_campaigns WHERE day = %(day)s;
DELETE FROM category_funnel_days WHERE day = %(day)s;

CREATE TEMP TABLE product_visits ON COMMIT DROP AS
SELECT DISTINCT f.facet, s.session_no
FROM session_products s JOIN products p USING (product_id),
     LATERAL (VALUES ('category:' || p.category), ('brand:' || p.brand)) f (facet)
WHERE s.day = %(day)s AND s.session_no IS NOT NULL AND f.facet IS NOT NULL;
ANALYZE product_visits;

INSERT INTO product_facet_days (facet, day, audience_id, {sums})
SELECT facet, %(day)s, audience_id, {whole}
FROM (
    SELECT v.facet, h.audience_id, sum(h.events) AS events, {events}
    FROM product_visits v JOIN session_hours h ON h.session_no = v.session_no AND h.day = %(day)s
    GROUP BY v.facet, h.audience_id
) e
FULL JOIN (
    SELECT v.facet, s.audience_id, count(*) AS sessions, count(*) FILTER (WHERE s.page_views <= 1) AS bounces,
           sum(s.duration_seconds) AS duration_seconds, count(*) FILTER (WHERE s.orders > 0) AS converted,
           count(*) FILTER (WHERE s.reached_view) AS viewed, count(*) FILTER (WHERE s.reached_product_view) AS product_viewed,
           count(*) FILTER (WHERE s.reached_add_to_cart) AS added_to_cart,
           count(*) FILTER (WHERE s.reached_checkout) AS checked_out, count(*) FILTER (WHERE s.reached_purchase) AS purchased
    FROM product_visits v JOIN session_facts s ON s.session_no = v.session_no AND s.day = %(day)s
    GROUP BY v.facet, s.audience_id
) s USING (facet, audience_id);

INSERT INTO product_facet_hours (facet, day, hour, is_bot, events, page_views, product_views, add_to_carts, sessions, visitors)
SELECT facet, %(day)s, hour, is_bot, sum(events), sum(page_views), sum(product_views), sum(add_to_carts), sum(sessions),
       sum(visitors)
FROM (
    SELECT v.facet, h.hour, a.is_bot, h.events,
           coalesce(h.page_view, 0) + coalesce(h.home_view, 0) + coalesce(h.category_view, 0) + coalesce(h.product_view, 0)
               AS page_views,
           coalesce(h.product_view, 0) AS product_views, coalesce(h.add_to_cart_click, 0) AS add_to_carts, 0 AS sessions,
           0 AS visitors
    FROM product_visits v JOIN session_hours h ON h.session_no = v.session_no AND h.day = %(day)s
    JOIN audiences a USING (audience_id)
    UNION ALL
    SELECT v.facet, date_trunc('hour', s.started_at, z.time_zone), bool_and(a.is_bot), 0, 0, 0, 0, 0,
           (s.client_no IS NOT NULL)::integer
    FROM site z, product_visits v JOIN session_facts s ON s.session_no = v.session_no AND s.day = %(day)s
    JOIN audiences a USING (audience_id)
    GROUP BY 1, 2, s.client_no
    UNION ALL
    SELECT v.facet, date_trunc('hour', s.started_at, z.time_zone), a.is_bot, 0, 0, 0, 0, count(*), 0
    FROM site z, product_visits v JOIN session_facts s ON s.session_no = v.session_no AND s.day = %(day)s
    JOIN audiences a USING (audience_id)
    GROUP BY 1, 2, 3
) w
GROUP BY facet, hour, is_bot;

INSERT INTO product_facet_pages (facet, day, page_path, is_bot, views, sessions, entries, exits, bounces)
SELECT w.facet, %(day)s, w.page_path, a.is_bot, sum(w.views), sum(w.sessions), sum(w.entries), sum(w.exits), sum(w.bounces)
FROM (
    SELECT v.facet, p.page_path, p.audience_id, p.views, 1 AS sessions, 0 AS entries, 0 AS exits, 0 AS bounces
    FROM product_visits v JOIN session_pages p ON p.session_no = v.session_no AND p.day = %(day)s
    UNION ALL
    SELECT v.facet, e.page_path, s.audience_id, 0, 0, e.entries, e.exits, e.entries * (s.page_views <= 1)::integer
    FROM product_visits v JOIN session_facts s ON s.session_no = v.session_no AND s.day = %(day)s,
         LATERAL (VALUES (s.entry_page, 1, 0), (s.exit_page, 0, 1)) e (page_path, entries, exits)
    WHERE e.page_path IS NOT NULL
) w
JOIN audiences a USING (audience_id)
GROUP BY w.facet, w.page_path, a.is_bot;

INSERT INTO product_facet_campaigns (facet, day, utm_source, utm_medium, utm_campaign, is_bot, sessions, bounces,
                                     add_to_carts, converted)
SELECT v.facet, %(day)s, c.utm_source, c.utm_medium, c.utm_campaign, a.is_bot, count(*),
       count(*) FILTER (WHERE s.page_views <= 1), sum(s.add_to_carts), count(*) FILTER (WHERE s.orders > 0)
FROM product_visits v JOIN session_facts s ON s.session_no = v.session_no AND s.day = %(day)s
JOIN audiences a USING (audience_id) JOIN campaigns c USING (campaign_id)
GROUP BY v.facet, c.utm_source, c.utm_medium, c.utm_campaign, a.is_bot;

INSERT INTO category_funnel_days (facet, with_bots, day, category, sessions, product_viewed, added_to_cart, checked_out, purchased)
SELECT w.facet, w.with_bots, %(day)s, w.category, count(*), count(*) FILTER (WHERE w.did & 1 > 0),
       count(*) FILTER (WHERE w.did & 2 > 0), count(*) FILTER (WHERE w.did & 6 > 0 AND c.session_no IS NOT NULL),
       count(*) FILTER (WHERE w.did & 4 > 0)
FROM (
    SELECT n.facet, b.with_bots, coalesce(p.category, 'unknown') AS category, l.session_no,
           bit_or((l.views > 0)::integer + 2 * (l.add_to_carts > 0)::integer + 4 * (l.orders > 0)::integer) AS did
    FROM session_products l
    JOIN (
        SELECT a.audience_id, a.is_bot, f.facet
        FROM audiences a, LATERAL (VALUES (''), ('channel:' || a.channel), ('device:' || a.device_type),
                                          ('country:' || a.country), ('login:' || a.login_state)) f (facet)
    ) n USING (audience_id)
    JOIN (VALUES (false), (true)) b (with_bots) ON b.with_bots OR NOT n.is_bot
    LEFT JOIN products p USING (product_id)
    WHERE l.day = %(day)s AND l.session_no IS NOT NULL
    GROUP BY 1, 2, 3, 4
) w
-- The session may have begun the day before.
LEFT JOIN (SELECT session_no FROM session_facts WHERE day BETWEEN %(day)s::date - 1 AND %(day)s::date AND reached_checkout) c
       ON w.did & 6 > 0 AND c.session_no = w.session_no
GROUP BY w.facet, w.with_bots, w.category;

INSERT INTO product_facet_days_known VALUES (%(day)s) ON CONFLICT DO NOTHING;
DROP TABLE product_visits;
