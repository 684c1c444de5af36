"""Bringing a warehouse to this version."""

import threading

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from random_shop import FACETS, fill

from warehouse import books, runs
from warehouse.connect import connected, make_engine
from warehouse.errors import LockedError, MigrationError, WarehouseUnavailableError
from warehouse.migrate import alembic_config, migrate
from warehouse.tables import metadata


@pytest.fixture
def empty(warehouse_server):
    """A database that nobody has migrated yet."""
    with warehouse_server.database(template="template0") as database:
        yield database


def test_an_empty_database_is_brought_to_this_version_and_says_what_was_done(empty):
    done = migrate(empty.owner_url, empty.role_passwords)
    assert [line.partition(":")[0] for line in done] == ["tables", "mart", "time zone"]  # the roles are the server's
    assert empty.value("SELECT time_zone FROM site") == "UTC"


def test_migrating_again_does_nothing(warehouse):
    assert migrate(warehouse.owner_url, warehouse.role_passwords) == []


def test_migrating_again_keeps_what_was_loaded(warehouse):
    warehouse.rows("INSERT INTO etl.windows (ingest_window, state) VALUES ('2026-11-22 07:00Z', 'pending')")
    migrate(warehouse.owner_url, warehouse.role_passwords)
    assert warehouse.value("SELECT count(*) FROM etl.windows") == 1


def test_the_models_say_what_the_migrated_database_is(warehouse):
    def ours(_object, name, kind, _reflected, _compare_to):
        return not (kind == "table" and name == "alembic_version")

    def our_schema(name, kind, _parents):
        return kind != "schema" or name in (None, "etl")  # `partitions` holds the parts of tables in `public`

    def defaults_differ(_context, _inspected, _column, found, _default, rendered):
        return found != rendered  # as text: Alembic would compare two values of nextval()

    engine = make_engine(warehouse.owner_url, "test")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_object": ours,
                "include_name": our_schema,
                "compare_type": True,
                "compare_server_default": defaults_differ,
            },
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_every_table_and_column_has_its_comment(warehouse):
    without = warehouse.rows("""
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname IN ('public', 'etl') AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
          AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)""")
    assert without == []


def test_every_question_of_the_mart_has_its_comment(warehouse):
    without = warehouse.rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'mart'::regnamespace AND obj_description(oid) IS NULL"
    )
    assert without == []


def test_the_event_table_keeps_the_sixteen_columns_that_existing_dashboards_read(warehouse):
    expected = (
        "event_id event_timestamp event_name user_id user_login_state identity_source client_id session_id "
        "is_first_visit context_product_id context_product_name context_product_category context_product_brand "
        "context_product_price context_product_discount_price context_product_url_path"
    )
    found = warehouse.rows(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'clickstream_events'::regclass AND attnum BETWEEN 1 AND 16"
        " ORDER BY attnum"
    )
    assert [name for (name,) in found] == expected.split()


def test_a_changed_question_of_the_mart_makes_the_mart_anew(warehouse):
    warehouse.rows("COMMENT ON SCHEMA mart IS 'of an older version'")
    warehouse.rows("CREATE FUNCTION mart.left_over() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    (line,) = migrate(warehouse.owner_url, warehouse.role_passwords)
    assert line.startswith("mart: ")
    assert warehouse.value("SELECT to_regproc('mart.left_over')") is None
    assert warehouse.value("SELECT balanced FROM mart.freshness()", role="clickstream_dashboard")


def test_a_warehouse_of_the_first_version_is_brought_to_this_one_with_what_it_knows(empty):
    engine = make_engine(empty.owner_url, "test")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA etl")
        command.upgrade(alembic_config(connection), "2026_11_22_initial")
    engine.dispose()
    empty.rows("SELECT etl.ensure_partitions('2026-11-01', '2026-11-30')")
    for day, name in ((20, "Old"), (21, "New"), (22, None)):
        empty.rows(
            "INSERT INTO event_items (event_id, line_number, event_timestamp, event_name, is_bot, product_id,"
            " product_name, price, ingest_window)"
            " VALUES (gen_random_uuid(), 1, %(at)s, 'product_view', false, 'p', %(name)s, 5, %(at)s)",
            {"at": f"2026-11-{day} 07:00Z", "name": name},
        )
    for minute, session, user in ((0, "s", "b"), (1, "s", "a"), (2, "s", None), (3, None, "c"), (4, None, "d")):
        empty.rows(
            "INSERT INTO clickstream_events (event_id, event_timestamp, received_at, event_name, client_id, session_id,"
            " user_id, channel, device_type, is_bot, clock_corrected, ingest_window, object_id)"
            " VALUES (gen_random_uuid(), %(at)s, %(at)s, 'page_view', 'c', %(session)s, %(user)s, 'Direct', 'desktop',"
            " false, false, '2026-11-22 07:00Z', 1)",
            {"at": f"2026-11-22 07:0{minute}Z", "session": session, "user": user},
        )
    for key, session, user, first, last in (("s:s", "s", "a", 0, 2), ("i:c:1", None, "d", 3, 4)):
        empty.rows(
            "INSERT INTO sessions (session_key, session_id, client_id, user_id, started_at, ended_at, duration_seconds,"
            " events, page_views, channel, device_type, is_bot, reached_view, reached_product_view,"
            " reached_add_to_cart, reached_checkout, reached_purchase, orders, revenue)"
            " VALUES (%s, %s, 'c', %s, %s, %s, 60, 2, 2, 'Direct', 'desktop', false, true, false, false, false, false,"
            " 0, 0)",
            (key, session, user, f"2026-11-22 07:0{first}Z", f"2026-11-22 07:0{last}Z"),
        )
    empty.rows(
        "INSERT INTO clients VALUES ('c', '2026-11-22 07:00Z', '2026-11-22 07:04Z', 'Direct', 2, '{a,d}', false)"
    )
    done = migrate(empty.owner_url, empty.role_passwords)
    assert done[0].startswith("tables: 2026_11_22_initial -> ")
    assert empty.rows("SELECT user_ids FROM sessions ORDER BY started_at") == [(["a", "b"],), (["c", "d"],)]
    assert empty.value("SELECT user_ids FROM clients") == ["a", "b", "c", "d"]
    assert empty.rows("SELECT attribute, value, seen_at::date::text FROM etl.product_attributes ORDER BY 1") == [
        ("name", "New", "2026-11-21"),
        ("price", "5.0000", "2026-11-22"),
    ]


def test_the_sums_by_facet_of_an_older_warehouse_are_made_from_its_facts(loader):
    loader.warehouse.rows("UPDATE site SET time_zone = 'Atlantic/Azores'")
    fill(loader, seed="facets")
    loaded = loader.contents()
    made = (
        "order_days",
        *FACETS,
        *(name for name in metadata.tables if name.startswith(("product_facet_", "category_funnel_"))),
    )
    loader.warehouse.rows(f"DROP INDEX session_facts_orders; DROP TABLE {', '.join(made)}")
    for column in ("days_since", "product_views", "orders"):
        loader.warehouse.rows(f"ALTER TABLE session_searches DROP COLUMN {column}")
    for column in ("client_no", "client_since", "session_audience_id", "session_campaign_id"):
        loader.warehouse.rows(f"ALTER TABLE session_products DROP COLUMN {column}")
    for column in ("utm_source", "utm_medium", "utm_campaign"):
        loader.warehouse.rows(f"""
            ALTER TABLE session_facts ADD COLUMN {column} text;
            UPDATE session_facts f SET {column} = nullif(c.{column}, '') FROM campaigns c
            WHERE c.campaign_id = f.campaign_id""")
    loader.warehouse.rows("""
        ALTER TABLE session_orders DROP COLUMN campaign_id;
        ALTER TABLE session_facts DROP COLUMN campaign_id;
        DROP TABLE campaigns; DROP SEQUENCE etl.campaign_ids;
        CREATE INDEX session_facts_visitors ON session_facts (day, client_no);
        ALTER TABLE etl.windows DROP COLUMN newest_event_at, DROP COLUMN newest_received_at;
        ALTER TABLE sessions DROP COLUMN event_ids;
        DROP FUNCTION etl.summarize_new_pages(boolean); DROP SEQUENCE etl.turns;
        CREATE INDEX clickstream_events_receipt ON clickstream_events USING brin (received_at)""")
    # As it was before, or the migration has nothing to take away.
    loader.warehouse.rows("CREATE INDEX session_products_product ON session_products (product_id, day)")
    loader.warehouse.rows("UPDATE etl.alembic_version SET version_num = '2026_11_23_newest'")
    migrate(loader.warehouse.owner_url, {})
    assert loader.contents() == loaded
    assert all(loaded[table] for table in FACETS)
    newest = loader.one("SELECT max(event_timestamp), max(received_at) FROM clickstream_events")
    assert loader.one("SELECT mart.newest_event(), mart.newest_receipt()") == newest


def test_an_unknown_time_zone_is_refused_and_nothing_is_changed(empty):
    with pytest.raises(MigrationError, match=r"unknown time zone 'Mars/Olympus'.*IANA name such as"):
        migrate(empty.owner_url, empty.role_passwords, "Mars/Olympus")
    assert empty.value("SELECT to_regclass('clickstream_events')") is None


def test_an_abbreviation_is_no_time_zone(warehouse):
    with pytest.raises(MigrationError, match="unknown time zone"):
        migrate(warehouse.owner_url, warehouse.role_passwords, "CEST")


def test_a_lock_held_by_somebody_else_is_a_clear_error_after_five_seconds(warehouse):
    with warehouse.connection() as reader:
        reader.autocommit = False
        reader.cursor().execute("SELECT count(*) FROM products_daily")
        with pytest.raises(LockedError, match=r"lock timeout.*somebody holds a lock; try again") as caught:
            migrate(warehouse.owner_url, warehouse.role_passwords, "Asia/Ho_Chi_Minh")
    assert caught.value.retryable
    assert warehouse.value("SELECT time_zone FROM site") == "UTC"


def test_two_migrations_at_once_are_one_after_the_other(empty):
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(migrate(empty.owner_url, empty.role_passwords))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(lines) for lines in done) == [0, 3]


def test_nobody_at_the_address_is_an_error_that_may_pass():
    with pytest.raises(WarehouseUnavailableError, match="cannot be reached") as caught:
        migrate("postgresql://owner:secret@127.0.0.1:1/clickstream", {})
    assert caught.value.retryable
    assert "secret" not in str(caught.value)


def test_connecting_where_nobody_answers_is_the_same_error():
    with (
        pytest.raises(WarehouseUnavailableError, match="cannot be reached"),
        connected("postgresql://etl:secret@127.0.0.1:1/clickstream", "test"),
    ):
        pass


def test_a_role_without_rights_cannot_migrate_and_hears_why(warehouse):
    with pytest.raises(MigrationError, match="permission denied"):
        migrate(warehouse.role_url("clickstream_etl"), {})


def test_the_watermark_of_a_new_warehouse_is_none(warehouse):
    with warehouse.connection("clickstream_etl") as connection, connection.cursor() as cursor:
        assert books.watermark(cursor) is None
        assert runs.take_queued(cursor) is None
