-- Roles of the warehouse and its database. The tables and what each role may do with them are the migration's work
-- (packages/warehouse), which runs as the owner: not a superuser, but one who may manage these three roles.
\getenv owner OWNER_PASSWORD
\getenv etl ETL_PASSWORD
\getenv admin ADMIN_PASSWORD
\getenv dashboard DASHBOARD_PASSWORD
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic; -- passwords stay out of the log
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['clickstream_owner', 'clickstream_etl', 'clickstream_admin', 'clickstream_dashboard']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE clickstream_owner LOGIN CREATEROLE PASSWORD :'owner';
ALTER ROLE clickstream_etl LOGIN PASSWORD :'etl';
ALTER ROLE clickstream_admin LOGIN PASSWORD :'admin';
ALTER ROLE clickstream_dashboard LOGIN PASSWORD :'dashboard';
GRANT clickstream_etl, clickstream_admin, clickstream_dashboard TO clickstream_owner
WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
SELECT 'CREATE DATABASE clickstream OWNER clickstream_owner TEMPLATE template0 ENCODING ''UTF8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'clickstream')
\gexec
REVOKE CONNECT, TEMPORARY ON DATABASE clickstream FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE clickstream TO clickstream_etl;
GRANT CONNECT ON DATABASE clickstream TO clickstream_admin, clickstream_dashboard;

\connect clickstream
CREATE SCHEMA IF NOT EXISTS host;
COMMENT ON SCHEMA host IS 'What the machine tells of itself';
CREATE OR REPLACE FUNCTION host.disk_used_percent() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
  SELECT CASE
    WHEN (pg_stat_file('/var/lib/clickstream/disk_used_percent', true)).modification > now() - interval '20 minutes'
    THEN pg_read_file('/var/lib/clickstream/disk_used_percent')::integer
  END
$$;
COMMENT ON FUNCTION host.disk_used_percent() IS
'How full the warehouse''s volume is, in percent; NULL where the machine has not told for 20 minutes';
REVOKE ALL ON FUNCTION host.disk_used_percent() FROM PUBLIC;
GRANT USAGE ON SCHEMA host TO clickstream_etl, clickstream_admin;
GRANT EXECUTE ON FUNCTION host.disk_used_percent() TO clickstream_etl, clickstream_admin;
