-- Of the schema etl, which the dashboard does not see: hence SECURITY DEFINER.
CREATE FUNCTION mart.completeness(from_day date, to_day date)
RETURNS TABLE (as_of timestamptz, complete boolean)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT mart.newest_receipt(),
           NOT EXISTS (
               SELECT FROM etl.windows w, mart.range_of(from_day, to_day) r
               WHERE w.state <> 'loaded' AND w.ingest_window >= r.range_from - interval '1 hour'
                 AND w.ingest_window < r.range_to + interval '1 day')
$$;
COMMENT ON FUNCTION mart.completeness IS
    'The newest receipt that is loaded, and whether nothing that was received on the days or the day after is pending or failing';

CREATE FUNCTION mart.version() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT concat_ws('/', (SELECT max(updated_at) FROM etl.windows), (SELECT time_zone FROM public.site),
                     obj_description('mart'::regnamespace::oid, 'pg_namespace'))
$$;
COMMENT ON FUNCTION mart.version IS 'A text that changes whenever an answer of the mart may';
