import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from lake import Lake, LakeRefusedError, LakeUnavailableError, ObjectExistsError, events_key, open_lake
from lake.errors import LakeUrlError

BATCH = UUID("01a20589-61af-784d-84c3-44d3c0137453")
SEVEN = datetime(2026, 11, 22, 7, tzinfo=UTC)
KEY = events_key(SEVEN, BATCH, 2)


@pytest.fixture(params=["memory", "file"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    return open_lake("memory://" if request.param == "memory" else f"file://{tmp_path}/lake")


def test_what_is_put_can_be_got(lake: Lake) -> None:
    asyncio.run(lake.put_new(KEY, b"lines"))
    assert lake.get(KEY) == b"lines"


def test_an_object_is_written_once(lake: Lake) -> None:
    asyncio.run(lake.put_new(KEY, b"first"))
    with pytest.raises(ObjectExistsError):
        asyncio.run(lake.put_new(KEY, b"second"))
    with pytest.raises(ObjectExistsError):
        lake.put_new_blocking(KEY, b"third")
    assert lake.get(KEY) == b"first"


def test_a_listing_holds_the_windows_that_were_asked_for(lake: Lake) -> None:
    keys = [events_key(SEVEN + timedelta(hours=hour), BATCH, 1) for hour in range(20)]
    for key in keys:
        lake.put_new_blocking(key, b"x")
    asyncio.run(lake.probe())
    found = lake.list_objects("events", SEVEN + timedelta(hours=16), SEVEN + timedelta(hours=18))
    assert [item.key for item in found] == keys[16:18]
    assert [item.size for item in found] == [1, 1]
    assert len(lake.list_all("events")) == 20
    assert lake.extent("events") == (SEVEN, SEVEN + timedelta(hours=20))


def test_an_empty_lake_has_no_extent(lake: Lake) -> None:
    assert lake.extent("events") is None
    assert lake.list_all("events") == []


def test_a_missing_object_is_said_to_be_missing(lake: Lake) -> None:
    with pytest.raises(LakeRefusedError, match="did not give events/") as caught:
        lake.get(KEY)
    assert not caught.value.retryable


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}/lake")
    (tmp_path / "lake" / "events").write_text("a file where the folder should be")
    with pytest.raises(LakeUnavailableError, match="did not take events/"):
        asyncio.run(lake.put_new(KEY, b"x"))
    (tmp_path / "lake" / "health").write_text("here too")
    with pytest.raises(LakeUnavailableError, match="cannot be written"):
        asyncio.run(lake.probe())


@pytest.mark.parametrize("url", ["", "lake", "ftp://host/lake", "s3://", "file://"])
def test_a_url_that_names_no_lake_is_refused(url: str) -> None:
    with pytest.raises(LakeUrlError, match="expected file:///folder"):
        open_lake(url)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(LakeUrlError, match="cannot be made"):
        open_lake(f"file://{tmp_path}/taken/lake")


def test_a_folder_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}/lake")
    lake.put_new_blocking(KEY, b"x")
    shutil.rmtree(tmp_path / "lake")
    with pytest.raises(LakeUnavailableError):
        lake.put_new_blocking(KEY, b"x")
    lake.put_new_blocking(KEY, b"x")
    assert lake.get(KEY) == b"x"


def test_a_folder_holds_nothing_but_finished_objects(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}/lake")
    lake.put_new_blocking(KEY, b"first")
    with pytest.raises(ObjectExistsError):
        lake.put_new_blocking(KEY, b"second")
    lake.close()
    assert [str(path.relative_to(tmp_path / "lake")) for path in tmp_path.rglob("*") if path.is_file()] == [KEY]


def test_an_unfinished_object_is_not_listed(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}/lake")
    lake.put_new_blocking(KEY, b"x")
    (tmp_path / "lake" / f"{KEY}#1").write_bytes(b"cut by a power")
    assert [item.key for item in lake.list_all("events")] == [KEY]
