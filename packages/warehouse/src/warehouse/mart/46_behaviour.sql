CREATE FUNCTION mart.pages(from_day date, to_day date, kind text DEFAULT 'all', max_rows integer DEFAULT 50, filters jsonb DEFAULT '{}')
RETURNS TABLE (
    path text, views bigint, visitors bigint, entries bigint, exits bigint, bounce_rate numeric, exit_rate numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF kind IS NULL OR kind NOT IN ('entry', 'exit', 'all') THEN
        RAISE EXCEPTION 'unknown kind %: expected entry, exit or all', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    WITH ends AS (
        SELECT p.page_path, sum(p.entries)::bigint AS entries, sum(p.exits)::bigint AS exits, sum(p.bounces)::bigint AS bounces
        FROM (
            SELECT s.entry_page AS page_path, count(*) AS entries, 0 AS exits, count(*) FILTER (WHERE s.page_views <= 1) AS bounces
            FROM mart.sessions_of(from_day, to_day, filters) s WHERE s.entry_page IS NOT NULL GROUP BY 1
            UNION ALL
            SELECT s.exit_page, 0, count(*), 0
            FROM mart.sessions_of(from_day, to_day, filters) s WHERE s.exit_page IS NOT NULL GROUP BY 1
        ) p
        GROUP BY p.page_path
    ),
    seen AS (
        SELECT v.page_path, sum(v.views)::bigint AS views, count(v.client_no) AS visitors, sum(v.sessions)::bigint AS sessions
        FROM (
            SELECT f.page_path, f.client_no, sum(f.views) AS views, count(*) AS sessions
            FROM public.session_pages f
            WHERE f.day BETWEEN from_day AND to_day
              AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
              AND (NOT mart.by_product(filters)
                   OR f.session_no IN (SELECT p.session_no FROM mart.product_sessions_of(from_day, to_day, filters) p))
            GROUP BY f.page_path, f.client_no
        ) v
        GROUP BY v.page_path
    )
    SELECT page_path, coalesce(s.views, 0), coalesce(s.visitors, 0), coalesce(e.entries, 0), coalesce(e.exits, 0),
           round(e.bounces::numeric / nullif(e.entries, 0), 6), round(e.exits::numeric / nullif(s.sessions, 0), 6)
    FROM seen s FULL JOIN ends e USING (page_path)
    WHERE CASE kind WHEN 'entry' THEN e.entries > 0 WHEN 'exit' THEN e.exits > 0 ELSE s.views > 0 END
    ORDER BY CASE kind WHEN 'entry' THEN e.entries WHEN 'exit' THEN e.exits ELSE s.views END DESC, 1
    LIMIT max_rows;
END
$$;
COMMENT ON FUNCTION mart.pages IS
    'Pages by views, or by the sessions that entered or left the site there; bounceRate of those that entered, exitRate of the sessions and days that saw it';

CREATE FUNCTION mart.paths(from_day date, to_day date, max_steps integer DEFAULT 4, filters jsonb DEFAULT '{}')
RETURNS TABLE (path text[], sessions bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT w.path[:max_steps], sum(w.sessions)::bigint
    FROM (
        SELECT string_to_array(s.steps, '>') AS path, count(*) AS sessions
        FROM mart.sessions_of(from_day, to_day, filters) s WHERE s.steps IS NOT NULL GROUP BY s.steps
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
    WITH asked AS (
        SELECT f.query, f.session_no, sum(f.searches) AS searches
        FROM public.session_searches f
        WHERE f.day BETWEEN from_day AND to_day
          AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
          AND (NOT mart.by_product(filters)
               OR f.session_no IN (SELECT p.session_no FROM mart.product_sessions_of(from_day, to_day, filters) p))
        GROUP BY f.query, f.session_no
    )
    SELECT q.query, sum(q.searches)::bigint, count(*), coalesce(sum(s.product_views), 0)::bigint,
           coalesce(sum(s.orders), 0)::bigint, round(count(*) FILTER (WHERE s.orders > 0) / count(*)::numeric, 6)
    FROM asked q
    -- The session may have begun the day before.
    LEFT JOIN public.session_facts s ON s.session_no = q.session_no AND s.day BETWEEN from_day - 1 AND to_day
    GROUP BY q.query ORDER BY 2 DESC, 1 LIMIT max_rows
$$;
COMMENT ON FUNCTION mart.searches IS
    'What was searched for, in how many sessions, and the product views and orders of those sessions';
