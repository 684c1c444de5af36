"""`--print`: everything that would be done, and nothing done."""

import json
from pathlib import Path

from typer.testing import CliRunner

from deploy.cli import app

REPOSITORY = str(Path(__file__).parents[3])


def run(*arguments: str) -> list[str]:
    done = CliRunner().invoke(app, [*arguments, "--repository", REPOSITORY, "--print"])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_a_deployment_on_paper_names_every_call_in_order_and_needs_no_account() -> None:
    lines = run("deploy", "dev")
    made = [
        json.loads(line.split(" ", 3)[3])["StackName"]
        for line in lines
        if line.startswith("aws cloudformation execute")
    ]
    assert made == [
        f"clickstream-dev-{layer}"
        for layer in (
            *("network", "access", "storage", "databases", "collector", "etl", "admin-api"),
            *("observability", "dashboard"),
        )
    ]
    assert sum("put-parameter" in line and "SecureString" in line for line in lines) == 5
    assert all("(32 random letters and digits)" in line for line in lines if "SecureString" in line)
    assert sum(line.startswith("docker build --platform linux/arm64") for line in lines) == 4
    migration = next(number for number, line in enumerate(lines) if "lambda invoke" in line)
    assert migration > max(number for number, line in enumerate(lines) if "execute-change-set" in line)


def test_taking_it_down_on_paper_keeps_the_raw_lake() -> None:
    lines = run("destroy", "dev")
    assert not any("delete-bucket" in line or "delete-volume" in line for line in lines)
    deleted = [line for line in lines if "delete-stack" in line]
    assert "clickstream-dev-dashboard" in deleted[0]
    assert "clickstream-dev-network" in deleted[-1]
    assert any("delete-bucket" in line for line in run("destroy", "dev", "--delete-data"))
