"""What can be wrong with a database: each has an error that names it and says what to do, leaves no half state, and the
schedule recovers by itself once the cause is gone.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
import pytest
from fault_scene import NOW, Scene
from fault_server import FaultDatabase, FaultServer, running_server
from free_ports import free_ports
from process_nursery import Ending, Nursery
from whole_tables import contents, differences, imbalances

from clickstream.home import open_home
from lake import open_lake

_TMPFS_MIB = 220
_LEFT_KIB = 600


class Site:
    """A filled lake, a warehouse, and the schedule between them."""

    def __init__(self, nursery: Nursery, lake_url: str, database: FaultDatabase) -> None:
        self._nursery = nursery
        self._lake_url = lake_url
        self.database = database

    def tick(self, **order: Any) -> Ending:
        """One tick; ``warehouse_url`` in ``order`` replaces the database's own."""
        url = self.database.role_url("clickstream_etl")
        return self._nursery.run(
            "tick", **{"lake_url": self._lake_url, "warehouse_url": url, "now": NOW.isoformat(), **order}
        )

    def recovers(self, expected: dict[str, list[str]]) -> None:
        """The next tick loads everything, as if nothing had happened."""
        assert said(self.tick()) == "", "the tick after the cause was gone"
        assert imbalances(self.database) == []
        assert differences(expected, contents(self.database)) == []


def said(ending: Ending) -> str:
    """What a tick complains of; empty where all is well."""
    assert ending.signal is None, "the process died"
    runs = ending.result or []
    return ending.error or "; ".join(error for run in runs for error in run["errors"])


@pytest.fixture(scope="module")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"file://{tmp_path_factory.mktemp('bad-database')}/lake"
    lake = open_lake(url)
    Scene().fill(lake)
    lake.close()
    return url


@pytest.fixture(scope="module")
def expected(nursery: Nursery, fault_server: FaultServer, lake_url: str) -> dict[str, list[str]]:
    """What a warehouse is after a tick without any fault."""
    with fault_server.database() as database:
        assert said(Site(nursery, lake_url, database).tick()) == ""
        return contents(database)


@pytest.fixture
def site(nursery: Nursery, fault_server: FaultServer, lake_url: str) -> Iterator[Site]:
    with fault_server.database() as database:
        yield Site(nursery, lake_url, database)


def nothing_is_loaded(database: FaultDatabase) -> bool:
    return database.rows("SELECT FROM clickstream_events UNION ALL SELECT FROM etl.objects") == []


def test_a_wrong_password_is_named_and_not_tried_again(site: Site, expected: dict[str, list[str]]) -> None:
    right = site.database.role_url("clickstream_etl")
    password = site.database.server.home.passwords["clickstream_etl"]
    told = said(site.tick(warehouse_url=right.replace(password, "mistaken")))
    assert "WarehouseRefusedError" in told
    assert 'password authentication failed for user "clickstream_etl"' in told
    assert password not in told
    assert "mistaken" not in told
    assert nothing_is_loaded(site.database)
    site.recovers(expected)


def test_a_missing_right_is_named_with_its_table(site: Site, expected: dict[str, list[str]]) -> None:
    site.database.rows("REVOKE INSERT ON event_items FROM clickstream_etl")
    told = said(site.tick())
    assert "permission denied for table event_items" in told
    assert nothing_is_loaded(site.database)
    site.database.rows("GRANT INSERT ON event_items TO clickstream_etl")
    site.recovers(expected)


def test_a_warehouse_that_was_never_migrated_says_so(fault_server: FaultServer, site: Site) -> None:
    with fault_server.database("template0") as empty:
        told = said(site.tick(warehouse_url=empty.role_url("clickstream_etl")))
        assert "migrate it" in told


@pytest.mark.parametrize("lacks", ["TABLE etl.runs", "FUNCTION mart.freshness()"])
def test_a_warehouse_of_an_older_version_says_so(site: Site, expected: dict[str, list[str]], lacks: str) -> None:
    site.database.rows(f"ALTER {lacks} RENAME {'COLUMN retries ' if 'runs' in lacks else ''}TO of_another_version")
    told = said(site.tick())
    assert "migrate it" in told
    assert "does not exist" in told
    assert nothing_is_loaded(site.database)
    back = lacks.replace("freshness", "of_another_version")
    there = "COLUMN of_another_version TO retries" if "runs" in lacks else "TO freshness"
    site.database.rows(f"ALTER {back} RENAME {there}")
    site.recovers(expected)


def test_a_statement_timeout_while_somebody_holds_a_lock_is_named(site: Site, expected: dict[str, list[str]]) -> None:
    site.database.rows(f"ALTER ROLE clickstream_etl IN DATABASE {site.database.name} SET statement_timeout = '1s'")
    holder = psycopg2.connect(site.database.role_url())
    try:
        holder.cursor().execute("LOCK TABLE event_items IN ACCESS EXCLUSIVE MODE")
        told = said(site.tick())
    finally:
        holder.close()
    assert "canceling statement due to statement timeout" in told
    assert nothing_is_loaded(site.database)
    site.database.rows(f"ALTER ROLE clickstream_etl IN DATABASE {site.database.name} RESET statement_timeout")
    site.recovers(expected)


def test_a_lock_that_is_held_for_a_while_is_waited_for(site: Site, expected: dict[str, list[str]]) -> None:
    holder = psycopg2.connect(site.database.role_url())
    holder.cursor().execute("LOCK TABLE clickstream_events IN ACCESS EXCLUSIVE MODE")
    endings: list[Ending] = []
    ticking = threading.Thread(target=lambda: endings.append(site.tick()))
    ticking.start()
    time.sleep(1.5)
    assert endings == []
    holder.close()
    ticking.join(60)
    assert [said(each) for each in endings] == [""]
    site.recovers(expected)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder with room for a new PostgreSQL and little more."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    with TemporaryDirectory(prefix="clickstream-small-") as folder, ExitStack() as stack:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={_TMPFS_MIB}m,mode=755", "tmpfs", folder],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if mounted.returncode != 0:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
        stack.callback(subprocess.run, ["umount", "--lazy", folder], check=True)
        yield Path(folder)


def test_a_full_disk_is_named_and_the_load_goes_on_when_there_is_room(
    small_disk: Path, nursery: Nursery, lake_url: str, expected: dict[str, list[str]]
) -> None:
    home = open_home(small_disk / "home", port_base=free_ports(10))
    with running_server(home) as server, server.database() as database:
        site = Site(nursery, lake_url, database)
        room = os.statvfs(small_disk)
        filler = small_disk / "filler"
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - (_LEFT_KIB << 10))
        told = said(site.tick())
        assert "No space left on device" in told or "Unavailable" in told, told
        filler.unlink()
        server.wait()
        assert imbalances(database) == []
        site.recovers(expected)
        assert "No space left on device" in home.log_of("warehouse").read_text() + told
