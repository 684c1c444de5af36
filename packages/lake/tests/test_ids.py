import time
from uuid import RFC_4122, UUID

from lake.ids import uuid7, uuid7_text


def test_an_id_is_of_version_7_and_carries_the_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_the_text_is_the_canonical_form_of_such_an_id() -> None:
    text = uuid7_text()
    assert str(UUID(text)) == text
    assert UUID(text).version == 7


def test_ids_made_in_one_millisecond_differ() -> None:
    assert len({uuid7() for _ in range(5000)}) == 5000
