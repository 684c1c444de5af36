"""Objects in a folder survive the loss of everything that was not forced to the disk."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from lake import Lake, open_lake
from lake import journal as journals

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders are journalled on Linux alone")

_KEY = "events/2026/11/22/07/events-{}.1.ndjson.gz"


def _key() -> str:
    return _KEY.format(uuid4())


def _journals(folder: Path) -> list[Path]:
    return list((folder / ".journal").glob("*.log"))


def _killed_after_writing(folder: Path, count: int, size: int = 100) -> dict[str, bytes]:
    """A process that writes objects and is killed; what it wrote."""
    program = (
        "import sys, os, signal\n"
        "from lake import open_lake\n"
        "lake = open_lake('file://' + sys.argv[1])\n"
        "for line in sys.stdin:\n"
        "    key = line.strip()\n"
        f"    lake.put_new_blocking(key, (key * {size})[:{size}].encode())\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    keys = [_key() for _ in range(count)]
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], input="\n".join(keys), text=True, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    return {key: (key * size)[:size].encode() for key in keys}


def _objects(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.glob("events/**/*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_what_a_power_cut_tore_or_took_is_put_back_by_whoever_opens_the_lake_next(tmp_path: Path) -> None:
    written = _killed_after_writing(tmp_path, 30)
    torn, empty, gone, *_ = written
    (tmp_path / torn).write_bytes(written[torn][:7])
    (tmp_path / empty).write_bytes(b"")
    (tmp_path / gone).unlink()
    open_lake(f"file://{tmp_path}")
    assert _objects(tmp_path) == written
    assert _journals(tmp_path) == []


def test_a_folder_of_an_hour_that_was_lost_comes_back(tmp_path: Path) -> None:
    written = _killed_after_writing(tmp_path, 3)
    for key in written:
        (tmp_path / key).unlink()
    (tmp_path / next(iter(written))).parent.rmdir()
    open_lake(f"file://{tmp_path}")
    assert _objects(tmp_path) == written


def test_a_record_that_was_never_finished_is_none(tmp_path: Path) -> None:
    written = _killed_after_writing(tmp_path, 3)
    [journal] = _journals(tmp_path)
    last = list(written)[-1]
    content = journal.read_bytes()
    journal.write_bytes(content.replace(written[last], b"?" * len(written[last])))
    for key in written:
        (tmp_path / key).unlink()
    open_lake(f"file://{tmp_path}")
    assert _objects(tmp_path) == {key: body for key, body in written.items() if key != last}


def test_the_journal_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}")
    lake.put_new_blocking(_key(), b"x")
    [journal] = _journals(tmp_path)
    program = f"from lake import open_lake; open_lake('file://{tmp_path}')"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert _journals(tmp_path) == [journal]
    lake.close()
    assert _journals(tmp_path) == []


def test_more_than_a_journal_holds_is_written_and_none_of_the_earlier_is_put_back(tmp_path: Path) -> None:
    written = _killed_after_writing(tmp_path, 60, size=700_000)
    assert len(_journals(tmp_path)) == 2
    assert _objects(tmp_path) == written
    first = next(iter(written))
    (tmp_path / first).unlink()  # long settled: whoever takes it away now means it
    open_lake(f"file://{tmp_path}")
    assert _objects(tmp_path) == {key: body for key, body in written.items() if key != first}


def test_a_large_object_goes_to_the_disk_by_itself(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}")
    key, body = _key(), os.urandom(journals.MAX_BODY_BYTES + 1)
    lake.put_new_blocking(key, body)
    assert _objects(tmp_path) == {key: body}
    assert _journals(tmp_path) == []


def test_a_lake_that_is_only_read_gets_no_journal(tmp_path: Path) -> None:
    lake = open_lake(f"file://{tmp_path}")
    assert lake.list_all("events") == []
    assert not (tmp_path / ".journal").exists()


def test_a_lake_can_be_written_after_it_was_closed(tmp_path: Path) -> None:
    lake: Lake = open_lake(f"file://{tmp_path}")
    keys = [_key(), _key()]
    for key in keys:
        lake.put_new_blocking(key, b"x")
        lake.close()
    assert set(_objects(tmp_path)) == set(keys)
    assert _journals(tmp_path) == []
