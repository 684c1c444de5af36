"""What each role may do, and what not."""

import psycopg2
import pytest
from psycopg2 import sql

from warehouse.migrate import migrate
from warehouse.roles import ROLES

WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


def rights(warehouse, role, *privileges):
    """The tables on which a role has any of the privileges."""
    found = warehouse.rows(
        """
        SELECT n.nspname || '.' || c.relname, p.privilege
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(%s) AS p (privilege)
        WHERE n.nspname IN ('public', 'etl', 'mart', 'partitions') AND c.relkind IN ('r', 'p', 'v')
          AND has_table_privilege(%s, c.oid, p.privilege)
        """,
        (list(privileges), role),
    )
    return set(found)


def test_the_dashboard_can_write_nothing(warehouse):
    assert rights(warehouse, "clickstream_dashboard", *WRITES) == set()


def test_the_dashboard_reads_public_and_mart_and_nothing_of_the_books(warehouse):
    tables = {name for name, _ in rights(warehouse, "clickstream_dashboard", "SELECT")}
    assert {name.partition(".")[0] for name in tables} == {"public"}
    assert warehouse.rows("SELECT * FROM mart.overview('2026-11-01', '2026-11-22')", role="clickstream_dashboard")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="schema etl"):
        warehouse.rows("SELECT * FROM etl.windows", role="clickstream_dashboard")


def test_the_dashboard_is_stopped_after_thirty_seconds(warehouse):
    assert warehouse.value("SHOW statement_timeout", role="clickstream_dashboard") == "30s"


def test_the_admin_reads_everything_and_inserts_into_runs_and_audit_only(warehouse):
    assert rights(warehouse, "clickstream_admin", *WRITES) == {("etl.runs", "INSERT"), ("etl.audit", "INSERT")}
    for schema, table in warehouse.rows(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'etl')"
    ):
        query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
        assert warehouse.rows(query, role="clickstream_admin") is not None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("schema", ["public", "etl", "mart", "partitions"])
def test_no_service_can_make_a_table(warehouse, role, schema):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        warehouse.rows(f"CREATE TABLE {schema}.mine (a int)", role=role)


def test_the_etl_makes_partitions_through_its_function_only(warehouse):
    made = warehouse.value(
        "SELECT etl.ensure_partitions('2026-10-15', '2026-12-01')", role="clickstream_etl"
    )  # three months, two tables
    assert made == 6
    assert warehouse.value("SELECT etl.ensure_partitions('2026-10-15', '2026-12-01')", role="clickstream_etl") == 0
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        warehouse.rows("SELECT etl.ensure_partitions('2026-10-15', '2026-12-01')", role="clickstream_dashboard")


def test_the_etl_cannot_change_the_site_or_the_version(warehouse):
    for table in ("public.site", "etl.alembic_version"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            warehouse.rows(f"DELETE FROM {table}", role="clickstream_etl")


def test_passwords_that_are_given_are_set(warehouse):
    passwords = dict(warehouse.role_passwords)
    try:
        migrate(warehouse.owner_url, {"clickstream_admin": "another'one"})
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            warehouse.rows("SELECT 1", role="clickstream_admin")
    finally:
        migrate(warehouse.owner_url, passwords)
    assert warehouse.value("SELECT 1", role="clickstream_admin") == 1
