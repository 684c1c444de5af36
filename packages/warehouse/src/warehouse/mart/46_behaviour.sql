CREATE FUNCTION mart.counted_pages(from_day date, to_day date, filters jsonb)
RETURNS TABLE (page_path text, views bigint, sessions bigint, entries bigint, exits bigint, bounces bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    summed boolean := mart.only_product_facet(filters) IS NOT NULL;
    counted record;
BEGIN
    SELECT * INTO counted FROM mart.counted_days(from_day, to_day, summed);
    IF counted.first IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.page_path, sum(f.views)::bigint, count(*), 0::bigint, 0::bigint, 0::bigint
    FROM mart.pages_of(counted.first, counted.last, filters) f
    WHERE NOT summed OR f.day NOT IN (SELECT k.day FROM public.product_facet_days_known k) GROUP BY f.page_path;
    RETURN QUERY
    SELECT coalesce(g.entry_page, g.exit_page), 0::bigint, 0::bigint, CASE WHEN g.of_entry THEN g.count ELSE 0 END,
           CASE WHEN g.of_entry THEN 0 ELSE g.count END, CASE WHEN g.of_entry THEN g.bounced ELSE 0 END
    FROM (
        SELECT s.entry_page, s.exit_page, grouping(s.entry_page) = 0 AS of_entry, count(*) AS count,
               count(*) FILTER (WHERE s.page_views <= 1) AS bounced
        FROM mart.sessions_of(counted.first, counted.last, filters) s
        WHERE NOT summed OR s.day NOT IN (SELECT k.day FROM public.product_facet_days_known k)
        GROUP BY GROUPING SETS ((s.entry_page), (s.exit_page))
    ) g
    WHERE coalesce(g.entry_page, g.exit_page) IS NOT NULL;
END
$$;
COMMENT ON FUNCTION mart.counted_pages IS 'Pages of days of which there are no sums';

CREATE FUNCTION mart.page_figures(from_day date, to_day date, filters jsonb)
RETURNS TABLE (page_path text, views bigint, sessions bigint, entries bigint, exits bigint, bounces bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.page_path, f.views, f.sessions, f.entries, f.exits, f.bounces FROM public.facet_pages f
    WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT f.page_path, f.views, f.sessions, f.entries, f.exits, f.bounces
    FROM public.product_facet_pages f JOIN public.product_facet_days_known k ON k.day = f.day
    WHERE f.facet = mart.only_product_facet(filters) AND f.day BETWEEN from_day AND to_day
      AND (mart.with_bots(filters) OR NOT f.is_bot)
    UNION ALL
    SELECT c.* FROM mart.counted_pages(from_day, to_day, filters) c WHERE NOT mart.faceted(filters)
$$;
COMMENT ON FUNCTION mart.page_figures IS 'Pages of the days, in parts that are to be summed';

CREATE FUNCTION mart.pages(
    from_day date, to_day date, kind text DEFAULT 'all', max_rows integer DEFAULT 50, filters jsonb DEFAULT '{}',
    with_visitors boolean DEFAULT false)
RETURNS TABLE (
    path text, views bigint, sessions bigint, visitors bigint, entries bigint, exits bigint, bounce_rate numeric,
    exit_rate numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF kind IS NULL OR kind NOT IN ('entry', 'exit', 'all') THEN
        RAISE EXCEPTION 'unknown kind %: expected entry, exit or all', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    WITH figures AS (
        SELECT f.page_path, sum(f.views)::bigint AS views, sum(f.sessions)::bigint AS sessions,
               sum(f.entries)::bigint AS entries, sum(f.exits)::bigint AS exits, sum(f.bounces)::bigint AS bounces
        FROM mart.page_figures(from_day, to_day, filters) f GROUP BY f.page_path
    ),
    -- Whom a page was seen by is counted for those that are shown, and only where it is asked for: it takes as long as
    -- everything else thrice.
    shown AS MATERIALIZED (
        SELECT f.* FROM figures f
        WHERE CASE kind WHEN 'entry' THEN f.entries > 0 WHEN 'exit' THEN f.exits > 0 ELSE f.views > 0 END
        ORDER BY CASE kind WHEN 'entry' THEN f.entries WHEN 'exit' THEN f.exits ELSE f.views END DESC, 1 LIMIT max_rows
    ),
    known AS (
        SELECT f.page_path, count(DISTINCT f.client_no) AS visitors
        FROM mart.pages_of(from_day, to_day, filters) f
        WHERE with_visitors AND f.page_path IN (SELECT w.page_path FROM shown w) GROUP BY f.page_path
    )
    SELECT s.page_path, s.views, s.sessions, CASE WHEN with_visitors THEN coalesce(k.visitors, 0) END, s.entries, s.exits,
           round(s.bounces::numeric / nullif(s.entries, 0), 6), round(s.exits::numeric / nullif(s.sessions, 0), 6)
    FROM shown s LEFT JOIN known k USING (page_path)
    ORDER BY CASE kind WHEN 'entry' THEN s.entries WHEN 'exit' THEN s.exits ELSE s.views END DESC, 1;
END
$$;
COMMENT ON FUNCTION mart.pages IS
    'Pages by views, or by the sessions that entered or left the site there; sessions that saw it count once a day; visitors where asked for; bounce rate of those that entered, exit rate of those that saw it';

CREATE FUNCTION mart.paths(from_day date, to_day date, max_steps integer DEFAULT 4, filters jsonb DEFAULT '{}')
RETURNS TABLE (path text[], sessions bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT w.path[:max_steps], sum(w.sessions)::bigint
    FROM (
        SELECT string_to_array(p.steps, '>') AS path, sum(p.sessions) AS sessions
        FROM (
            SELECT f.steps, f.sessions FROM public.facet_paths f
            WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day
              AND (mart.with_bots(filters) OR NOT f.is_bot)
            UNION ALL
            SELECT s.steps, count(*) FROM mart.sessions_of(from_day, to_day, filters) s
            WHERE s.steps IS NOT NULL AND NOT mart.faceted(filters) GROUP BY s.steps
        ) p
        GROUP BY p.steps
    ) w
    GROUP BY 1 ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION mart.paths IS
    'Ways through the site: kinds of pages (home, category, product, search, cart, checkout, purchase, or the first part of the path) in the order of their first view, cut after max_steps';

CREATE FUNCTION mart.path_links(from_day date, to_day date, max_steps integer DEFAULT 4, filters jsonb DEFAULT '{}')
RETURNS TABLE (step integer, source text, target text, sessions bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT n, p.path[n], p.path[n + 1], sum(p.sessions)::bigint
    FROM mart.paths(from_day, to_day, max_steps, filters) p, generate_series(1, cardinality(p.path) - 1) n
    GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3
$$;
COMMENT ON FUNCTION mart.path_links IS 'Sessions that went from one kind of page to the next, by step';

CREATE FUNCTION mart.searches(from_day date, to_day date, max_rows integer DEFAULT 50, filters jsonb DEFAULT '{}')
RETURNS TABLE (query text, searches bigint, sessions bigint, product_views bigint, orders bigint, conversion_rate numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- A session that searched for it on two of the days is one session: «again» on the second.
    WITH parts AS (
        SELECT f.query, f.searches, f.sessions, f.product_views, f.orders, f.converted,
               f.days_since > 0 AND f.day - f.days_since >= from_day AS again
        FROM public.facet_searches f
        WHERE f.facet = ANY (mart.facets_of(filters)) AND f.day BETWEEN from_day AND to_day
          AND (mart.with_bots(filters) OR NOT f.is_bot)
        UNION ALL
        SELECT f.query, f.searches, 1, f.product_views, f.orders, (f.orders > 0)::integer,
               row_number() OVER (PARTITION BY f.session_no, f.query ORDER BY f.day) > 1
        FROM public.session_searches f
        WHERE NOT mart.faceted(filters) AND f.day BETWEEN from_day AND to_day
          AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
          AND (NOT mart.by_product(filters)
               OR (f.session_no, f.day) IN (SELECT p.session_no, p.day FROM mart.product_visits_of(from_day, to_day, filters) p))
    ),
    totals AS (
        SELECT p.query, sum(p.searches) AS searches, sum(p.sessions) FILTER (WHERE NOT p.again) AS sessions,
               sum(p.product_views) FILTER (WHERE NOT p.again) AS product_views,
               sum(p.orders) FILTER (WHERE NOT p.again) AS orders, sum(p.converted) FILTER (WHERE NOT p.again) AS converted
        FROM parts p GROUP BY p.query
    )
    SELECT t.query, t.searches::bigint, t.sessions::bigint, t.product_views::bigint, t.orders::bigint,
           round(t.converted / t.sessions::numeric, 6)
    FROM totals t ORDER BY 2 DESC, 1 LIMIT max_rows
$$;
COMMENT ON FUNCTION mart.searches IS
    'What was searched for, in how many sessions, and the product views and orders of those sessions';
