"""An hour of 25,000 one-event objects, as an older collector leaves it: S3 lists it in 25 pages, and none is missed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from s3_server import S3Server

from etl import plan
from lake import LakeObject
from warehouse import books
from warehouse.books import Counts, ObjectBooks

HOUR = datetime(2026, 11, 22, 7, tzinfo=UTC)
OBJECTS = 25_000
PAGE = 1_000  # S3 gives no more, whatever is asked for
LOADED = 10_123
SIZE = 400
BATCH_BYTES = 64 << 10


class Bucket(ThreadingHTTPServer):
    """Answers ListObjectsV2 as S3 does, in pages; rclone's server reads a folder anew for every page of it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _List)
        hours = {6: 1, 7: OBJECTS, 8: 1}
        self.keys = [
            f"events/2026/11/22/{hour:02}/event-{UUID(int=(number << 96) | hour)}.json"
            for hour, count in hours.items()
            for number in range(count)
        ]
        self.pages = 0


class _List(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        bucket = self.server
        assert isinstance(bucket, Bucket)
        bucket.pages += 1
        found = [key for key in bucket.keys if key.startswith(asked["prefix"][0])]
        start = int(asked.get("continuation-token", ["0"])[0])
        page, rest = found[start : start + PAGE], found[start + PAGE :]
        token = f"<NextContinuationToken>{start + PAGE}</NextContinuationToken>" if rest else ""
        contents = "".join(
            f"<Contents><Key>{key}</Key><Size>{SIZE}</Size><ETag>x</ETag>"
            "<LastModified>2026-11-22T07:00:00.000Z</LastModified></Contents>"
            for key in page
        )
        body = (
            f"<?xml version='1.0'?><ListBucketResult><IsTruncated>{str(bool(rest)).lower()}</IsTruncated>"
            f"<KeyCount>{len(page)}</KeyCount>{token}{contents}</ListBucketResult>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Not on standard error."""


@pytest.fixture(scope="module")
def crowded() -> Iterator[list[LakeObject]]:
    """The objects of the hour, as the lake lists them; the hours before and after it hold one object each."""
    with Bucket() as bucket:
        Thread(target=bucket.serve_forever, daemon=True).start()
        try:
            lake = S3Server(f"http://127.0.0.1:{bucket.server_port}", "lake").lake()
            found = lake.list_objects("events", HOUR, HOUR + timedelta(hours=1))
            assert bucket.pages == OBJECTS // PAGE
            yield found
        finally:
            bucket.shutdown()


def test_every_object_is_listed_once_and_is_one_event(crowded: list[LakeObject]) -> None:
    assert len(crowded) == len({item.key for item in crowded}) == OBJECTS
    assert {(item.count, item.size) for item in crowded} == {(1, SIZE)}


def test_the_plan_is_one_window_of_bounded_batches_that_miss_none(crowded: list[LakeObject]) -> None:
    (window,) = plan.windows_of(crowded)
    assert window.start == HOUR
    batches = list(plan.batches(window.objects, BATCH_BYTES))
    assert [item for batch in batches for item in batch] == list(window.objects)
    assert all(sum(item.size for item in batch) <= BATCH_BYTES for batch in batches)
    assert len(batches) == -(-OBJECTS // (BATCH_BYTES // SIZE))


def test_what_the_ledger_holds_is_not_planned_again(crowded: list[LakeObject], warehouse: Any) -> None:
    (window,) = plan.windows_of(crowded)
    known = window.objects[::2][:LOADED]
    with warehouse.connection("clickstream_etl") as etl, etl.cursor() as cursor:
        ids = books.draw_object_ids(cursor, LOADED)
        entries = [ObjectBooks(i, item.key, HOUR, item.size, Counts(1, 1)) for i, item in zip(ids, known, strict=True)]
        books.record_objects(cursor, uuid4(), entries)
        left = window.without(books.loaded_among(cursor, [item.key for item in window.objects])).objects
    assert len(left) == OBJECTS - LOADED
    assert {item.key for item in left}.isdisjoint(item.key for item in known)
