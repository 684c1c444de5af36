"""Retention drops months of events and says which; parsed user agents are remembered.

Revision ID: 2026_11_23_upkeep
Revises: 2026_11_23_replay
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_upkeep"
down_revision = "2026_11_23_replay"
branch_labels = None
depends_on = None

EVENTS_KEPT_FROM = """
CREATE FUNCTION etl.events_kept_from() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog SET timezone = 'UTC' AS $$
    SELECT coalesce(max(month) + interval '1 month', '-infinity') FROM etl.dropped_months
$$;
COMMENT ON FUNCTION etl.events_kept_from IS
    'Since when events are kept: the end of the last month that retention dropped, else -infinity';
"""

# A month that was dropped is never made again: what is loaded into it would be taken for all there was, and the rollups
# that were kept would be re-made from it.
ENSURE_PARTITIONS = """
CREATE OR REPLACE FUNCTION etl.ensure_partitions(range_from timestamptz, range_to timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' AS $$
DECLARE
    month timestamptz := date_trunc('month', range_from);
    parent text;
    child text;
    made integer := 0;
BEGIN
    IF month < etl.events_kept_from() THEN
        RAISE EXCEPTION 'events of % cannot be loaded: retention has dropped the events before %',
            to_char(month, 'YYYY-MM'), to_char(etl.events_kept_from(), 'YYYY-MM-DD') USING ERRCODE = 'check_violation';
    END IF;
    WHILE month <= range_to LOOP
        FOREACH parent IN ARRAY ARRAY['clickstream_events', 'event_items'] LOOP
            child := parent || to_char(month, '_YYYY_MM');
            IF to_regclass(format('partitions.%I', child)) IS NULL THEN
                -- Who waited here finds it made.
                PERFORM pg_advisory_xact_lock(1885434484);
                CONTINUE WHEN to_regclass(format('partitions.%I', child)) IS NOT NULL;
                -- PARTITION OF would wait for every reader of the table, and everybody else behind it; ATTACH does not.
                EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING ALL)', child, parent);
                EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)',
                               parent, child, month, month + interval '1 month');
                made := made + 1;
            END IF;
        END LOOP;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END
$$;
"""

# Dropping takes a lock on the whole table: the writer's turn is taken first, and who waits for a reader gives up after
# two seconds, because everybody else would wait behind it. 1819238756 is warehouse.load's lock of writers.
DROP_EVENTS_BEFORE = """
CREATE FUNCTION etl.drop_events_before(cutoff timestamptz)
RETURNS TABLE (month timestamptz, events bigint, items bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    suffix text;
    events_table text;
    items_table text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1819238756) THEN
        RETURN;
    END IF;
    FOR suffix IN
        SELECT right(c.relname, 8) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.clickstream_events'::regclass
          AND to_timestamp(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= cutoff
        ORDER BY 1
    LOOP
        month := to_timestamp(suffix, '_YYYY_MM');
        events_table := 'clickstream_events' || suffix;
        items_table := 'event_items' || suffix;
        EXECUTE format('SELECT count(*) FROM partitions.%I', events_table) INTO events;
        EXECUTE format('SELECT count(*) FROM partitions.%I', items_table) INTO items;
        EXECUTE format('DROP TABLE partitions.%I, partitions.%I', events_table, items_table);
        INSERT INTO etl.dropped_months AS d (month, events, items)
        VALUES (drop_events_before.month, drop_events_before.events, drop_events_before.items);
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION etl.drop_events_before IS
    'Drops the events of months that end at or before the cutoff, and says which; none while somebody is loading';
REVOKE EXECUTE ON FUNCTION etl.drop_events_before FROM PUBLIC;
"""


def upgrade() -> None:
    op.create_table(
        "dropped_months",
        sa.Column("month", sa.DateTime(timezone=True), nullable=False, comment="Start of the month; UTC"),
        sa.Column("events", sa.BigInteger(), nullable=False, comment="Rows of clickstream_events that were dropped"),
        sa.Column("items", sa.BigInteger(), nullable=False, comment="Rows of event_items that were dropped"),
        sa.Column(
            "dropped_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="When"
        ),
        sa.PrimaryKeyConstraint("month"),
        schema="etl",
        comment="One row a month (UTC) whose events retention has dropped; rollups of it stay",
    )
    op.create_table(
        "user_agents",
        sa.Column("digest", sa.Uuid(), nullable=False, comment="MD5 of the user agent"),
        sa.Column("user_agent", sa.Text(), nullable=False, comment="The user agent as sent"),
        sa.Column(
            "parsers",
            sa.Text(),
            nullable=False,
            comment="Versions of the parser and of the crawler list that said so",
        ),
        sa.Column("device_type", sa.Text(), nullable=False, comment="desktop, mobile, tablet, bot or unknown"),
        sa.Column("browser", sa.Text(), nullable=True, comment="Browser family"),
        sa.Column("os", sa.Text(), nullable=True, comment="Operating system family"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether it is a crawler's or a program's"),
        sa.Column("bot_reason", sa.Text(), nullable=True, comment="What gave it away; NULL where it is no bot"),
        sa.Column(
            "first_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was parsed",
        ),
        sa.PrimaryKeyConstraint("digest"),
        schema="etl",
        comment="One row a user agent that was parsed, with what it says",
    )
    op.execute(EVENTS_KEPT_FROM)
    op.execute(ENSURE_PARTITIONS)
    op.execute(DROP_EVENTS_BEFORE)
