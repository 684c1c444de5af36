CREATE FUNCTION mart.range_of(from_day date, to_day date, OUT range_from timestamptz, OUT range_to timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT from_day::timestamp AT TIME ZONE time_zone, (to_day + 1)::timestamp AT TIME ZONE time_zone FROM public.site
$$;
COMMENT ON FUNCTION mart.range_of IS 'The instants [range_from, range_to) of the site''s days from_day to to_day, both inclusive';

CREATE FUNCTION mart.main_currency(from_day date, to_day date) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT o.currency FROM public.order_days o
    WHERE o.day BETWEEN from_day AND to_day AND o.currency <> ''
    GROUP BY o.currency ORDER BY sum(o.orders) DESC, o.currency LIMIT 1
$$;
COMMENT ON FUNCTION mart.main_currency IS 'Currency of most orders of the days; revenue is given in it. NULL where there is none';

CREATE FUNCTION mart.session_no(session_key text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT ('x' || left(md5(session_key), 15))::bit(60)::bigint $$;
COMMENT ON FUNCTION mart.session_no IS 'Number by which the facts know a session: the first 60 bits of its key''s MD5';
