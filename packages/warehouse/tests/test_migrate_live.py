"""Migrating while the warehouse is in use: loads wait for it, it waits for loads, and a reader makes it give up."""

import threading
import time

import pytest
from alembic import command

from warehouse import load
from warehouse.connect import make_engine
from warehouse.migrate import alembic_config, migrate

FIRST = "2026_11_22_initial"


@pytest.fixture
def first_version(warehouse_server):
    """A warehouse of the first version."""
    with warehouse_server.database(template="template0") as database:
        engine = make_engine(database.owner_url, "test")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA etl")
            command.upgrade(alembic_config(connection), FIRST)
            connection.exec_driver_sql("GRANT USAGE ON SCHEMA public, etl TO clickstream_etl")
            connection.exec_driver_sql("GRANT ALL ON ALL TABLES IN SCHEMA public, etl TO clickstream_etl")
        engine.dispose()
        yield database


def migrating(database, done):
    thread = threading.Thread(target=lambda: done.append(migrate(database.owner_url, database.role_passwords)))
    thread.start()
    return thread


def test_it_waits_until_the_load_that_is_running_has_committed(first_version):
    done = []
    with first_version.connection("clickstream_etl") as loading:
        loading.autocommit = False
        with loading.cursor() as cursor:
            load.wait_for_turn(cursor)
            # Rows of tables that the migrations change: without the turn it would give up on these locks.
            cursor.execute("INSERT INTO products_daily VALUES ('2026-11-22', 'p', '', false, 1, 0, 0, 0, 0)")
            cursor.execute("INSERT INTO etl.runs (run_id, trigger, state, replace, requested_by)"
                           " VALUES (gen_random_uuid(), 'cli', 'running', false, 'test')")  # fmt: skip
            thread = migrating(first_version, done)
            time.sleep(1)
            assert done == []
        loading.commit()
        thread.join(30)
    assert done[0][0].startswith(f"tables: {FIRST} -> ")
    assert first_version.value("SELECT count(*) FROM products_daily") == 1


def test_a_load_waits_until_it_is_done_and_finds_the_new_tables(first_version):
    with first_version.connection() as holding:
        holding.autocommit = False
        # Somebody who holds a lock keeps the migration busy inside of its transaction, for less than it is patient.
        holding.cursor().execute("LOCK TABLE sessions IN ACCESS SHARE MODE")
        done = []
        thread = migrating(first_version, done)
        wait_until_it_waits(first_version)
        loaded = threading.Event()

        def load_something():
            with first_version.connection("clickstream_etl") as connection:
                connection.autocommit = False
                with connection.cursor() as cursor:
                    load.begin(cursor)
                    cursor.execute("SELECT user_ids FROM sessions")
                loaded.set()

        loader = threading.Thread(target=load_something)
        loader.start()
        assert not loaded.wait(0.5)
        holding.rollback()
        thread.join(30)
        loader.join(30)
    assert done
    assert loaded.is_set()


def wait_until_it_waits(database):
    """Until the migration waits for a lock on a table."""
    query = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'clickstream-migrate' AND wait_event_type = 'Lock' AND wait_event = 'relation')"
    )
    give_up = time.monotonic() + 20
    while not database.value(query):
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_it_tries_again_while_a_reader_is_in_the_way(warehouse):
    pauses = []
    with warehouse.connection() as reader:
        reader.autocommit = False
        reader.cursor().execute("SELECT count(*) FROM products_daily")

        def reader_ends(seconds):
            pauses.append(seconds)
            reader.rollback()

        done = migrate(warehouse.owner_url, {}, "Asia/Tokyo", tries=2, sleep=reader_ends)
    assert len(pauses) == 1
    assert done == ["time zone: UTC -> Asia/Tokyo, rollups re-made"]


def test_a_time_zone_that_is_not_named_stays_as_it_is(warehouse):
    migrate(warehouse.owner_url, {}, "Asia/Tokyo")
    assert migrate(warehouse.owner_url, {}) == []
    assert warehouse.value("SELECT time_zone FROM site") == "Asia/Tokyo"
