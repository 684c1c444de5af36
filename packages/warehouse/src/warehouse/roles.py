"""The three roles and what each may do. No service uses the owner."""

from collections.abc import Mapping
from contextlib import closing

from psycopg2 import sql
from sqlalchemy import Connection, text

ETL = "clickstream_etl"
ADMIN = "clickstream_admin"
DASHBOARD = "clickstream_dashboard"
ROLES = (ETL, ADMIN, DASHBOARD)

# Of those that ask questions. A query that takes longer is a mistake, and would hold up the load. Counting the visitors
# of 90 days in memory takes a third of the time that it takes with files. A plan is made for the filters that are asked
# for: one for any filter was seen to take 15 s instead of 0.1 s.
_ASKING = {"statement_timeout": "30s", "work_mem": "64MB", "plan_cache_mode": "force_custom_plan", "jit": "off"}
_SETTINGS = {ADMIN: _ASKING, DASHBOARD: _ASKING}

_GRANTS = (
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA public, etl, mart TO {ETL}, {ADMIN}",
    f"GRANT USAGE ON SCHEMA public, mart TO {DASHBOARD}",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, etl TO {ETL}",
    f"REVOKE INSERT, UPDATE, DELETE ON public.site, etl.alembic_version, etl.dropped_months FROM {ETL}",
    f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA etl TO {ETL}",
    f"GRANT EXECUTE ON FUNCTION etl.ensure_partitions(timestamptz, timestamptz) TO {ETL}",
    f"GRANT EXECUTE ON FUNCTION etl.drop_events_before(timestamptz) TO {ETL}",
    f"GRANT EXECUTE ON FUNCTION etl.summarize_new_pages(boolean) TO {ETL}",
    f"GRANT SELECT ON ALL TABLES IN SCHEMA public, etl, mart TO {ADMIN}",
    f"GRANT INSERT ON etl.runs, etl.audit TO {ADMIN}",
    f"GRANT UPDATE (state, finished_at) ON etl.runs TO {ADMIN}",
    f"GRANT USAGE ON SEQUENCE etl.audit_ids TO {ADMIN}",
    f"REVOKE INSERT, UPDATE, DELETE ON etl.audit FROM {ETL}",
    f"GRANT SELECT ON ALL TABLES IN SCHEMA public, mart TO {DASHBOARD}",
    "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mart FROM PUBLIC",
    f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mart TO {ETL}, {ADMIN}, {DASHBOARD}",
)


def ensure(connection: Connection, passwords: Mapping[str, str]) -> list[str]:
    """Make the roles that are missing, and set the passwords that are given.

    Returns:
        A line for each role that was made.
    """
    existing = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
    with closing(connection.connection.cursor()) as cursor:
        for role in ROLES:
            if role not in existing:
                cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if role in passwords:
                cursor.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
                )
            for name, value in _SETTINGS.get(role, {}).items():
                cursor.execute(
                    sql.SQL("ALTER ROLE {} SET {} = {}").format(
                        sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
                    )
                )
    return [f"role: {role}" for role in ROLES if role not in existing]


def grant(connection: Connection) -> list[str]:
    """Give each role its rights; safe to repeat."""
    for statement in _GRANTS:
        connection.exec_driver_sql(statement)
    return []
