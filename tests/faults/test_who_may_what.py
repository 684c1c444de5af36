"""What the dashboard's role may do to the warehouse, what a foreign page may, and what slow clients can hold."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
from fault_server import FaultDatabase, FaultServer
from free_ports import free_ports
from process_nursery import Nursery


@pytest.fixture(scope="module")
def database(fault_server: FaultServer) -> Iterator[FaultDatabase]:
    with fault_server.database() as made:
        yield made


def test_the_dashboards_role_can_write_nowhere(database: FaultDatabase) -> None:
    tables = database.rows(
        "SELECT n.nspname || '.' || quote_ident(c.relname)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    )
    assert len(tables) > 20
    for (table,) in tables:
        for privilege in ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            may = database.value("SELECT has_table_privilege('clickstream_dashboard', %s, %s)", (table, privilege))
            assert not may, f"the dashboard may {privilege} {table}"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM etl.rejects",
        "SELECT * FROM etl.audit",
        "SELECT * FROM etl.runs",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY public.site TO PROGRAM 'cat'",
        "CREATE TABLE public.mine (a int)",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT etl.drop_events_before(now())",
        "SELECT etl.ensure_partitions(now(), now())",
        "CREATE EXTENSION dblink",
        "SET ROLE clickstream_etl",
        "ALTER ROLE clickstream_dashboard SUPERUSER",
    ],
)
def test_the_dashboards_role_reads_no_secrets_and_makes_nothing(database: FaultDatabase, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        database.rows(statement, role="clickstream_dashboard")


@pytest.fixture(scope="module")
def collector(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a collector that allows no origin."""
    port = free_ports()
    lake = Path(tmp_path_factory.mktemp("collector")) / "lake"
    running = threading.Thread(target=lambda: nursery.run("collect", port=port, lake_url=f"file://{lake}"), daemon=True)
    running.start()
    give_up = time.monotonic() + 30
    while not _listens(port):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    yield port
    nursery.kill_child()
    running.join(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer


EVENT = json.dumps({"eventName": "page_view"}).encode()


def test_a_foreign_page_is_given_no_leave(collector: int) -> None:
    preflight = ask(collector, "OPTIONS", "/clickstream", Origin="https://foreign.example",
                    Access_Control_Request_Method="POST")  # fmt: skip
    assert preflight.headers["Access-Control-Allow-Origin"] is None
    answer = ask(collector, "POST", "/clickstream", EVENT, Origin="https://foreign.example",
                 Content_Type="application/json")  # fmt: skip
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_headers_without_end_hold_up_nobody(collector: int) -> None:
    with socket.create_connection(("127.0.0.1", collector), 10) as link:
        with suppress(BrokenPipeError, ConnectionResetError):
            link.sendall(b"POST /clickstream HTTP/1.1\r\nHost: a\r\n")
            for number in range(2_000):
                link.sendall(b"X-%d: " % number + b"a" * 1_000 + b"\r\n")
        assert ask(collector, "POST", "/clickstream", EVENT, Content_Type="application/json").status == 200


def test_half_open_connections_hold_up_nobody(collector: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", collector), 10) for _ in range(200)]
    try:
        for link in slow:
            link.sendall(b"POST /clickstream HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
        started = time.monotonic()
        answer = ask(collector, "POST", "/clickstream", EVENT, Content_Type="application/json")
        assert answer.status == 200
        assert time.monotonic() - started < 5
    finally:
        for link in slow:
            link.close()
