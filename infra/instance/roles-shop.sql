-- The shop's role and database. What is in it is the shop's own business.
\getenv shop SHOP_PASSWORD
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic; -- passwords stay out of the log
SELECT 'CREATE ROLE shop' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop')
\gexec
ALTER ROLE shop LOGIN PASSWORD :'shop';
SELECT 'CREATE DATABASE shop OWNER shop TEMPLATE template0 ENCODING ''UTF8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shop')
\gexec
REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC;
