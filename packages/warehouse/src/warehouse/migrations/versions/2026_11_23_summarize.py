"""What a load has written is found by time at once, not when autovacuum has come by.

Revision ID: 2026_11_23_summarize
Revises: 2026_11_23_newest_noted
"""

from alembic import op

revision = "2026_11_23_summarize"
down_revision = "2026_11_23_newest_noted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
CREATE FUNCTION etl.summarize_new_pages() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '20ms' AS $$
DECLARE
    index regclass;
    made integer := 0;
BEGIN
    FOR index IN
        SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute f ON f.attrelid = c.oid
        WHERE a.amname = 'brin' AND c.relkind = 'i' AND n.nspname IN ('public', 'partitions')
          AND f.attname <> 'ingest_window' -- by which only a replace looks
    LOOP
        BEGIN
            made := made + brin_summarize_new_values(index);
        EXCEPTION WHEN lock_not_available OR undefined_table THEN
            NULL; -- autovacuum is at this table, and does the same; or its month was dropped
        END;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION etl.summarize_new_pages IS
    'Enters the pages that were written last into the BRIN indexes by time and day; returns how many ranges of pages';
REVOKE EXECUTE ON FUNCTION etl.summarize_new_pages FROM PUBLIC;
""")
