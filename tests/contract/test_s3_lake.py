"""The lake on S3: what a folder promises holds there, and a store in trouble is said to be so in bounded time."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import UUID

import pytest
from free_ports import free_ports
from s3_server import S3Server

from lake import LakeRefusedError, LakeUnavailableError, ObjectExistsError, events_key, rejected_key

BATCH = UUID("01a20589-61af-784d-84c3-44d3c0137453")
SEVEN = datetime(2026, 11, 22, 7, tzinfo=UTC)
KEY = events_key(SEVEN, BATCH, 2)
# The store's client tries again for 10 s; what it began then may still take a moment.
GIVES_UP_SECONDS = 15
SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)


def test_what_is_put_can_be_got_and_is_listed_by_its_windows(s3: S3Server) -> None:
    lake = s3.lake()
    assert lake.extent("events") is None
    assert lake.list_all("events") == []
    keys = [events_key(SEVEN + timedelta(hours=hour), BATCH, 3) for hour in range(20)]
    asyncio.run(lake.put_new(keys[0], b"lines"))
    for key in keys[1:]:
        lake.put_new_blocking(key, b"x")
    lake.put_new_blocking(rejected_key(SEVEN, BATCH, 1), b"refused")
    asyncio.run(lake.probe())

    assert lake.get(keys[0]) == b"lines"
    assert s3.client().get_object(Bucket=s3.bucket, Key=keys[0])["Body"].read() == b"lines"
    found = lake.list_objects("events", SEVEN + timedelta(hours=16), SEVEN + timedelta(hours=18))
    assert [(item.key, item.count, item.size) for item in found] == [(key, 3, 1) for key in keys[16:18]]
    assert [item.key for item in lake.list_all("events")] == keys
    assert lake.extent("events") == (SEVEN, SEVEN + timedelta(hours=20))
    assert [item.key for item in lake.list_all("rejected")] == [rejected_key(SEVEN, BATCH, 1)]


def test_a_bucket_or_object_that_is_not_there_is_said_to_be_missing(s3: S3Server) -> None:
    lake = s3.lake()
    with pytest.raises(LakeRefusedError, match=f"did not give {KEY}"):
        lake.get(KEY)
    s3.client().delete_bucket(Bucket=s3.bucket)
    with pytest.raises(LakeUnavailableError, match=f"did not take {KEY}"):
        asyncio.run(lake.put_new(KEY, b"lines"))
    with pytest.raises(LakeUnavailableError, match="cannot be written"):
        asyncio.run(lake.probe())


def test_rclone_takes_a_second_write_to_a_key(s3: S3Server) -> None:
    """This server ignores ``If-None-Match``, unlike S3; that we send it, and what follows, is tested below.

    Should this test fail one day, rclone has learnt it: have it expect ``ObjectExistsError``.
    """
    lake = s3.lake()
    lake.put_new_blocking(KEY, b"first")
    lake.put_new_blocking(KEY, b"second")
    assert lake.get(KEY) == b"second"


@dataclass
class Bucket:
    """A bucket that does as its script says: ``answer`` is asked for each PUT, with the number of the try from 1."""

    answer: Callable[[int], str] = lambda _: "store"
    objects: dict[str, bytes] = field(default_factory=dict)
    tries: int = 0

    @contextmanager
    def served(self) -> Iterator[S3Server]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield S3Server(f"http://127.0.0.1:{server.server_address[1]}", "lake")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.path.removeprefix("/lake/")
                bucket.tries += 1
                what = bucket.answer(bucket.tries)
                if what == "slow down":
                    return self._answer(503, SLOW_DOWN)
                if self.headers.get("If-None-Match") == "*" and key in bucket.objects:
                    return self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
                bucket.objects[key] = body
                if what == "store and hang up":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return None
                return self._answer(200)

            def _answer(self, status: int, body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("ETag", '"0"')
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def test_a_taken_key_is_refused_and_its_object_kept() -> None:
    bucket = Bucket()
    with bucket.served() as s3:
        lake = s3.lake()
        asyncio.run(lake.put_new(KEY, b"first"))
        with pytest.raises(ObjectExistsError):
            asyncio.run(lake.put_new(KEY, b"second"))
        with pytest.raises(ObjectExistsError):
            lake.put_new_blocking(KEY, b"third")
    assert bucket.objects == {KEY: b"first"}


def test_a_busy_store_is_asked_again() -> None:
    bucket = Bucket(lambda attempt: "slow down" if attempt < 3 else "store")
    with bucket.served() as s3:
        asyncio.run(s3.lake().put_new(KEY, b"lines"))
    assert bucket.objects == {KEY: b"lines"}
    assert bucket.tries == 3


def test_a_store_that_stays_busy_is_unavailable_in_bounded_time() -> None:
    bucket = Bucket(lambda _: "slow down")
    began = time.monotonic()
    with bucket.served() as s3, pytest.raises(LakeUnavailableError, match=f"did not take {KEY}.*503"):
        asyncio.run(s3.lake().put_new(KEY, b"lines"))
    assert time.monotonic() - began < GIVES_UP_SECONDS
    assert bucket.tries > 1
    assert bucket.objects == {}


def test_a_write_whose_answer_is_lost_is_no_second_object() -> None:
    """Tried again by the store's client, it finds its own first try: the key is fresh, so nobody else can be there."""
    bucket = Bucket(lambda attempt: "store and hang up" if attempt == 1 else "store")
    with bucket.served() as s3, pytest.raises(ObjectExistsError):
        asyncio.run(s3.lake().put_new(KEY, b"lines"))
    assert bucket.tries == 2
    assert bucket.objects == {KEY: b"lines"}


def test_a_store_that_is_away_is_unavailable_in_bounded_time() -> None:
    nobody = S3Server(f"http://127.0.0.1:{free_ports()}", "lake")
    began = time.monotonic()
    with pytest.raises(LakeUnavailableError, match=f"did not take {KEY}"):
        asyncio.run(nobody.lake().put_new(KEY, b"lines"))
    assert time.monotonic() - began < GIVES_UP_SECONDS
