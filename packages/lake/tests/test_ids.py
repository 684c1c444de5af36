import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

import pytest

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


def test_threads_never_share_an_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [uuid7_text() for _ in range(2000)], range(8)))
    assert len({one for several in made for one in several}) == 16_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_draws_its_own_randomness() -> None:
    forking = "import os; from lake.ids import uuid7; uuid7(); os.fork(); os.write(1, uuid7().bytes)"
    made = subprocess.run([sys.executable, "-c", forking + "; os._exit(0)"], stdout=subprocess.PIPE, check=True).stdout
    assert len(made) == 32
    assert made[6:16] != made[22:32]
