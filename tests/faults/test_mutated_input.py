"""Damaged events by the thousand, through the collector and put straight into the lake.

Nothing crashes, nothing is answered with 5xx, and every line is in the books.
"""

import gzip
import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from drained_lake import drained
from fault_server import FaultServer
from kept_alive import KeptAlive
from mutations import Mutations
from process_nursery import Nursery
from whole_tables import imbalances

from lake import Lake, events_key, open_lake, rejected_key

_BROWSERS = 4
_LINES = 100
_HOUR = datetime(2026, 11, 22, 7, tzinfo=UTC)


@pytest.fixture
def collector(nursery: Nursery, tmp_path: Path) -> Iterator[KeptAlive]:
    service = KeptAlive(nursery, "collect", lake_url=f"file://{tmp_path}/lake")
    service.start()
    yield service
    service.end()


class Sender(threading.Thread):
    """Sends cases one after the other, and counts the answers."""

    def __init__(self, port: int, seed: int, cases: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._made = Mutations(seed)
        self._cases = cases
        self.answers: Counter[int] = Counter()
        self.accepted = self.rejected = 0
        self.bad: list[str] = []

    def run(self) -> None:
        """Send them all."""
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        for number in range(self._cases):
            body, headers = self._made.request()
            try:
                link.request("POST", "/clickstream", body, headers)
                answer = link.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException) as error:
                link.close()
                self.bad.append(f"case {number}: {error!r} for {body[:300]!r}")
                continue
            self.answers[answer.status] += 1
            if answer.status >= 500:
                self.bad.append(f"case {number}: {answer.status} {content[:300]!r} for {body[:300]!r}")
            elif answer.status in (200, 422):
                told = json.loads(content)
                self.accepted += told.get("accepted", 0)
                self.rejected += len(told["rejected"])
        link.close()


def test_the_collector_takes_or_refuses_whatever_is_sent(
    collector: KeptAlive, nursery: Nursery, fault_server: FaultServer, tmp_path: Path, thorough: Any
) -> None:
    cases = thorough.cases // 2
    senders = [Sender(collector.port, thorough.seed * 100 + each, cases // _BROWSERS) for each in range(_BROWSERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    answers: Counter[int] = sum((sender.answers for sender in senders), Counter())
    told = f"seed {thorough.seed}, {cases} requests, answers {dict(answers)}"
    thorough.notes.append(f"mutated requests: {told}")
    bad = [each for sender in senders for each in sender.bad]
    assert bad == [], f"{told}: {bad[:5]}"
    assert answers.total() == cases // _BROWSERS * _BROWSERS, told
    assert collector.endings == [], told
    collector.end()

    accepted, rejected = (sum(getattr(each, name) for each in senders) for name in ("accepted", "rejected"))
    assert min(answers[200], answers[400], answers[422], accepted, rejected) > cases / 100, told
    lake_url = f"file://{tmp_path}/lake"
    lake = open_lake(lake_url)
    assert _lines(lake, "events") == accepted, told
    assert _lines(lake, "rejected") == rejected, told
    lake.close()
    with fault_server.database() as database:
        drained(nursery, database, lake_url)
        assert imbalances(database) == [], told
        assert database.value("SELECT sum(collected) FROM etl.objects WHERE object_key LIKE 'events/%%'") == accepted
        ((loaded, duplicates, refused),) = database.rows(
            "SELECT sum(loaded), sum(duplicates), sum(rejected) FROM etl.objects"
        )
        thorough.notes.append(
            f"  {accepted} events accepted, {loaded} loaded, {duplicates} duplicates, {refused} rejects"
        )


def _lines(lake: Lake, prefix: str) -> int:
    return sum(gzip.decompress(lake.get(item.key)).count(b"\n") for item in lake.list_all(prefix))


def test_whatever_lies_in_the_lake_is_in_the_books(
    nursery: Nursery, fault_server: FaultServer, tmp_path: Path, thorough: Any
) -> None:
    lake_url = f"file://{tmp_path}/lake"
    made = Mutations(thorough.seed)
    cases = thorough.cases // 2
    promised: dict[str, int] = {}
    lake = open_lake(lake_url)
    for number in range(cases // _LINES):
        window = _HOUR + timedelta(hours=number % 20)
        lines = [made.line((window + timedelta(seconds=each)).isoformat()) for each in range(_LINES)]
        object_id = UUID(int=(thorough.seed << 64) + number, version=4)
        if number % 10 == 9:
            key, body, count = (
                f"{events_key(window, object_id, 1).rpartition('/')[0]}/event-{object_id}.json",
                lines[0],
                1,
            )
        else:
            count = _LINES + (number % 7 == 6)
            key = (rejected_key if number % 5 == 4 else events_key)(window, object_id, count)
            body = made.object_of(lines)
        promised[key] = count
        lake.put_new_blocking(key, body)
    lake.close()
    told = f"seed {thorough.seed}, {cases} lines in {len(promised)} objects"
    with fault_server.database() as database:
        drained(nursery, database, lake_url)
        found = dict(database.rows("SELECT object_key, collected FROM etl.objects"))
        assert found.keys() == promised.keys(), told
        short = {key: (found[key], count) for key, count in promised.items() if found[key] < count}
        assert short == {}, told
        assert imbalances(database) == [], told
        assert database.rows("SELECT ingest_window, error FROM etl.windows WHERE state <> 'loaded'") == [], told
        ((loaded, refused),) = database.rows("SELECT sum(loaded), sum(rejected) FROM etl.objects")
        assert min(loaded, refused) > cases / 20, told
        reasons = dict(database.rows("SELECT reason, count(*) FROM etl.rejects GROUP BY 1 ORDER BY 2 DESC LIMIT 8"))
        thorough.notes.append(f"mutated objects: {told}: {loaded} loaded, rejected {reasons}")
