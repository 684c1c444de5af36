import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from clickstream import importing
from clickstream.errors import InputError
from clickstream.importing import Imported, Importer
from clickstream.lake_objects import content_id, id_in
from clickstream.line_source import MAX_LINE_BYTES, LineSource
from clickstream.placing import Unplaceable, place
from lake import Lake, open_lake
from lake.contract import MEMBERS_DIGEST

SHARED = Path(__file__).parents[4] / "shared" / "data"
NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def line(received_at: str, number: int = 0, padding: int = 0) -> str:
    event = {"eventName": "page_view", "eventId": f"{number:032x}", "properties": {"padding": "x" * padding}}
    return json.dumps({**event, "_ingest": {"receivedAt": received_at}})


def bring_in(lake: Lake, *files: Path, now: datetime = NOON) -> Imported:
    importer = Importer(lake, now=lambda: now)
    for file in files:
        importer.add(LineSource(str(file)))
    return importer.done


def keys(lake: Lake) -> list[str]:
    return [item.key for item in lake.list_all("events")]


@pytest.mark.parametrize(
    ("received_at", "hour"),
    [
        ("2026-11-22T12:30:00.123Z", 12),
        ("2026-11-22T12:30:00", 12),
        ("2026-11-22T19:30:00+07:00", 12),
        ("2026-11-22 11:59:59.999999Z", 11),
    ],
)
def test_a_line_belongs_to_the_utc_hour_of_its_receipt(received_at: str, hour: int) -> None:
    assert place(line(received_at).encode()) == datetime(2026, 11, 22, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"nope", "not_json"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b"[1]", "not_an_object"),
        (b"{}", "missing"),
        (b'{"_ingest": 3}', "missing"),
        (b'{"_ingest": {"receivedAt": null}}', "missing"),
        (b'{"_ingest": {"receivedAt": 5}}', "not_a_time"),
        (b'{"_ingest": {"receivedAt": "yesterday"}}', "not_a_time"),
        (b'{"_ingest": {"receivedAt": "0001-01-01T00:00:00+14:00"}}', "not_a_time"),
        (b'{"_ingest": {"receivedAt": "1969-12-31T23:00:00Z"}}', "before_1970"),
        (
            b'{"colour": "red", "_ingest": {"receivedAt": "2026-11-22T09:00:00Z", "members": "%b"}}'
            % MEMBERS_DIGEST.encode(),
            "wrong",
        ),
        (b"[" * 200_000, "nested_too_deep"),
        (b"1" * 5_000, "not_json"),
    ],
)
def test_a_line_that_has_no_place_says_why(text: bytes, code: str) -> None:
    found = place(text)
    assert isinstance(found, Unplaceable)
    assert found.code == code


def test_an_object_id_is_a_uuid7_of_the_hour_and_the_content() -> None:
    window = datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = content_id(window, b"content")
    assert (found.version, found.variant) == (7, "specified in RFC 4122")
    assert found.int >> 80 == window.timestamp() * 1000
    assert found == content_id(window, b"content")
    assert found != content_id(window, b"other content")
    assert id_in(f"events/2026/11/22/12/events-{found}.3.ndjson.gz") == found


def test_the_same_file_again_adds_nothing_gzipped_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.ndjson", tmp_path / "a.ndjson.gz"
    text = "\n".join(line(f"2026-11-22T{hour:02}:00:00Z", hour) for hour in (3, 1, 2, 1)) + "\n"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    lake = open_lake("memory://")
    first = bring_in(lake, plain)
    assert (first.lines, first.events.objects, first.events.lines) == (4, 3, 4)
    before = keys(lake)
    again = bring_in(lake, packed)
    assert (again.events.objects, again.events.objects_there, again.events.lines_there) == (0, 3, 4)
    assert keys(lake) == before


def test_a_file_becomes_the_same_objects_whatever_is_imported_with_it(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text(line("2026-11-22T01:00:00Z", 1))
    two.write_text(line("2026-11-22T01:30:00Z", 2))
    lake = open_lake("memory://")
    bring_in(lake, one, two)
    assert bring_in(lake, two).events.objects_there == 1
    assert len(keys(lake)) == 2


def test_bytes_of_lines_are_kept_as_they_are(tmp_path: Path) -> None:
    odd = b'{ "eventName":"x", "price": 1.10,  "_ingest":{"receivedAt":"2026-11-22T01:00:00Z"} }'
    file = tmp_path / "odd"
    file.write_bytes(odd + b"\r\n\r\n" + odd.replace(b"x", b"y"))
    lake = open_lake("memory://")
    done = bring_in(lake, file)
    (key,) = keys(lake)
    assert gzip.decompress(lake.get(key)) == odd + b"\n" + odd.replace(b"x", b"y") + b"\n"
    assert done.lines == 2
    assert key.endswith(".2.ndjson.gz")


def test_a_large_hour_becomes_several_objects_and_all_lines_are_there(tmp_path: Path) -> None:
    file = tmp_path / "large"
    count = 3 * (importing.OBJECT_BYTES >> 16)
    file.write_text("\n".join(line("2026-11-22T01:00:00Z", n, padding=65_536) for n in range(count)))
    lake = open_lake("memory://")
    done = bring_in(lake, file)
    assert done.events.objects == 3
    assert done.events.lines == count
    assert bring_in(lake, file).events.objects == 0


def test_waiting_lines_of_many_hours_are_bounded_and_the_outcome_stays_the_same(tmp_path: Path) -> None:
    file = tmp_path / "scattered"
    count = 2 * (importing.WAITING_BYTES >> 20)
    with file.open("w") as stream:
        for n in range(count):
            stream.write(line(f"2026-11-{1 + n % 28:02}T01:00:00Z", n, padding=1 << 20) + "\n")
    lake = open_lake("memory://")
    done = bring_in(lake, file)
    assert done.events.lines == count
    assert done.events.objects > 28
    again = bring_in(lake, file)
    assert (again.events.objects, again.events.lines_there) == (0, count)


def test_lines_that_cannot_be_placed_are_kept_with_reason_and_place_and_only_once(tmp_path: Path) -> None:
    file = tmp_path / "mixed"
    file.write_text("\n".join([line("2026-11-22T01:00:00Z"), "nope", "{}"]))
    lake = open_lake("memory://")
    done = bring_in(lake, file)
    assert (done.unplaceable, done.rejected.lines, done.events.lines) == (2, 2, 1)
    assert done.problems[0] == (str(file), 2, "the line is not JSON: Expecting value at character 1")
    (kept,) = lake.list_all("rejected")
    assert (kept.window, kept.count) == (datetime(2026, 11, 22, 12, tzinfo=UTC), 2)
    first = json.loads(gzip.decompress(lake.get(kept.key)).splitlines()[0])
    assert (first["reason"], first["errors"][0]["code"], first["body"]) == ("unplaceable_line", "not_json", "nope")
    assert first["_ingest"] == {"receivedAt": "2026-11-22T12:30:00.000Z", "path": str(file), "lineNumber": 2}
    next_day = bring_in(lake, file, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert (next_day.rejected.lines, next_day.rejected.lines_there) == (0, 2)
    assert len(lake.list_all("rejected")) == 1


def test_of_an_endless_line_the_beginning_is_kept_and_the_next_line_is_read(tmp_path: Path) -> None:
    file = tmp_path / "endless"
    with file.open("wb") as stream:
        stream.write(b"x" * (2 * MAX_LINE_BYTES + 5) + b"\n")
        stream.write(line("2026-11-22T01:00:00Z").encode())
    lake = open_lake("memory://")
    done = bring_in(lake, file)
    assert (done.unplaceable, done.events.lines) == (1, 1)
    assert "longer than 16 MiB" in done.problems[0][2]


def test_a_damaged_file_is_named_with_its_line_and_its_mended_form_adds_no_line_twice(tmp_path: Path) -> None:
    file = tmp_path / "cut.gz"
    whole = gzip.compress("\n".join(line("2026-11-22T01:00:00Z", n, padding=50) for n in range(5_000)).encode())
    file.write_bytes(whole[: len(whole) // 2])
    lake = open_lake("memory://")
    with pytest.raises(InputError, match=r"cut\.gz is a damaged gzip file after line [\d,]+"):
        bring_in(lake, file)
    file.write_bytes(whole)
    bring_in(lake, file)
    assert sum(item.count for item in lake.list_all("events")) == 5_000


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match="cannot read /nowhere: No such file"):
        LineSource("/nowhere")


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"real events are not at {SHARED}")
@pytest.mark.parametrize(("name", "lines"), [("shop-events-2022", 423), ("web-access-2015", 4114)])
def test_real_events_are_placed_without_a_loss(name: str, lines: int) -> None:
    lake = open_lake("memory://")
    file = SHARED / f"{name}.ndjson.gz"
    done = bring_in(lake, file)
    assert (done.lines, done.events.lines, done.unplaceable) == (lines, lines, 0)
    assert sum(item.count for item in lake.list_all("events")) == lines
    assert all(UUID(str(id_in(key))).version == 7 for key in keys(lake))
    assert bring_in(lake, file).events.lines_there == lines
