"""What is in the images, and what is not."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import DOCKERFILES
from .stack import REPOSITORY

# What of an image is ours, and what it may be in MiB: measured, and some room for new releases.
OURS = {
    "clickstream-collector": ("/opt/clickstream", 80),
    "clickstream-etl": ("/opt/clickstream", 430),
    "clickstream-admin-api": ("/opt/clickstream", 140),
    "clickstream-dashboard": ("/opt/clickstream", 5),
    "clickstream-storefront": ("/opt/storefront", 120),
    "clickstream-shop-login": ("/opt/moto", 130),
}
_PLANTED = "planted-by-a-test-4f1d"
# Where people keep secrets in a work tree.
_SECRET_PLACES = (
    ".env",
    ".git/config",
    "docker/.env",
    "requirements/.netrc",
    "services/collector/.env",
    "services/etl/src/etl/.env.local",
    "shiny/.Renviron",
    "storefront/.env",
    "storefront/.env.production",
    "packages/tracker/.npmrc",
    "packages/warehouse/.pypirc",
    "infra/params/prod.json",
    ".clickstream/clickstream.json",
    "events.ndjson",
)


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_runs_as_a_user_without_rights(engine: Any, image: str) -> None:
    script = f"id -u; touch {OURS[image][0]}/mine 2>/dev/null && echo writable; true"
    assert engine.inside(image, script).split() == ["10001"]


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_carries_no_compiler_and_nothing_of_its_building(engine: Any, image: str) -> None:
    npm = "" if image == "clickstream-storefront" else "npm"  # Node.js's own base image has it
    script = f"command -v gcc cc g++ make {npm} hatchling; ls -d /build {OURS[image][0]}/bin/pip* 2>/dev/null; true"
    assert engine.inside(image, script) == ""


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_stays_small(engine: Any, image: str) -> None:
    folder, most = OURS[image]
    measured = int(engine.inside(image, f"du -sm {folder} | cut -f1"))
    print(f"{image}: {measured} MiB of ours")  # noqa: T201 -- sizes are shown with -s
    assert measured <= most


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_holds_no_tests_and_no_secrets(engine: Any, image: str) -> None:
    names = ("'.env*'", "'test_*.py'", "'test-*.R'", "'*.test.ts'", "'*.pem'", "'.npmrc'")
    found = engine.inside(image, f"find {OURS[image][0]} \\( {' -o '.join(f'-name {name}' for name in names)} \\)")
    assert [path for path in found.splitlines() if not re.search("/(site-packages|node_modules)/", path)] == []
    told = {line.partition("=")[0] for line in engine.inside(image, "env").splitlines()}
    told.discard("GPG_KEY")  # Python's own: what its releases are signed with
    assert [name for name in told if re.search("PASSWORD|SECRET|TOKEN|_KEY", name)] == []


def test_no_secret_of_a_work_tree_can_get_into_a_layer(engine: Any, tmp_path: Path) -> None:
    """All images are built from one context: what is not in it is in none of their layers."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (REPOSITORY / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, tmp_path / name)
    for place in _SECRET_PLACES:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(_PLANTED)
    (tmp_path / "docker" / "seen.Dockerfile").write_text("FROM debian:bookworm-slim\nCOPY . /context\n")
    image = "clickstream-context-of-a-test"
    engine.do("build", "-f", str(tmp_path / "docker" / "seen.Dockerfile"), "-t", image, str(tmp_path))
    try:
        assert "/context/services/collector/Dockerfile" in engine.inside(image, "find /context")
        assert engine.inside(image, f"grep -rl {_PLANTED} /context; true") == ""
    finally:
        engine.attempt("rmi", image)


@pytest.mark.parametrize(
    ("image", "module"),
    [("clickstream-collector", "collector"), ("clickstream-etl", "etl"), ("clickstream-admin-api", "admin_api")],
)
def test_a_services_bytecode_is_there_and_used_whatever_the_date_of_its_source(
    engine: Any, image: str, module: str
) -> None:
    """In a .pyc the second word of the header is 1 where the source is not looked at (PEP 552)."""
    script = (
        f"python -c 'import importlib.util as u; from pathlib import Path; "
        f'p = Path(u.find_spec("{module}.app").cached); print(p.read_bytes()[4])\''
    )
    assert engine.inside(image, script).strip() == "1"
