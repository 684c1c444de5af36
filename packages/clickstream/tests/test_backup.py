"""`clickstream backup` and `clickstream restore`, on homes of their own."""

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from free_ports import free_ports
from typer.testing import CliRunner, Result

from clickstream.cli import app
from clickstream.home import OWNER, Home, open_home
from clickstream.postgres import running
from clickstream.up_lock import only_one
from warehouse.migrate import migrate


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def refused(*arguments: object) -> str:
    """The one line of an error."""
    result = run(*arguments)
    told = result.stderr.strip()  # the progress bar leaves an empty line
    assert (result.exit_code, told.count("\n"), told[:7]) == (1, 0, "error: "), result.output
    return told


def _home(folder: str) -> Home:
    return open_home(Path(folder), port_base=free_ports(10))


@pytest.fixture(scope="module")
def homes() -> Iterator[tuple[Home, Home]]:
    """One with a shop's day loaded, and one with nothing; both have their PostgreSQL."""
    with ExitStack() as stack:
        # Not pytest's tmp_path: its folders are closed to the user that the server runs as when the tests run as root.
        full, empty = (_home(stack.enter_context(TemporaryDirectory(prefix="clickstream-test-"))) for _ in range(2))
        simulated = run("simulate", "--home", full.path, "--days", "1", "--sessions-per-day", "30",
                        "--until", "2026-11-22")  # fmt: skip
        assert simulated.exit_code == 0, simulated.output
        for home in (full, empty):
            stack.enter_context(running(home))
        loaded = run("etl", "run", "--all", "--home", full.path)
        assert loaded.exit_code == 0, loaded.output
        yield full, empty


@pytest.fixture(scope="module")
def backup(homes: tuple[Home, Home]) -> Path:
    """A backup of the one that is full."""
    target = homes[0].path / "made" / "a.backup"
    result = run("backup", target, "--home", homes[0].path)
    assert result.exit_code == 0, result.output
    assert f"{events(homes[0]):,} events" in result.stdout
    return target


def rows(home: Home, query: str, database: str = "clickstream") -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(home.warehouse_url(OWNER, database))) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def events(home: Home) -> int:
    ((count,),) = rows(home, "SELECT count(*) FROM clickstream_events")
    assert isinstance(count, int)
    return count


def sums(home: Home) -> dict[str, object]:
    """A checksum of every table."""
    tables = rows(
        home,
        "SELECT schemaname || '.' || tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    return {
        str(name): rows(home, f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {name} t") for (name,) in tables
    }


def databases(home: Home) -> list[tuple[object, ...]]:
    return rows(home, "SELECT datname FROM pg_database WHERE datname LIKE 'clickstream%' ORDER BY 1", "postgres")


def test_what_was_backed_up_is_restored_into_another_home_row_by_row(homes: tuple[Home, Home], backup: Path) -> None:
    full, other = homes
    result = run("restore", backup, "--home", other.path)

    assert result.exit_code == 0, result.output
    assert sums(other) == sums(full)
    assert events(other) > 100
    # Roles, rights and questions are there: each service can work at once, with the passwords of its own home.
    with closing(psycopg2.connect(other.warehouse_url("clickstream_dashboard"))) as connection:
        connection.cursor().execute("SELECT * FROM mart.overview('2026-11-01', '2026-11-30')")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            connection.cursor().execute("SELECT * FROM etl.rejects")
    assert databases(other) == [("clickstream",)]


def test_a_warehouse_with_something_in_it_is_replaced_only_by_force(homes: tuple[Home, Home], backup: Path) -> None:
    full, _ = homes
    before = sums(full)
    with closing(psycopg2.connect(full.warehouse_url())) as connection, connection:
        connection.cursor().execute("DELETE FROM sessions")

    assert "--force replaces it" in refused("restore", backup, "--home", full.path)
    assert rows(full, "SELECT count(*) FROM sessions") == [(0,)]
    result = run("restore", backup, "--home", full.path, "--force")

    assert result.exit_code == 0, result.output
    assert sums(full) == before


def test_a_backup_of_an_older_version_is_brought_to_this_one(homes: tuple[Home, Home], tmp_path: Path) -> None:
    _, other = homes
    migrate(other.warehouse_url(), other.role_passwords)
    with closing(psycopg2.connect(other.warehouse_url())) as connection, connection:
        connection.cursor().execute("DROP SCHEMA mart CASCADE; CREATE SCHEMA mart")
    assert run("backup", tmp_path / "old", "--home", other.path).exit_code == 0
    result = run("restore", tmp_path / "old", "--home", other.path, "--force")

    assert result.exit_code == 0, result.output
    assert "mart:" in result.stdout
    assert len(rows(other, "SELECT * FROM mart.freshness()")) == 1


def _with(backup: Path, target: Path, **changes: object) -> Path:
    """A copy that says other things of itself."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr("warehouse.dump", old.read("warehouse.dump"))
        new.writestr("backup.json", json.dumps(json.loads(old.read("backup.json")) | changes))
    return target


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("missing", "cannot read"),
        ("other file", "is no backup of clickstream"),
        ("cut off", "is no backup of clickstream"),
        ("a byte", "damaged|pg_restore: error"),
        ("newer tables", "tables of 2030_01_01_next, which this version"),
        ("newer format", "made by a newer clickstream"),
        ("newer server", "is of PostgreSQL 99"),
        ("other rows", "public.site 1 instead of 2"),
    ],
)
def test_what_cannot_be_restored_is_told_and_changes_nothing(
    homes: tuple[Home, Home], backup: Path, tmp_path: Path, damage: str, told: str
) -> None:
    full, _ = homes
    bad = tmp_path / "bad"
    content = bytearray(backup.read_bytes())
    if damage == "other file":
        bad.write_text("PGDMP")
    elif damage == "cut off":
        bad.write_bytes(content[:-100])
    elif damage == "a byte":
        content[len(content) // 2] ^= 1
        bad.write_bytes(content)
    elif damage.startswith("newer"):
        change: dict[str, object] = {
            "newer tables": {"revision": "2030_01_01_next"}, "newer format": {"format": 2},
            "newer server": {"postgres": 99},
        }[damage]  # fmt: skip
        _with(backup, bad, **change)
    elif damage == "other rows":
        with zipfile.ZipFile(backup) as archive:
            counted = json.loads(archive.read("backup.json"))["rows"]
        _with(backup, bad, rows=counted | {"public.site": 2})
    before = sums(full)

    line = refused("restore", bad, "--home", full.path, "--force")

    assert any(each in line for each in told.split("|")), line
    assert sums(full) == before
    assert databases(full) == [("clickstream",)]


def test_a_warehouse_in_use_stays(homes: tuple[Home, Home], backup: Path) -> None:
    full, _ = homes
    with closing(psycopg2.connect(full.warehouse_url("clickstream_etl"), application_name="a load")):
        line = refused("restore", backup, "--home", full.path, "--force")
    assert "a load as clickstream_etl" in line
    assert databases(full) == [("clickstream",)]
    with only_one(full):
        assert "clickstream is up" in refused("restore", backup, "--home", full.path, "--force")


@pytest.mark.parametrize("moment", [0.0, 0.15, 0.4])
def test_a_restore_that_is_killed_leaves_the_warehouse_as_it_was_and_can_be_done_again(
    homes: tuple[Home, Home], backup: Path, moment: float
) -> None:
    full, _ = homes
    before = sums(full)
    command = [str(Path(sys.executable).with_name("clickstream")), "restore", str(backup), "--home", str(full.path)]
    with subprocess.Popen([*command, "--force"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while len(databases(full)) == 1:
            assert process.poll() is None
        time.sleep(moment)
        process.kill()
    assert ("clickstream",) in databases(full)
    assert sums(full) == before

    again = run("restore", backup, "--home", full.path, "--force")
    assert again.exit_code == 0, again.output
    assert sums(full) == before
    assert databases(full) == [("clickstream",)]


def test_a_file_that_is_there_is_kept_and_a_failure_leaves_none(homes: tuple[Home, Home], backup: Path) -> None:
    full, _ = homes
    content = backup.read_bytes()
    assert "is there already" in refused("backup", backup, "--home", full.path)
    assert backup.read_bytes() == content
    assert "is a folder" in refused("backup", backup.parent, "--home", full.path)
    assert "cannot write" in refused("backup", backup / "below", "--home", full.path)
    assert sorted(each.name for each in backup.parent.iterdir()) == ["a.backup"]
    assert backup.stat().st_mode & 0o077 == 0
