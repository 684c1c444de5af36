"""A PostgreSQL that may be killed, a nursery of ETL runs, and how thorough a pass is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fault_server import FaultServer, running_server
from free_ports import free_ports
from process_nursery import Nursery

from clickstream.home import open_home


def pytest_addoption(parser: pytest.Parser) -> None:
    """How thorough the proof is."""
    parser.addoption("--points", default=None, help="strike at so many points of each work, or «all»")
    parser.addoption("--kills", type=int, default=None, help="how often to kill what runs; 500 with --points all")
    parser.addoption("--cases", type=int, default=None, help="how many inputs to damage; 100,000 with --points all")
    parser.addoption("--seed", type=int, default=None, help="which points, and which random moments")


@dataclass
class Pass:
    """How thorough this pass is, and what it did.

    ``seed``: what all that is random is drawn from. ``points``: at how many of each work to strike, None for all.
    ``kills``: how often in what runs all the time. ``cases``: of damaged input. ``tell``: is given a line a strike,
    for who waits.
    """

    seed: int
    points: int | None
    kills: int
    cases: int
    tell: Callable[[str], None]
    notes: list[str] = field(default_factory=list)


_PASS = pytest.StashKey[Pass]()
# A minute's worth of what `make test-faults` does at every step.
_SHORT = (
    "test_killed_between_any_two_steps.py::test_interrupted_anywhere_it_ends_as_if_nothing_had_happened[load-process",
    "test_rebuilt_from_the_lake.py",
    "test_who_may_what.py",
    "test_everything_killed_at_once.py",
    "test_mutated_input.py",
    "test_bad_database.py::test_a_wrong_password",
    "test_bad_database.py::test_a_missing_right",
)


def _is_long(config: pytest.Config) -> bool:
    """Whether anybody said how thorough to be: `make test` does not."""
    return any(config.getoption(name, None) is not None for name in ("--points", "--kills", "--cases"))


def pytest_configure(config: pytest.Config) -> None:
    """Read the options."""
    wanted = config.getoption("--points", None)
    seed = config.getoption("--seed", None)
    points = None if wanted == "all" else int(wanted or "2")
    kills = config.getoption("--kills", None) or (500 if points is None else min(500, 4 * points))

    cases = config.getoption("--cases", None) or (100_000 if points is None else 2_000)

    def tell(line: str) -> None:
        if _is_long(config):
            with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
                print(f"{datetime.now():%H:%M:%S} {line}", flush=True)  # noqa: T201 -- for who waits for hours

    config.stash[_PASS] = Pass(1 if seed is None else seed, points, kills, cases, tell)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most to the long pass."""
    if _is_long(config):
        return
    here = [item for item in items if "tests/faults/" in item.nodeid]
    left = [item for item in here if not any(name in item.nodeid for name in _SHORT)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was done."""
    for note in config.stash[_PASS].notes:
        terminalreporter.write_line(note)


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> Pass:
    """How thorough this pass is."""
    return pytestconfig.stash[_PASS]


@pytest.fixture(scope="session")
def fault_server() -> Iterator[FaultServer]:
    """The session's PostgreSQL that may be killed."""
    # Not pytest's tmp_path: its folders are closed to the user that the server runs as when the tests run as root.
    with (
        TemporaryDirectory(prefix="clickstream-faults-") as folder,
        running_server(open_home(Path(folder), port_base=free_ports(10))) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Forks runs of the ETL."""
    made = Nursery()
    yield made
    made.close()
