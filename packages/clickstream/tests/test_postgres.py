"""With a real embedded PostgreSQL."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from free_ports import free_ports

from clickstream.errors import PortTakenError, PostgresError
from clickstream.home import Home, open_home
from clickstream.postgres import running, stop_foreign
from clickstream.postgres_data import server_pid


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    # Not pytest's tmp_path: its folders are closed to the user that the server runs as when the tests run as root.
    with TemporaryDirectory(prefix="clickstream-test-") as folder:
        yield open_home(Path(folder), port_base=free_ports(10))


def query(url: str, sql: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
            return row and row[0]
    finally:
        connection.close()


def test_it_runs_for_the_length_of_a_command_and_leaves_nothing_behind(home: Home) -> None:
    with running(home):
        assert query(home.warehouse_url(), "SELECT current_user || '@' || current_database()") == (
            "clickstream_owner@clickstream"
        )
        pid = server_pid(home)
        assert pid is not None
    assert server_pid(home) is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_asks_for_a_password(home: Home) -> None:
    url = home.warehouse_url().replace(home.passwords["clickstream_owner"], "wrong")
    with running(home), pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(url)


def test_it_listens_on_the_loopback_address_only(home: Home) -> None:
    with running(home):
        assert query(home.warehouse_url(), "SHOW listen_addresses") == "127.0.0.1"
        assert query(home.warehouse_url(), "SHOW unix_socket_directories") == ""


def test_what_was_written_is_there_after_a_restart(home: Home) -> None:
    connection = None
    with running(home):
        connection = psycopg2.connect(home.warehouse_url())
        connection.autocommit = True
        connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.close()
    with running(home):
        assert query(home.warehouse_url(), "SELECT answer FROM kept") == 42


def test_it_starts_after_the_server_was_killed(home: Home) -> None:
    with running(home):
        pid = server_pid(home)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    with running(home):
        assert query(home.warehouse_url(), "SELECT 1") == 1


def test_a_lock_file_with_the_number_of_another_process_does_not_stop_it(home: Home) -> None:
    with running(home):
        pass
    lock = home.postgres_data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{home.postgres_data}\n0\n5432\n\n127.0.0.1\n0 0\nready\n")
    with running(home):
        assert query(home.warehouse_url(), "SELECT 1") == 1


def test_a_second_command_shares_the_server_and_the_first_waits_for_it(home: Home) -> None:
    finished: list[str] = []
    inside = threading.Event()

    def second() -> None:
        with running(home):
            inside.set()
            time.sleep(0.3)
            assert query(home.warehouse_url(), "SELECT 1") == 1
            finished.append("second")

    thread = threading.Thread(target=second)
    with running(home):
        thread.start()
        assert inside.wait(10)
    assert finished == ["second"]
    assert server_pid(home) is None
    thread.join()


def test_it_dies_with_a_command_that_is_killed(home: Home) -> None:
    script = (
        "import sys, time; from pathlib import Path; from clickstream.home import open_home;"
        "from clickstream.postgres import running\n"
        f"with running(open_home(Path({str(home.path)!r}))): print('up', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 10
    while server_pid(home) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server_pid(home) is None


def test_a_server_of_another_process_is_waited_for_and_then_stopped(home: Home) -> None:
    with running(home):
        started = time.monotonic()
        reaper = threading.Thread(target=lambda: stop_foreign(home, patience_seconds=0.5))
        reaper.start()
        time.sleep(0.3)
        assert server_pid(home) is not None
        reaper.join(10)
        assert server_pid(home) is None
        assert time.monotonic() - started >= 0.5


def test_a_port_in_use_is_named(home: Home) -> None:
    with (
        socket.create_server(("127.0.0.1", home.ports["warehouse"])),
        pytest.raises(PortTakenError, match=rf"port {home.ports['warehouse']} \(warehouse\).*--port-base"),
        running(home),
    ):
        pass


def test_a_damaged_data_folder_gives_the_servers_own_words(home: Home) -> None:
    with TemporaryDirectory(prefix="clickstream-test-") as folder:
        damaged = open_home(Path(folder), port_base=free_ports(10))
        with running(damaged):
            pass
        (damaged.postgres_data / "global" / "pg_control").unlink()
        with pytest.raises(PostgresError, match=r"ended while starting: .*pg_control"), running(damaged):
            pass
