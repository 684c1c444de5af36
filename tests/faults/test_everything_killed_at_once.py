"""The whole platform at work while everything in it is killed, again and again.

Every event that was acknowledged is in the warehouse, once; every run that was asked for is there, once, and has ended;
every book balances; and every session, order and rollup is what a clean load of the same lake makes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from campaign import Campaign
from drained_lake import drained
from fault_server import FaultServer
from process_nursery import Nursery
from whole_tables import contents, differences, imbalances


@pytest.fixture
def nurseries(nursery: Nursery) -> Iterator[list[Nursery]]:
    """Three: one has one child at a time."""
    others = [Nursery(), Nursery()]
    yield [nursery, *others]
    for each in others:
        each.close()


def test_all_that_was_acknowledged_is_there_once_and_every_number_is_that_of_a_clean_load(
    nurseries: list[Nursery], fault_server: FaultServer, tmp_path: Path, thorough: Any
) -> None:
    lake_url = f"file://{tmp_path}/lake"
    with fault_server.database() as database, fault_server.database() as clean:
        campaign = Campaign(thorough.seed, database, lake_url, nurseries, thorough.tell)
        campaign.run(thorough.kills)
        drained(nurseries[0], database, lake_url)
        drained(nurseries[0], clean, lake_url)

        rows = [event for (event,) in database.rows("SELECT event_id::text FROM clickstream_events")]
        found, acknowledged = set(rows), campaign.stream.acknowledged
        runs = dict(database.rows("SELECT idempotency_key, run_id::text FROM etl.runs WHERE idempotency_key <> ''"))
        lost_runs = {key: run for key, run in campaign.asked.runs.items() if runs.get(key) != run}
        thorough.notes += [
            f"everything at once, seed {thorough.seed}: {sum(campaign.kills.values())} kills",
            *(f"  {count:4} {target}" for target, count in campaign.kills.most_common()),
            f"  struck {dict(campaign.struck.most_common())}",
            f"  {sum(each.result is not None for each in campaign.endings)} of {len(campaign.endings)} ticks came to an"
            f" end; collectors answered {dict(campaign.stream.answers)}, the admin API {dict(campaign.asked.answers)}",
            f"  events: {len(acknowledged)} acknowledged, {len(found)} found, {len(rows) - len(found)} doubled,"
            f" {len(acknowledged - found)} missing",
            f"  runs: {len(campaign.asked.runs)} acknowledged, {len(runs)} found, {len(lost_runs)} missing",
        ]
        told = f"seed {thorough.seed}, {dict(campaign.kills)}"
        assert acknowledged - found == set(), told
        assert len(rows) == len(found), told
        assert found <= campaign.stream.sent, told
        assert lost_runs == {}, told
        assert database.rows("SELECT run_id, state FROM etl.runs WHERE state IN ('queued', 'running')") == [], told
        assert imbalances(database) == [], told
        assert differences(contents(clean, any_receipt=True), contents(database, any_receipt=True)) == [], told
    unexpected = [
        each.error
        for each in campaign.endings
        if each.error and not any(name in each.error for name in ("Unavailable", "LoadError"))
    ]
    assert unexpected == [], told
