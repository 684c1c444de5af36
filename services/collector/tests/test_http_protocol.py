"""The collector's own HTTP protocol on a real socket: its answers, its bounds, and who is held up by whom."""

import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple, Self

import pytest

from lake import open_lake

EVENT = json.dumps({"eventName": "page_view"}).encode()
REQUEST_SECONDS = 1.0
_RUNS = re.compile(rb"running on http://127\.0\.0\.1:(\d+)")


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[int]:
    """A collector of its own; its port."""
    log = folder / "log"
    environment = {"CLICKSTREAM_LAKE_URL": f"file://{folder}/lake"} | settings
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*(sys.executable, "-m", "uvicorn", "--factory", "collector.app:create_app", "--port", "0")],
            env=os.environ | {"UVICORN_HTTP": "collector.http_protocol:CollectorProtocol"} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        give_up = time.monotonic() + 20
        while not (runs := _RUNS.search(log.read_bytes())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < give_up, log.read_text()
            time.sleep(0.02)
        yield int(runs[1])
    finally:
        process.terminate()
        process.wait(20)
    assert b"Traceback" not in log.read_bytes(), log.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("collector"))


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with serving(folder, CLICKSTREAM_ALLOWED_ORIGINS="https://shop.example") as made:
        yield made


@pytest.fixture(scope="module")
def strict_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A collector that gives requests 1 s to arrive, holds 20 connections and 2 MiB of unfinished requests."""
    with serving(
        Path(tmp_path_factory.mktemp("strict")),
        CLICKSTREAM_REQUEST_SECONDS=str(REQUEST_SECONDS),
        CLICKSTREAM_MAX_CONNECTIONS="20",
        CLICKSTREAM_MAX_WAITING_BYTES=str(1 << 21),
    ) as made:
        yield made


class Answer(NamedTuple):
    status: int
    headers: Message
    told: Any


class Client:
    """One raw connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self._reader = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> bytes:
        return self._reader.readline()

    def answer(self) -> Answer:
        """The next answer, with its JSON."""
        status = int(self.line().split()[1])
        headers = http.client.parse_headers(self._reader)
        return Answer(status, headers, json.loads(self._reader.read(int(headers["Content-Length"]))))

    @property
    def ended(self) -> bool:
        """Whether the server has nothing more to say; waits for its end."""
        try:
            return self._reader.read(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    with Client(port) as made:
        yield made


@pytest.fixture
def strict_client(strict_port: int) -> Iterator[Client]:
    with Client(strict_port) as made:
        yield made


def post(body: bytes, *lines: bytes, target: bytes = b"/clickstream", version: bytes = b"HTTP/1.1") -> bytes:
    head = [b"POST %b %b" % (target, version), b"Host: a", b"Content-Type: application/json", *lines]
    return b"\r\n".join([*head, b"Content-Length: %d" % len(body), b"", body])


def is_well(port: int) -> bool:
    """Whether somebody else is served at once."""
    with Client(port) as other:
        started = time.monotonic()
        other.send(post(EVENT))
        return other.answer().status == 200 and time.monotonic() - started < 2


def names(folder: Path) -> list[str]:
    lake = open_lake(f"file://{folder}/lake")
    lines = [line for item in lake.list_all("events") for line in gzip.decompress(lake.get(item.key)).splitlines()]
    return [json.loads(line)["eventName"] for line in lines]


def test_a_connection_carries_many_requests_and_answers_with_uvicorns_headers(client: Client) -> None:
    for _ in range(3):
        client.send(post(EVENT, b"Origin: https://shop.example"))
        answer = client.answer()
        assert (answer.status, answer.told["accepted"]) == (200, 1)
        assert answer.headers["Date"]
        assert answer.headers["Server"] == "uvicorn"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert answer.headers["Connection"] is None


def test_a_request_may_come_byte_by_byte(client: Client, folder: Path) -> None:
    for byte in post(b'{"eventName": "byte_by_byte"}'):
        client.send(bytes([byte]))
    assert client.answer().status == 200
    assert "byte_by_byte" in names(folder)


def test_requests_that_are_sent_ahead_are_answered_in_order(client: Client, folder: Path) -> None:
    good = [post(b'{"eventName": "ahead_%d"}' % number) for number in range(5)]
    client.send(b"".join([*good[:3], post(b"{"), b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", *good[3:]]))
    answers = [client.answer() for _ in range(7)]
    assert [answer.status for answer in answers] == [200, 200, 200, 400, 200, 200, 200]
    assert answers[4].told == {"status": "ok"}
    assert {f"ahead_{number}" for number in range(5)} <= set(names(folder))


def test_a_chunked_body_is_read_up_to_its_limit(client: Client, port: int) -> None:
    head = b"POST /clickstream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    client.send(head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(EVENT), EVENT))
    assert client.answer().status == 200
    with Client(port) as endless, suppress(BrokenPipeError, ConnectionResetError):
        endless.send(head)
        for _ in range(80):
            endless.send(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
        answer = endless.answer()
        assert (answer.status, answer.told["type"]) == (413, "urn:clickstream:problem:too-large")
        assert endless.ended
    assert is_well(port)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([b"Content-Length: 2000000"], 413),
        ([b"Content-Type: application/xml", b"Content-Length: 10"], 415),
        ([b"Content-Length: 10", b"Content-Encoding: br"], 415),
    ],
)
def test_a_head_that_says_enough_is_refused_before_its_body(client: Client, lines: list[bytes], status: int) -> None:
    client.send(b"\r\n".join([b"POST /clickstream HTTP/1.1", b"Host: a", *lines, b"", b""]))
    assert client.answer().status == status


def test_a_refused_body_is_read_past_and_the_connection_goes_on(client: Client) -> None:
    client.send(b"POST /clickstream HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 10\r\n\r\n01234")
    assert client.answer().status == 415
    client.send(b"56789" + post(EVENT))
    assert client.answer().status == 200


def test_a_client_that_asks_first_is_told_to_go_on(client: Client) -> None:
    request = post(EVENT, b"Expect: 100-continue")
    client.send(request[: -len(EVENT)])
    assert client.line() + client.line() == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(EVENT)
    assert client.answer().status == 200


@pytest.mark.parametrize("request_", [post(EVENT, version=b"HTTP/1.0"), post(EVENT, b"Connection: close")])
def test_a_connection_is_closed_when_its_client_wants_it_so(client: Client, request_: bytes) -> None:
    client.send(request_)
    answer = client.answer()
    assert (answer.status, answer.headers["Connection"]) == (200, "close")
    assert client.ended


def test_what_is_sent_behind_a_last_request_is_not_taken(port: int, folder: Path) -> None:
    for last in (post(b"{", b"Connection: close"), post(EVENT, b"Connection: close")):
        with Client(port) as other:
            other.send(last + post(b'{"eventName": "behind_the_last"}'))
            assert other.answer().headers["Connection"] == "close"
            assert other.ended
    assert "behind_the_last" not in names(folder)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (post(EVENT, target=b"/clickstream/"), 404),
        (b"GET /clickstream HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (post(EVENT, target=b"/click%73tream?x=1"), 200),
        (post(EVENT, target=b"http://collector/clickstream"), 200),
        (post(EVENT, target=b"/clickstream?x=%2F#f"), 200),
        (post(EVENT, b"Upgrade: h2c", b"Connection: upgrade"), 400),
        (b"GET /health/live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 400),
        (b"\x16\x03\x01 this is TLS\r\n\r\n", 400),
        (post(EVENT, b"Content-Length: 3"), 400),
        (post(EVENT, b"Transfer-Encoding: chunked"), 400),
        (b"POST /clickstream HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /clickstream HTTP/1.1\r\nHost: a\r\nX\x00: 1\r\n\r\n", 400),
    ],
)
def test_what_is_not_plainly_for_the_short_way(client: Client, port: int, request_: bytes, status: int) -> None:
    client.send(request_)
    assert client.answer().status == status
    assert is_well(port)


@pytest.mark.parametrize(
    "piece", [b"X-%d: " + b"a" * 1_000 + b"\r\n", b"X-%d-" + b"b" * 1_000], ids=["many headers", "one long name"]
)
def test_headers_without_end_are_refused(client: Client, port: int, piece: bytes) -> None:
    client.send(b"POST /clickstream HTTP/1.1\r\nHost: a\r\n")
    with suppress(BrokenPipeError, ConnectionResetError):
        for number in range(100):
            client.send(piece % number)
    answer = client.answer()
    assert (answer.status, answer.told["type"]) == (431, "urn:clickstream:problem:head-too-large")
    assert client.ended
    assert is_well(port)


def test_a_long_head_that_comes_at_once_is_refused_too(client: Client) -> None:
    client.send(post(EVENT, b"X: " + b"a" * 60_000))
    assert client.answer().status == 431


@pytest.mark.parametrize(
    "beginning",
    [b"P", b"POST /clickstream HTTP/1.1\r\nHost: a\r\n", post(EVENT)[:-3], post(EVENT, target=b"/else")[:-3]],
    ids=["first byte", "half a head", "half a body", "half a body of another path"],
)
def test_a_request_that_does_not_arrive_is_told_so(strict_client: Client, beginning: bytes) -> None:
    strict_client.send(beginning)
    started = time.monotonic()
    answer = strict_client.answer()
    if beginning.startswith(b"POST /else"):
        assert answer.status == 404  # it is answered without its body
    else:
        assert (answer.status, answer.told["type"]) == (408, "urn:clickstream:problem:slow-request")
        assert REQUEST_SECONDS / 2 < time.monotonic() - started < REQUEST_SECONDS * 3
    assert strict_client.ended


def test_a_byte_now_and_then_buys_no_time(strict_client: Client) -> None:
    started = time.monotonic()
    with suppress(BrokenPipeError, ConnectionResetError):
        for byte in post(EVENT)[:30]:
            strict_client.send(bytes([byte]))
            time.sleep(REQUEST_SECONDS / 10)
    assert strict_client.answer().status == 408
    assert time.monotonic() - started < REQUEST_SECONDS * 5


def test_a_connection_that_says_nothing_is_closed(strict_client: Client) -> None:
    started = time.monotonic()
    assert strict_client.ended
    assert time.monotonic() - started < REQUEST_SECONDS * 3


def test_unfinished_requests_give_way_when_all_places_are_taken(strict_port: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(Client(strict_port)) for _ in range(20)]
        for each in slow:
            each.send(post(EVENT)[:-1])
        assert all(is_well(strict_port) for _ in range(5))
        answers = [each.answer() for each in slow]
    assert {answer.status for answer in answers} == {503, 408}
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status == 503)


@contextmanager
def hesitant_s3(decided: Event) -> Iterator[str]:
    """An S3 server that refuses every write, once it has decided."""

    class Refusing(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            decided.wait(20)
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            decided.set()
            server.shutdown()
            thread.join()


def test_when_all_places_wait_for_answers_a_new_request_is_refused(tmp_path: Path) -> None:
    decided = Event()
    with ExitStack() as stack:
        settings = {
            "CLICKSTREAM_LAKE_URL": "s3://lake",
            "CLICKSTREAM_MAX_CONNECTIONS": "3",
            "AWS_ENDPOINT_URL": stack.enter_context(hesitant_s3(decided)),
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_REGION": "us-east-1",
        }
        port = stack.enter_context(serving(tmp_path, **settings))
        waiting, refused = [], []
        for number in range(6):
            client = stack.enter_context(Client(port))
            client.send(post(EVENT))
            if number < 3:
                waiting.append(client)
                time.sleep(0.1)  # until it is seen to wait
            else:
                refused.append(client.answer())
                assert client.ended
        assert [answer.status for answer in refused] == [503] * 3
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
        decided.set()
        answers = [client.answer() for client in waiting]
    assert [answer.told["detail"][:8] for answer in answers] == ["the lake"] * 3


def test_unfinished_requests_hold_no_more_than_the_limit_together(strict_port: int) -> None:
    body = b" " * 1_000_000
    with ExitStack() as stack:
        slow = [stack.enter_context(Client(strict_port)) for _ in range(4)]
        for each in slow:
            each.send(post(body)[:-1])
        statuses = [each.answer().status for each in slow]
    assert set(statuses) == {503, 408}
    assert is_well(strict_port)


def test_a_write_key_and_the_client_gone_are_noted(tmp_path: Path) -> None:
    key = b"k" * 16
    with serving(tmp_path, CLICKSTREAM_WRITE_KEYS=key.decode()) as port:
        with Client(port) as client:
            client.send(post(EVENT))
            assert client.answer().status == 401
            client.send(post(EVENT, target=b"/clickstream?writeKey=" + key))
            assert client.answer().status == 200
            client.send(post(EVENT, b"X-Write-Key: " + key)[:-1])
            time.sleep(0.2)
        time.sleep(0.2)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    answered = [line for line in lines if line["message"] == "collector.request.answered"]
    assert [(line["status"], line["reason"]) for line in answered] == [
        (401, "write-key"),
        (200, None),
        (499, "client-gone"),
    ]
