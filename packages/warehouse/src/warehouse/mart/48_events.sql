-- Newest first without an index that every load would pay for: stretches of time are tried from the end, each twice as
-- long as the one before, the first one by how many events the busiest of the last three hours has: the last one may
-- just have begun.
CREATE FUNCTION mart.event_list(
    from_day date, to_day date, filters jsonb DEFAULT '{}', max_rows integer DEFAULT 50, wanted_name text DEFAULT NULL,
    before_at timestamptz DEFAULT NULL, before_id uuid DEFAULT NULL, containing text DEFAULT NULL)
RETURNS SETOF public.clickstream_events
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    bounds record;
    slice_from timestamptz;
    slice_to timestamptz;
    newest_hour timestamptz;
    step interval;
    left_over integer := max_rows;
    found_rows integer;
BEGIN
    SELECT * INTO bounds FROM mart.range_of(from_day, to_day);
    slice_to := least(bounds.range_to, before_at + interval '1 microsecond', mart.newest_event() + interval '1 microsecond');
    SELECT max(h.hour) INTO newest_hour FROM public.events_hourly h
    WHERE h.hour < slice_to AND (wanted_name IS NULL OR h.event_name = wanted_name);
    IF newest_hour IS NULL THEN
        RETURN;
    END IF;
    slice_to := least(slice_to, newest_hour + interval '1 hour');
    SELECT interval '1 hour' * least(1, 20.0 * max_rows / max(l.events)) INTO step
    FROM (
        SELECT sum(h.events) AS events FROM public.events_hourly h
        WHERE h.hour BETWEEN newest_hour - interval '2 hours' AND newest_hour
          AND (wanted_name IS NULL OR h.event_name = wanted_name)
        GROUP BY h.hour
    ) l;
    -- Whoever is looked for has been seen at known times: nothing else is read.
    IF containing IS NOT NULL THEN
        SELECT greatest(bounds.range_from, min(s.started_at)), least(bounds.range_to, max(s.ended_at) + interval '1 microsecond')
        INTO bounds.range_from, bounds.range_to
        FROM public.sessions s
        WHERE s.session_key = 's:' || containing OR s.client_id = containing;
        slice_to := least(slice_to, bounds.range_to);
        step := '30 days';
    END IF;
    WHILE left_over > 0 AND slice_to > bounds.range_from LOOP
        slice_from := greatest(slice_to - step, bounds.range_from);
        RETURN QUERY
        SELECT e.* FROM public.clickstream_events e
        WHERE e.event_timestamp >= slice_from AND e.event_timestamp < slice_to
          AND (wanted_name IS NULL OR e.event_name = wanted_name)
          AND (before_at IS NULL OR (e.event_timestamp, e.event_id) < (before_at, before_id))
          AND (mart.with_bots(filters) OR NOT e.is_bot)
          AND (mart.wanted(filters, 'channel') IS NULL OR e.channel = ANY (mart.wanted(filters, 'channel')))
          AND (mart.wanted(filters, 'device') IS NULL OR e.device_type = ANY (mart.wanted(filters, 'device')))
          AND (mart.wanted(filters, 'country') IS NULL OR coalesce(e.country, 'unknown') = ANY (mart.wanted(filters, 'country')))
          AND (mart.wanted(filters, 'login') IS NULL OR coalesce(e.user_login_state, 'unknown') = ANY (mart.wanted(filters, 'login')))
          AND (mart.wanted(filters, 'category') IS NULL OR e.context_product_category = ANY (mart.wanted(filters, 'category')))
          AND (mart.wanted(filters, 'brand') IS NULL OR e.context_product_brand = ANY (mart.wanted(filters, 'brand')))
          AND (containing IS NULL OR e.session_id = containing OR e.client_id = containing)
        ORDER BY e.event_timestamp DESC, e.event_id DESC LIMIT left_over;
        GET DIAGNOSTICS found_rows = ROW_COUNT;
        left_over := left_over - found_rows;
        slice_to := slice_from;
        step := step * 2;
    END LOOP;
END
$$;
COMMENT ON FUNCTION mart.event_list IS
    'Events as they are, newest first, before a given one; here the filters are those of the event itself. containing is the id of a session or client';
