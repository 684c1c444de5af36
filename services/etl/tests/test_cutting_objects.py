"""Objects become lines: what cannot be read is told, never dropped."""

import gzip
import hashlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.extract.objects import MAX_UNPACKED_BYTES, Line, cut, fetch
from lake import LakeUnavailableError, events_key, parse_key

WINDOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
SINGLE = "events/2026/11/22/07/event-0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f.json"


def batch(count):
    return parse_key(events_key(WINDOW, UUID(int=1), count), 0)


def cut_text(text, count):
    return cut(batch(count), gzip.compress(text))


def test_every_line_of_a_batch_has_its_number():
    assert cut_text(b'{"a":1}\n{"a":2}\n', 2) == [Line(1, '{"a":1}'), Line(2, '{"a":2}')]


def test_a_last_line_without_its_line_feed_is_a_line():
    assert cut_text(b'{"a":1}\n{"a":2}', 2) == [Line(1, '{"a":1}'), Line(2, '{"a":2}')]


def test_blank_lines_are_no_lines_but_count_in_the_numbering():
    assert cut_text(b'\n{"a":1}\n  \n\r\n{"a":2}\n\n', 2) == [Line(2, '{"a":1}'), Line(5, '{"a":2}')]


def test_windows_line_ends_are_taken_off():
    assert cut_text(b'{"a":1}\r\n{"a":2}\r\n', 2) == [Line(1, '{"a":1}'), Line(2, '{"a":2}')]


def test_a_single_event_is_one_line_even_when_it_is_printed_over_several():
    assert cut(parse_key(SINGLE), b'{\n  "a": 1\n}\n') == [Line(1, '{\n  "a": 1\n}\n')]


def test_an_empty_single_event_is_still_one_line():
    assert cut(parse_key(SINGLE), b"") == [Line(1, "")]


def test_lines_that_the_key_promises_and_the_object_lacks_are_missing():
    detail = "the key promises 3 lines, the object has 1"
    assert cut_text(b'{"a":1}\n', 3) == [
        Line(1, '{"a":1}'),
        Line(3, None, "line_missing", detail),
        Line(4, None, "line_missing", detail),
    ]


def test_more_lines_than_the_key_promises_are_all_there():
    assert len(cut_text(b"{}\n{}\n{}\n", 2)) == 3


@pytest.mark.parametrize("body", [b"", gzip.compress(b"")])
def test_an_empty_object_misses_all_its_lines(body):
    assert [line.reason for line in cut(batch(2), body)] == ["line_missing", "line_missing"]


def test_an_empty_object_that_promises_nothing_is_no_lines():
    assert cut(batch(0), gzip.compress(b"")) == []


def test_a_byte_that_is_not_utf8_is_shown_with_its_place():
    (line,) = cut_text(b'{"a":"\xff\x00"}\n', 1)
    assert line == Line(1, '{"a":"\\xff\\x00"}', "not_utf8", "byte 6 of the line is not UTF-8")


def test_a_nul_byte_is_shown_with_its_place():
    assert cut_text(b'{"a":\x00}\n', 1) == [Line(1, '{"a":\\x00}', "not_json", "byte 5 of the line is NUL")]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb"a\u0000b", "a�b"),
        (rb"\ud83dx", "�x"),
        (rb"x\uDE00", "x�"),
        (rb"\ud83d\ud83d\ude00", r"�\ud83d\ude00"),
        (rb"\ud83d\ude00", r"\ud83d\ude00"),
        (rb"\\u0000", r"\\u0000"),
        (rb"\\\u0000", r"\\�"),
        (rb"\\ud83d", r"\\ud83d"),
        (rb"\u00e9\n\"", r"\u00e9\n\""),
    ],
)
def test_escapes_that_postgresql_cannot_keep_become_the_replacement_character(sent, kept):
    assert cut_text(b'{"a":"' + sent + b'"}\n', 1) == [Line(1, '{"a":"' + kept + '"}')]


def test_a_gzip_of_several_members_is_read_whole():
    body = gzip.compress(b"{}\n") + gzip.compress(b"[]\n") + gzip.compress(b"1\n")
    assert [line.text for line in cut(batch(3), body)] == ["{}", "[]", "1"]


def test_zeros_after_the_gzip_are_no_damage():
    assert cut(batch(1), gzip.compress(b"{}\n") + bytes(512)) == [Line(1, "{}")]


LINES = [b'{"x":"%s"}' % hashlib.sha256(b"%d" % number).hexdigest().encode() for number in range(3000)]
TEXT = b"\n".join(LINES) + b"\n"
PACKED = gzip.compress(TEXT)


def test_the_body_of_these_tests_is_longer_than_a_step_of_the_unpacking():
    assert len(PACKED) > (1 << 16) * 1.2


@pytest.mark.parametrize("kept", [11, 500, 1 << 16, len(PACKED) - 8, len(PACKED) - 1])
def test_whole_lines_before_the_end_of_a_truncated_gzip_are_kept(kept):
    lines = cut(batch(3000), PACKED[:kept])
    assert len(lines) == 3000
    sound = [line.text for line in lines if line.reason is None]
    assert sound == [text.decode() for text in LINES[: len(sound)]]
    rest = lines[len(sound) :]
    assert {line.reason for line in rest[1:]} <= {"line_missing"}
    assert {line.detail for line in rest} <= {"the gzip stream ends early"}
    if kept == 1 << 16:
        assert len(sound) > 1000
        assert rest[0].reason == "object_damaged"
        assert LINES[len(sound)].decode().startswith(rest[0].text)


def test_no_line_of_a_damaged_gzip_is_believed_and_what_can_be_read_is_kept():
    wrong = bytearray(PACKED)
    wrong[70_000] ^= 0xFF
    lines = cut(batch(3000), bytes(wrong))
    assert len(lines) >= 3000
    assert {line.reason for line in lines} <= {"object_damaged", "line_missing", "not_utf8", "not_json"}
    assert lines[0].text == LINES[0].decode()
    assert "damaged" in lines[0].detail


def test_a_wrong_checksum_is_damage():
    wrong = bytearray(gzip.compress(b'{"price":10}\n'))
    wrong[-8] ^= 1
    (line,) = cut(batch(1), bytes(wrong))
    assert line.reason == "object_damaged"
    assert line.text == '{"price":10}'
    assert "incorrect data check" in line.detail


def test_members_whose_checksum_holds_are_believed():
    wrong = bytearray(gzip.compress(b"[]\n"))
    wrong[-8] ^= 1
    lines = cut(batch(2), gzip.compress(b"{}\n") + bytes(wrong))
    assert [(line.text, line.reason) for line in lines] == [("{}", None), ("[]", "object_damaged")]


def test_what_is_no_gzip_misses_all_its_lines():
    lines = cut(batch(2), b"{}\n{}\n")
    assert [line.reason for line in lines] == ["line_missing", "line_missing"]
    assert "incorrect header check" in lines[0].detail


@given(st.binary(max_size=300), st.integers(0, 20))
def test_whatever_the_bytes_are_there_are_at_least_as_many_lines_as_promised(body, promised):
    for content in (body, gzip.compress(body), gzip.compress(body)[: len(body)]):
        lines = cut(batch(promised), content)
        assert len(lines) >= promised
        assert all(line.text is not None or line.reason == "line_missing" for line in lines)
        numbers = [line.number for line in lines]
        assert numbers == sorted(set(numbers))


def test_objects_come_in_the_order_that_they_were_asked_for():
    wanted = [parse_key(events_key(WINDOW, UUID(int=number), 1), 0) for number in range(40)]
    bodies = {item.key: gzip.compress(b"%d" % number) for number, item in enumerate(wanted)}
    found = [(item, cut(item, body)) for item, body in zip(wanted, fetch(bodies.__getitem__, wanted), strict=True)]
    assert [item for item, _ in found] == wanted
    assert [lines[0].text for _, lines in found] == [str(number) for number in range(40)]


def test_an_object_that_the_lake_does_not_give_is_an_error():
    def get(key):
        raise LakeUnavailableError(f"the lake did not give {key}")

    with pytest.raises(LakeUnavailableError, match="did not give events/2026"):
        fetch(get, [batch(1)])


def test_a_gzip_bomb_is_unpacked_no_further_than_the_limit_and_the_rest_is_told():
    text = b'{"a":"' + b"b" * (1 << 20) + b'"}\n'
    count = MAX_UNPACKED_BYTES // len(text) + 5
    lines = cut_text(text * count, count)
    assert len(lines) == count
    kept = [line for line in lines if line.reason is None]
    assert len(kept) == MAX_UNPACKED_BYTES // len(text)
    assert [line.reason for line in lines[len(kept) :]] == ["object_damaged", *["line_missing"] * 4]
    assert lines[-1].detail == "the object unpacks to more than 128 MiB"
    assert sum(len(line.text or "") for line in lines) <= MAX_UNPACKED_BYTES
