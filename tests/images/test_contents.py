"""What is in the images, and what is not."""

from typing import Any

import pytest

from .conftest import DOCKERFILES

# What /opt/clickstream may be, in MiB: measured 65, 444, 113 and 2, and some room for new releases.
BUDGETS_MIB = {
    "clickstream-collector": 80,
    "clickstream-etl": 530,
    "clickstream-admin-api": 140,
    "clickstream-dashboard": 5,
}


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_runs_as_a_user_without_rights(engine: Any, image: str) -> None:
    assert engine.inside(image, "id -u; touch /opt/clickstream/mine 2>/dev/null && echo writable; true").split() == [
        "10001"
    ]


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_carries_no_compiler_and_nothing_of_its_building(engine: Any, image: str) -> None:
    script = "command -v gcc cc g++ make npm hatchling; ls -d /build /opt/clickstream/bin/pip* 2>/dev/null; true"
    assert engine.inside(image, script) == ""


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_stays_small(engine: Any, image: str) -> None:
    assert int(engine.inside(image, "du -sm /opt/clickstream | cut -f1")) <= BUDGETS_MIB[image]


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_holds_no_tests_and_no_secrets(engine: Any, image: str) -> None:
    script = (
        "find /opt/clickstream \\( -name '.env*' -o -name 'test_*.py' -o -name 'test-*.R' -o -name node_modules \\)"
    )
    ours = [path for path in engine.inside(image, script).splitlines() if "/site-packages/" not in path]
    assert ours == []


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
