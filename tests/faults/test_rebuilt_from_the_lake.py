"""The warehouse is dropped and made anew from the raw lake alone: every number is what it was."""

from datetime import timedelta
from pathlib import Path

from fault_scene import HOURS, NOW, START, Scene
from fault_server import FaultServer
from process_nursery import Nursery
from whole_tables import contents, differences, imbalances

from lake import open_lake


def test_a_warehouse_that_grew_hour_by_hour_is_made_again_from_the_lake_alone(
    nursery: Nursery, fault_server: FaultServer, tmp_path: Path
) -> None:
    url = f"file://{tmp_path}/lake"
    lake = open_lake(url)
    promised = Scene().fill(lake)
    lake.close()

    def load(database: object, action: str, hours: int = HOURS) -> None:
        now = NOW if hours == HOURS else START + timedelta(hours=hours, minutes=10)
        ending = nursery.run(
            action, lake_url=url, warehouse_url=database.role_url("clickstream_etl"), now=now.isoformat()
        )  # type: ignore[attr-defined]
        assert ending.result is not None, ending
        assert all(run["state"] == "succeeded" for run in ending.result), ending

    with fault_server.database() as grown:
        for hours in range(HOURS + 1):
            load(grown, "tick", hours)
        before = contents(grown)
        assert imbalances(grown) == []
        assert grown.value("SELECT sum(collected) FROM etl.windows") == promised
    with fault_server.database() as rebuilt:
        load(rebuilt, "replace")
        assert imbalances(rebuilt) == []
        assert differences(before, contents(rebuilt)) == []
        load(rebuilt, "replace")
        assert differences(before, contents(rebuilt)) == []
