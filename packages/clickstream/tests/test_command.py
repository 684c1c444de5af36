"""The command as its user meets it: exit codes, and errors as one line."""

import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from free_ports import free_ports
from typer.testing import CliRunner, Result

from clickstream.cli import app
from clickstream.errors import AlreadyRunningError
from clickstream.home import open_home
from clickstream.up_lock import holder, only_one

COMMANDS = ("up", "simulate", "import", "replay", "backup", "restore", "doctor")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert f"clickstream {command}" in result.output


def test_an_error_is_one_line_on_standard_error_and_exit_code_1(tmp_path: Path) -> None:
    result = run("import", "--home", str(tmp_path), str(tmp_path / "[nowhere].gz"))
    assert result.exit_code == 1
    assert result.stderr == f"error: cannot read {tmp_path}/[nowhere].gz: No such file or directory\n"
    assert result.stdout == ""


def test_simulate_then_again_adds_nothing(tmp_path: Path) -> None:
    arguments = (
        "simulate",
        "--home",
        str(tmp_path),
        "--days",
        "0.5",
        "--sessions-per-day",
        "20",
        "--until",
        "2026-11-22",
    )
    first, second = run(*arguments), run(*arguments)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "0 objects (0 lines) were there already" in first.stdout
    assert second.stdout.startswith("0 lines in 0 objects written")


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    result = run("simulate", "--home", str(tmp_path), "--until", "yesterday")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "'yesterday' is not a time" in result.stderr


def test_import_reads_standard_input_and_warns_of_what_it_cannot_place(tmp_path: Path) -> None:
    good = '{"eventName":"x","_ingest":{"receivedAt":"2026-11-22T01:00:00Z"}}\n'
    result = run("import", "--home", str(tmp_path), "-", stdin=good + "nope\n")
    assert result.exit_code == 0
    assert "2 lines: 1 objects new (1 lines)" in result.stdout
    assert "-:2: the line is not JSON" in result.stderr


def test_replay_ends_with_1_when_nobody_takes_the_events(tmp_path: Path) -> None:
    class Missing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = HTTPServer(("127.0.0.1", 0), Missing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        file = tmp_path / "events"
        file.write_text('{"eventName":"x"}\n')
        result = run("replay", str(file), "--to", f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
    assert result.exit_code == 1
    assert "answers 404" in result.stderr
    assert "1 lines: 0 accepted" in result.stdout


def test_up_names_the_port_that_is_in_use(tmp_path: Path) -> None:
    base = free_ports(10)
    port = base + 2
    with socket.create_server(("127.0.0.1", port)):
        result = run("up", "--home", str(tmp_path), "--port-base", str(base), "--no-dashboard")
    assert result.exit_code == 1
    assert f"{port} (etl) is in use" in result.stderr
    assert "--port-base" in result.stderr


def test_a_second_up_on_a_home_is_refused(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    assert holder(home) is None
    with only_one(home):
        assert holder(home) is not None
        with pytest.raises(AlreadyRunningError, match=r"already up on .* \(process \d+\)"), only_one(home):
            pass
        result = run("up", "--home", str(tmp_path))
        assert result.exit_code == 1
        assert "already up" in result.stderr
    assert holder(home) is None


def test_up_refuses_a_time_zone_that_does_not_exist(tmp_path: Path) -> None:
    result = run("up", "--home", str(tmp_path), "--site-time-zone", "Asia/Saigonville")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


def test_doctor_tells_a_taken_port_of_up_from_one_that_up_does_not_need(tmp_path: Path) -> None:
    base = free_ports(10)
    port = base + 5
    with socket.create_server(("127.0.0.1", port)):
        needed = run("doctor", "--home", str(tmp_path), "--port-base", str(port - 1))
        storefront = run("doctor", "--home", str(tmp_path), "--port-base", str(base))
    assert needed.exit_code == 1
    assert f"port {port}" in needed.stdout
    assert "cannot run yet" in needed.stdout
    assert re.search(rf"warning +port {port} +in use; storefront", storefront.stdout)
