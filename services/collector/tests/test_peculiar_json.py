"""JSON at the edges: a clear 4xx, or a line that DuckDB's reader takes; never a 500."""

import gzip
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.anyio

NAME = b'"eventName":"page_view"'


def body(member: bytes) -> bytes:
    return b"{" + NAME + b"," + member + b"}"


async def stored(collector: Any, sent: bytes) -> dict[str, Any]:
    answer = await collector.send(sent)
    assert answer.status_code == 200, answer.text
    line: dict[str, Any] = collector.lake.lines()[-1]
    return line


async def test_a_byte_order_mark_is_skipped(collector: Any) -> None:
    assert (await stored(collector, b"\xef\xbb\xbf" + body(b'"a":1')))["a"] == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb'"cut \ud83d"', "cut \ufffd"),
        (rb'"\udc00 first"', "\ufffd first"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\uD83D\uDE00 \ud800\u0041"', "\U0001f600 \ufffdA"),
        (rb'"\\ud800 \ud800"', r"\ud800 " + "\ufffd"),
    ],
)
async def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_kept(collector: Any, sent: bytes, kept: str) -> None:
    assert (await stored(collector, body(b'"pageTitle":' + sent)))["pageTitle"] == kept


async def test_half_a_pair_in_a_name_is_replaced_too(collector: Any) -> None:
    assert (await stored(collector, body(rb'"x\ud800":1')))["x\ufffd"] == 1


async def test_nul_in_a_string_is_kept(collector: Any) -> None:
    assert (await stored(collector, body(rb'"pageTitle":"a\u0000b"')))["pageTitle"] == "a\0b"


@pytest.mark.parametrize("member", [b'"a":1,"a":2', b'"product":{"id":"1","id":"2"}', b'"eventName":"click"'])
async def test_of_a_duplicated_member_the_last_counts(collector: Any, member: bytes) -> None:
    line = await stored(collector, body(member))
    assert line.get("a", 2) == 2
    assert line.get("product", {"id": "2"}) == {"id": "2"}
    raw = gzip.decompress(next(iter(collector.lake.objects.values())))
    assert raw.count(b'"eventName"') == 1
    assert raw.count(b'"id"') <= 1


@pytest.mark.parametrize("name", [b'"_ingest"', rb'"\u005fingest"'])
async def test_the_clients_own_ingest_is_dropped(collector: Any, name: bytes) -> None:
    line = await stored(collector, body(name + b':{"receivedAt":"1999-01-01T00:00:00.000Z","country":"XX"}'))
    assert line["_ingest"]["receivedAt"] == "2026-11-22T09:41:07.123Z"
    assert "country" not in line["_ingest"]


async def test_whole_numbers_keep_all_their_digits(collector: Any) -> None:
    line = await stored(collector, body(b'"a":123456789012345678901234567890,"b":9007199254740993,"c":-0.0,"d":1e-7'))
    assert (line["a"], line["b"], line["c"], line["d"]) == (
        123456789012345678901234567890,
        9007199254740993,
        0.0,
        1e-7,
    )


async def test_a_pretty_printed_body_is_one_line(collector: Any) -> None:
    await stored(collector, b'{\n  "eventName": "page_view",\r\n\t"pageTitle": "a\\nb"\n}\n')
    assert len(collector.lake.lines()) == 1


@pytest.mark.parametrize(
    ("member", "says"),
    [
        (b'"a":NaN', "expected value"),
        (b'"a":-Infinity', "invalid number"),
        (b'"a":1e400', "out of range"),
        (b'"a":' + b"9" * 5000, "out of range"),
        (b'"a":' + b"[" * 250 + b"]" * 250, "recursion"),
        (b'"a":' + b'{"x":' * 50_000 + b"1" + b"}" * 50_000, "recursion"),
        (b'"a":' + b"[" * 500_000, "recursion"),
        (b'"a":"\x01"', "control character"),
        (b'"a":"\\q"', "escape"),
        (b'"a":"\\ud8"', "escape"),
        (b'"a":"\xed\xa0\x80"', "not UTF-8"),
        (b'"\xff":1', "not UTF-8"),
        (b"'a':1", "string"),
    ],
)
async def test_what_json_has_not_is_a_400(collector: Any, member: bytes, says: str) -> None:
    answer = await collector.send(body(member))
    assert answer.status_code == 400
    assert says in answer.json()["detail"]
    assert collector.lake.tries == []


@pytest.mark.parametrize("depth", [1, 50, 190])
async def test_a_nested_event_is_stored_or_rejected_never_a_500(collector: Any, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    assert (await collector.send(body(b'"a":' + nested))).status_code == 200
    assert (await collector.send(body(b'"properties":{"x":' + nested + b"}"))).status_code in (200, 422)
    assert (await collector.send(b'[{"a":' + nested + b"}]")).status_code == 422


async def test_many_nested_events_under_the_depth_limit_pass(collector: Any) -> None:
    event = body(b'"items":[' + b",".join([b'{"id":"1","tags":[[]]}'] * 20) + b"]")
    assert (await collector.send(b"[" + b",".join([event] * 100) + b"]")).json()["accepted"] == 100


async def test_duckdb_reads_all_that_was_taken(collector: Any, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the ETL's reader is not installed")
    members = [
        rb'"pageTitle":"\ud83d"',
        rb'"pageTitle":"\u0000"',
        b'"pageTitle":"a","pageTitle":"b"',
        b'"product":{"id":1,"id":2}',
        b'"x":123456789012345678901234567890',
        b'"x":' + b"9" * 4000,
        b'"x":' + b"[" * 140 + b"]" * 140,
        '"x":"\u2028\x7f\U0001f600"'.encode(),
    ]
    for member in members:
        await stored(collector, body(member))
    for number, data in enumerate(collector.lake.objects.values()):
        (tmp_path / f"{number}.ndjson.gz").write_bytes(data)
    columns = "{eventName: 'VARCHAR', eventId: 'UUID', pageTitle: 'VARCHAR', x: 'JSON', product: 'STRUCT(id VARCHAR)'}"
    rows = duckdb.sql(
        f"SELECT eventName FROM read_json('{tmp_path}/*.ndjson.gz', format='newline_delimited', columns={columns})"
    ).fetchall()
    assert rows == [("page_view",)] * len(members)
