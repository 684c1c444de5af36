"""`clickstream etl rejects` and what `etl run --replace` shows, on a home of their own."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from free_ports import free_ports
from typer.testing import CliRunner, Result

from clickstream.cli import app
from clickstream.home import OWNER, Home, open_home
from clickstream.postgres import running

INGEST = {"receivedAt": "2026-11-22T07:05:00.000Z"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def done(*arguments: str) -> str:
    result = run("etl", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home whose warehouse has one event loaded, and three lines set aside; PostgreSQL runs."""
    # Not pytest's tmp_path: its folders are closed to the user that the server runs as when the tests run as root.
    with TemporaryDirectory(prefix="clickstream-test-") as folder:
        home = open_home(Path(folder), port_base=free_ports(10))
        lines = [
            {"eventName": "page_view", "_ingest": INGEST},
            {"eventName": "5", "clientId": "[bold]c[/bold]", "_ingest": INGEST},
            {"eventName": "5", "_ingest": INGEST},
        ]
        source = Path(folder) / "events.ndjson"
        source.write_text("".join(json.dumps(line) + "\n" for line in lines) + "no json\n")
        assert run("import", str(source), "--home", folder).exit_code == 0
        with running(home):
            done("run", "--all", "--home", folder)
            yield home


def here(home: Home) -> tuple[str, str]:
    return ("--home", str(home.path))


def test_the_list_has_counts_by_reason_and_the_lines_as_they_are(home: Home) -> None:
    shown = done("rejects", "list", *here(home))
    assert "invalid_event_name  etl        2" in shown
    assert "unplaceable_line    collector  1" in shown
    assert "[bold]c[/bold]" in shown
    assert "no json" in shown
    assert done("rejects", "list", "--reason", "none", *here(home)) == "no rejects\n"
    assert done("rejects", "list", "--limit", "0", "--source", "etl", *here(home)).count("\n") == 2


def test_an_export_has_every_line(home: Home, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in done("rejects", "export", *here(home)).splitlines()]
    assert sorted(row["reason"] for row in rows) == ["invalid_event_name", "invalid_event_name", "unplaceable_line"]
    target = tmp_path / "rejects.csv"
    done("rejects", "export", str(target), *here(home))
    with target.open(newline="") as stream:
        assert sorted(row["line"] for row in csv.DictReader(stream)) == sorted(row["line"] for row in rows)
    again = run("etl", "rejects", "export", str(target), *here(home))
    assert (again.exit_code, again.stderr) == (1, f"error: {target} exists already: name a new file\n")


def test_a_replay_after_a_fix_and_a_replace_show_what_they_changed(home: Home) -> None:
    connection = psycopg2.connect(home.warehouse_url(OWNER))
    with connection, connection.cursor() as cursor:  # as if a release took names of digits
        cursor.execute("""UPDATE etl.rejects SET line = replace(line, '"5"', '"five"') WHERE line LIKE '%[bold]%'""")
    connection.close()
    shown = done("rejects", "replay", "--from", "2026-11-22", "--to", "2026-11-22", *here(home))
    assert "collected 2 = loaded 1 + duplicates 0 + rejected 1 + withheld 0" in shown
    assert "2026-11-22T07:00:00Z" in shown
    assert "loaded 1 → 2 (+1), rejected 2 → 1 (-1)" in shown
    assert "the books balance" in done("status", *here(home))
    # The lake has the line as it was sent.
    shown = done("run", "--from", "2026-11-22T07", "--to", "2026-11-22T08", "--replace", *here(home))
    assert "loaded 2 → 1 (-1), rejected 1 → 2 (+1)" in shown
    shown = done("run", "--from", "2026-11-22T07", "--to", "2026-11-22T08", "--replace", *here(home))
    assert "the books of its 1 windows are what they were" in shown
    listed = [line.split() for line in done("runs", *here(home)).splitlines()[::2]]
    assert [line[2:4] for line in listed] == [
        ["replace", "succeeded"], ["replace", "succeeded"], ["replay", "succeeded"], ["load", "succeeded"],
    ]  # fmt: skip
    assert "rejected 2 → 1 (-1)" in done("runs", listed[2][0], *here(home))
    assert "replaced or replayed nothing" in done("runs", listed[3][0], *here(home))


def test_a_time_that_is_none_is_told(home: Home) -> None:
    result = run("etl", "rejects", "replay", "--from", "soon", *here(home))
    assert (result.exit_code, result.stderr.split(":")[0]) == (1, "error")
    assert "--from 'soon' is no time" in result.stderr
