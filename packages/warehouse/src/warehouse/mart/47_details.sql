CREATE FUNCTION mart.dimensions(from_day date, to_day date, filters jsonb DEFAULT '{}')
RETURNS TABLE (dimension text, value text, sessions bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH d AS (
        SELECT a.channel, a.device_type, a.country, a.login_state, s.sessions
        FROM (
            SELECT p.audience_id, sum(p.sessions) AS sessions
            FROM mart.session_days(from_day, to_day, filters) p GROUP BY p.audience_id
        ) s JOIN public.audiences a USING (audience_id)
    ),
    products AS (
        SELECT p.category, p.brand, sum(d.views) AS views
        FROM public.products_daily d JOIN public.products p USING (product_id)
        WHERE d.day BETWEEN from_day AND to_day AND (mart.with_bots(filters) OR NOT d.is_bot)
        GROUP BY p.category, p.brand
    )
    SELECT n.dimension, n.value, sum(n.sessions)::bigint
    FROM (
        SELECT 'channel' AS dimension, channel AS value, sessions FROM d
        UNION ALL SELECT 'device', device_type, sessions FROM d
        UNION ALL SELECT 'country', country, sessions FROM d
        UNION ALL SELECT 'login', login_state, sessions FROM d
        UNION ALL SELECT 'category', category, views FROM products WHERE category IS NOT NULL
        UNION ALL SELECT 'brand', brand, views FROM products WHERE brand IS NOT NULL
    ) n
    GROUP BY n.dimension, n.value ORDER BY n.dimension, 3 DESC, n.value
$$;
COMMENT ON FUNCTION mart.dimensions IS
    'What the filters can ask for: channel, device, country and login with their sessions, category and brand with the views of their products';

CREATE FUNCTION mart.one_session(key text)
RETURNS TABLE (
    session_no bigint, session_key text, session_id text, client_id text, user_id text, started_at timestamptz,
    ended_at timestamptz, seconds integer, events integer, page_views integer, channel text, device text, country text,
    login_state text, entry_page text, exit_page text, reached text, orders integer, revenue numeric, currency text, is_bot boolean
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT mart.session_no(s.session_key), s.session_key, s.session_id, s.client_id, s.user_id, s.started_at, s.ended_at,
           s.duration_seconds, s.events, s.page_views, s.channel, s.device_type, s.country, a.login_state, s.entry_page,
           s.exit_page,
           CASE WHEN s.reached_purchase THEN 'purchase' WHEN s.reached_checkout THEN 'checkout'
                WHEN s.reached_add_to_cart THEN 'add_to_cart' WHEN s.reached_product_view THEN 'product_view'
                WHEN s.reached_view THEN 'page_view' END,
           s.orders, s.revenue, s.currency, s.is_bot
    FROM public.sessions s
    JOIN public.session_facts f ON f.started_at = s.started_at AND f.session_no = mart.session_no(s.session_key)
    JOIN public.audiences a ON a.audience_id = f.audience_id
    WHERE s.session_key = key
$$;
COMMENT ON FUNCTION mart.one_session IS 'One session by its key, as mart.session_list lists it';

CREATE FUNCTION mart.session_list(
    from_day date, to_day date, filters jsonb DEFAULT '{}', max_rows integer DEFAULT 50,
    before_at timestamptz DEFAULT NULL, before_no bigint DEFAULT NULL, containing text DEFAULT NULL)
RETURNS TABLE (
    session_no bigint, session_key text, session_id text, client_id text, user_id text, started_at timestamptz,
    ended_at timestamptz, seconds integer, events integer, page_views integer, channel text, device text, country text,
    login_state text, entry_page text, exit_page text, reached text, orders integer, revenue numeric, currency text, is_bot boolean
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT one.*
    FROM (
        SELECT f.session_no, f.started_at, f.audience_id
        FROM mart.sessions_of(from_day, to_day, filters) f
        -- Each a value before the query begins: so the index is entered at the last of the days, not at the newest session.
        WHERE f.started_at >= (SELECT r.range_from FROM mart.range_of(from_day, to_day) r)
          AND f.started_at < (SELECT r.range_to FROM mart.range_of(from_day, to_day) r)
          AND (before_at IS NULL OR (f.started_at, f.session_no) < (before_at, before_no))
          AND (containing IS NULL OR f.session_no IN (
              SELECT mart.session_no('s:' || containing)
              UNION ALL SELECT mart.session_no(c.session_key) FROM public.sessions c WHERE c.client_id = containing
              UNION ALL SELECT mart.session_no(u.session_key)
              FROM public.clients k JOIN public.sessions u USING (client_id)
              WHERE k.user_ids @> ARRAY[containing] AND u.user_ids @> ARRAY[containing]))
        ORDER BY f.started_at DESC, f.session_no DESC LIMIT max_rows
    ) f
    JOIN public.sessions s ON s.started_at = f.started_at AND mart.session_no(s.session_key) = f.session_no
    CROSS JOIN LATERAL mart.one_session(s.session_key) one
    ORDER BY f.started_at DESC, f.session_no DESC
$$;
COMMENT ON FUNCTION mart.session_list IS
    'Sessions, newest first, before a given one; containing is the id of a session, a client or a user';

CREATE FUNCTION mart.session_events(key text)
RETURNS TABLE (
    event_id uuid, at timestamptz, event_name text, page_path text, page_title text, product_id text, product_name text,
    search_query text, order_id text, value numeric, currency text
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT e.event_id, e.event_timestamp, e.event_name, e.page_path, e.page_title, e.context_product_id,
           e.context_product_name, e.search_query, e.order_id,
           coalesce(o.total, e.context_product_discount_price, e.context_product_price), o.currency
    FROM public.sessions s
    JOIN public.clickstream_events e
      ON e.event_timestamp BETWEEN s.started_at AND s.ended_at
     AND CASE WHEN s.session_id IS NOT NULL THEN e.session_id = s.session_id
              ELSE e.session_id IS NULL AND e.client_id = s.client_id END
    LEFT JOIN public.order_events o ON o.event_id = e.event_id AND o.event_timestamp = e.event_timestamp
    WHERE s.session_key = key
    ORDER BY e.event_timestamp, e.sequence NULLS FIRST, e.event_id
$$;
COMMENT ON FUNCTION mart.session_events IS 'The events of one session, by its key, in their order';
