"""After a large load its last pages are entered into the BRIN indexes even where autovacuum is at the table.

Revision ID: 2026_11_29_patient_summary
Revises: 2026_11_29_session_events
"""

from alembic import op

revision = "2026_11_29_patient_summary"
down_revision = "2026_11_29_session_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP FUNCTION etl.summarize_new_pages()")
    # Who waits for autovacuum for deadlock_timeout (a second) has it cancelled, and it begins anew a minute later: not
    # to be done with every small load, or it would never come to its end.
    op.execute("""
CREATE FUNCTION etl.summarize_new_pages(patient boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '20ms' AS $$
DECLARE
    index regclass;
    made integer := 0;
BEGIN
    IF patient THEN
        PERFORM set_config('lock_timeout', '3s', true);
    END IF;
    FOR index IN
        SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute f ON f.attrelid = c.oid
        WHERE a.amname = 'brin' AND c.relkind = 'i' AND n.nspname IN ('public', 'partitions')
          AND f.attname <> 'ingest_window' -- by which only a replace looks
    LOOP
        BEGIN
            made := made + brin_summarize_new_values(index);
        EXCEPTION WHEN lock_not_available OR undefined_table THEN
            NULL; -- somebody else is at this table, and does the same or holds it; or its month was dropped
        END;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION etl.summarize_new_pages IS
    'Enters the pages that were written last into the BRIN indexes by time and day; returns how many ranges of pages';
REVOKE EXECUTE ON FUNCTION etl.summarize_new_pages FROM PUBLIC;
""")
