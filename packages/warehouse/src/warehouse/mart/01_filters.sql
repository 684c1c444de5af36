-- One vocabulary for all questions: {"channel": …, "device": …, "country": …, "login": …, "category": …, "brand": …,
-- "bots": true}; each value a text or a list of texts. Filters choose sessions, and with them what happened in them; those
-- on products choose, of each session, the days on which such a product was viewed, put into the cart or bought in it.
CREATE FUNCTION mart.wanted(filters jsonb, key text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    unknown text;
    given jsonb := filters -> key;
BEGIN
    SELECT name INTO unknown FROM jsonb_object_keys(coalesce(filters, '{}')) name
    WHERE name NOT IN ('channel', 'device', 'country', 'login', 'category', 'brand', 'bots') LIMIT 1;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'unknown filter %: expected channel, device, country, login, category, brand or bots', unknown
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN CASE coalesce(jsonb_typeof(given), 'null')
        WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(given))
        WHEN 'null' THEN NULL
        ELSE ARRAY[given #>> '{}'] END;
END
$$;
COMMENT ON FUNCTION mart.wanted IS 'The values that a filter asks for; NULL where it does not. Refuses filters that do not exist';

CREATE FUNCTION mart.with_bots(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce((filters ->> 'bots')::boolean, false) $$;
COMMENT ON FUNCTION mart.with_bots IS 'Whether bots are counted too';

CREATE FUNCTION mart.by_product(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT mart.wanted(filters, 'category') IS NOT NULL OR mart.wanted(filters, 'brand') IS NOT NULL
$$;
COMMENT ON FUNCTION mart.by_product IS 'Whether the filters are about products';

CREATE FUNCTION mart.audiences_of(filters jsonb)
RETURNS TABLE (audience_id integer, channel text, device_type text, country text, login_state text, is_bot boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT a.audience_id, a.channel, a.device_type, a.country, a.login_state, a.is_bot
    FROM public.audiences a
    WHERE (mart.wanted(filters, 'channel') IS NULL OR a.channel = ANY (mart.wanted(filters, 'channel')))
      AND (mart.wanted(filters, 'device') IS NULL OR a.device_type = ANY (mart.wanted(filters, 'device')))
      AND (mart.wanted(filters, 'country') IS NULL OR a.country = ANY (mart.wanted(filters, 'country')))
      AND (mart.wanted(filters, 'login') IS NULL OR a.login_state = ANY (mart.wanted(filters, 'login')))
      AND (mart.with_bots(filters) OR NOT a.is_bot)
$$;
COMMENT ON FUNCTION mart.audiences_of IS 'The audiences that the filters on channel, device, country, login and bots leave';

CREATE FUNCTION mart.products_of(filters jsonb) RETURNS TABLE (product_id text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.product_id FROM public.products p
    WHERE (mart.wanted(filters, 'category') IS NULL OR p.category = ANY (mart.wanted(filters, 'category')))
      AND (mart.wanted(filters, 'brand') IS NULL OR p.brand = ANY (mart.wanted(filters, 'brand')))
$$;
COMMENT ON FUNCTION mart.products_of IS 'The products that the filters on category and brand leave, by their latest known attributes';

CREATE FUNCTION mart.product_visits_of(from_day date, to_day date, filters jsonb) RETURNS TABLE (session_no bigint, day date)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.session_no, f.day FROM public.session_products f
    WHERE f.day BETWEEN from_day AND to_day AND f.session_no IS NOT NULL
      AND f.product_id IN (SELECT p.product_id FROM mart.products_of(filters) p)
$$;
COMMENT ON FUNCTION mart.product_visits_of IS
    'The sessions and days on which a product that the filters leave was viewed, put into the cart or bought in them';

CREATE FUNCTION mart.product_sessions_of(from_day date, to_day date, filters jsonb)
RETURNS TABLE (
    session_no bigint, day date, client_no bigint, audience_id integer, client_since timestamptz, campaign_id integer
)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.session_no, f.day, f.client_no, f.session_audience_id, f.client_since, f.session_campaign_id
    FROM public.session_products f
    WHERE f.day BETWEEN from_day AND to_day AND f.session_audience_id IS NOT NULL
      AND f.product_id IN (SELECT p.product_id FROM mart.products_of(filters) p)
$$;
COMMENT ON FUNCTION mart.product_sessions_of IS
    'The sessions that began on the days and in which, on the same day, a product that the filters leave was viewed, put into the cart or bought: once for each such product';

CREATE FUNCTION mart.sessions_of(from_day date, to_day date, filters jsonb) RETURNS SETOF public.session_facts
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM public.session_facts f
    WHERE f.day BETWEEN from_day AND to_day
      AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
      AND (NOT mart.by_product(filters)
           OR f.session_no IN (SELECT p.session_no FROM mart.product_sessions_of(from_day, to_day, filters) p))
$$;
COMMENT ON FUNCTION mart.sessions_of IS 'The sessions that began on the days and that the filters leave';

-- All that its index holds, which is in the order of days and clients: an eighth of what the table itself would cost.
-- The sum is the index's expression: a bare day would have the planner take it for the rows of the table, too.
CREATE FUNCTION mart.visits_of(from_day date, to_day date, filters jsonb)
RETURNS TABLE (day date, client_no bigint, audience_id integer, client_since timestamptz, campaign_id integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.day + 0, f.client_no, f.audience_id, f.client_since, f.campaign_id FROM public.session_facts f
    WHERE NOT mart.by_product(filters) AND f.day + 0 BETWEEN from_day AND to_day
      AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
    UNION ALL
    SELECT p.day, p.client_no, p.audience_id, p.client_since, p.campaign_id
    FROM mart.product_sessions_of(from_day, to_day, filters) p
    WHERE mart.by_product(filters) AND p.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
$$;
COMMENT ON FUNCTION mart.visits_of IS
    'Whose sessions began on the days, of those that the filters leave, each session once or more often: for telling visitors apart';

CREATE FUNCTION mart.hours_of(from_day date, to_day date, filters jsonb) RETURNS SETOF public.session_hours
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM public.session_hours f
    WHERE f.day BETWEEN from_day AND to_day
      AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
      AND (NOT mart.by_product(filters)
           OR (f.session_no, f.day) IN (SELECT p.session_no, p.day FROM mart.product_visits_of(from_day, to_day, filters) p))
$$;
COMMENT ON FUNCTION mart.hours_of IS 'What happened on the days in the sessions that the filters leave, by session and hour';

CREATE FUNCTION mart.orders_of(from_day date, to_day date, filters jsonb) RETURNS SETOF public.session_orders
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM public.session_orders f
    WHERE f.day BETWEEN from_day AND to_day
      AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
      AND (NOT mart.by_product(filters)
           OR (f.session_no, f.day) IN (SELECT p.session_no, p.day FROM mart.product_visits_of(from_day, to_day, filters) p))
$$;
COMMENT ON FUNCTION mart.orders_of IS 'The orders placed on the days in the sessions that the filters leave';

CREATE FUNCTION mart.lines_of(from_day date, to_day date, filters jsonb) RETURNS SETOF public.session_products
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM public.session_products f
    WHERE f.day BETWEEN from_day AND to_day
      AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
      AND (NOT mart.by_product(filters) OR f.product_id IN (SELECT p.product_id FROM mart.products_of(filters) p))
$$;
COMMENT ON FUNCTION mart.lines_of IS
    'What was viewed, put into carts and bought on the days: here the filters on category and brand choose the products themselves';

CREATE FUNCTION mart.pages_of(from_day date, to_day date, filters jsonb) RETURNS SETOF public.session_pages
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM public.session_pages f
    WHERE f.day BETWEEN from_day AND to_day
      AND f.audience_id IN (SELECT a.audience_id FROM mart.audiences_of(filters) a)
      AND (NOT mart.by_product(filters)
           OR (f.session_no, f.day) IN (SELECT p.session_no, p.day FROM mart.product_visits_of(from_day, to_day, filters) p))
$$;
COMMENT ON FUNCTION mart.pages_of IS 'The pages that were seen on the days in the sessions that the filters leave';

CREATE FUNCTION mart.by_session(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT mart.wanted(filters, 'channel') IS NOT NULL OR mart.wanted(filters, 'device') IS NOT NULL
        OR mart.wanted(filters, 'country') IS NOT NULL OR mart.wanted(filters, 'login') IS NOT NULL
$$;
COMMENT ON FUNCTION mart.by_session IS 'Whether the filters are about sessions, beside bots';

-- Most questions have one filter or none: those are answered from the sums by facet, all others from the facts.
CREATE FUNCTION mart.session_facets_of(filters jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE num_nonnulls(mart.wanted(filters, 'channel'), mart.wanted(filters, 'device'),
                             mart.wanted(filters, 'country'), mart.wanted(filters, 'login'))
        WHEN 0 THEN ARRAY['']
        WHEN 1 THEN ARRAY(SELECT 'channel:' || unnest(mart.wanted(filters, 'channel'))
                          UNION SELECT 'device:' || unnest(mart.wanted(filters, 'device'))
                          UNION SELECT 'country:' || unnest(mart.wanted(filters, 'country'))
                          UNION SELECT 'login:' || unnest(mart.wanted(filters, 'login'))) END
$$;
COMMENT ON FUNCTION mart.session_facets_of IS
    'The facets that the filters about sessions leave, each session in one at most; NULL where the facets do not tell';

CREATE FUNCTION mart.facets_of(filters jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT mart.by_product(filters) THEN mart.session_facets_of(filters) END
$$;
COMMENT ON FUNCTION mart.facets_of IS 'The same where no filter is about products, else NULL';

CREATE FUNCTION mart.faceted(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT mart.facets_of(filters) IS NOT NULL $$;
COMMENT ON FUNCTION mart.faceted IS 'Whether the sums by facet answer questions with these filters';

CREATE FUNCTION mart.facet_of_visitors(filters jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN cardinality(mart.facets_of(filters)) = 1 THEN (mart.facets_of(filters))[1] END
$$;
COMMENT ON FUNCTION mart.facet_of_visitors IS
    'The one facet that the filters leave, else NULL: visitors of several are fewer than their sum';

CREATE FUNCTION mart.only_channels(filters jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT mart.faceted(filters) AND (mart.wanted(filters, 'channel') IS NOT NULL OR NOT mart.by_session(filters))
$$;
COMMENT ON FUNCTION mart.only_channels IS 'Whether the filters are about channels at the most, beside bots';
