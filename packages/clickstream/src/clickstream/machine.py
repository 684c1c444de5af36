"""What is on this machine and what is missing, each with the way to get it."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from clickstream import dashboard
from clickstream.errors import ClickstreamError
from clickstream.home import Home
from clickstream.ports import is_free
from clickstream.postgres_data import programs, server_pid

_COMFORTABLE_BYTES = 2 << 30  # the demo needs a tenth of it; this leaves room for an import
_LEAST_BYTES = 300 << 20
_OPTIONAL_PORTS = ("storefront", "shop-database", "shop-login")


class State(Enum):
    """How a finding bears on `up`."""

    GOOD = "ok"
    WARNING = "warning"
    FAULT = "missing"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: State
    text: str


def examine(home: Home, up_pid: int | None) -> Iterator[Finding]:
    """Look at everything that the platform and its tests use. ``up_pid``: the process that runs `up` on this home."""
    yield _python()
    yield _postgres()
    yield from _modules()
    yield from _ports(home, up_pid)
    yield _disk(home)
    yield from _dashboard()
    yield _program("chromium", "the browser tests", "apt-get install chromium")
    yield _node()
    yield _program("podman", "container images", "apt-get install podman", instead="docker")
    yield _home(home, up_pid)


def _python() -> Finding:
    return Finding("Python", State.GOOD, ".".join(map(str, sys.version_info[:3])))


def _postgres() -> Finding:
    try:
        folder = programs()
    except ClickstreamError as error:
        return Finding("PostgreSQL", State.FAULT, str(error))
    if not (folder / "postgres").is_file():
        return Finding("PostgreSQL", State.FAULT, f"the wheel has no server for this machine ({folder})")
    return Finding("PostgreSQL", State.GOOD, "embedded, from a wheel")


def _modules() -> Iterator[Finding]:
    lacking = [name for name in ("collector", "etl", "admin_api", "lake", "warehouse") if find_spec(name) is None]
    if lacking:
        yield Finding("services", State.FAULT, f"{', '.join(lacking)} not installed: make setup")
    else:
        yield Finding("services", State.GOOD, "collector, ETL and admin API are installed")


def _ports(home: Home, up_pid: int | None) -> Iterator[Finding]:
    for service, port in home.ports.items():
        if is_free(port):
            yield Finding(f"port {port}", State.GOOD, f"free, for {service}")
        elif up_pid is not None and service not in _OPTIONAL_PORTS:
            yield Finding(f"port {port}", State.GOOD, f"{service} of the `up` that is running")
        elif service in _OPTIONAL_PORTS:
            yield Finding(f"port {port}", State.WARNING, f"in use; {service} needs it or another --port-base")
        else:
            yield Finding(f"port {port}", State.FAULT, f"in use; {service} needs it: stop the other, or --port-base N")


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    text = f"{free / 2**30:.1f} GiB free at {home.path}"
    if free < _LEAST_BYTES:
        return Finding("disk", State.FAULT, f"{text}: at least 0.3 GiB are needed")
    return Finding("disk", State.GOOD if free >= _COMFORTABLE_BYTES else State.WARNING, text)


def _dashboard() -> Iterator[Finding]:
    lacking = dashboard.missing()
    for remedy in lacking:
        yield Finding("dashboard", State.WARNING, remedy)
    if not lacking:
        yield Finding("dashboard", State.GOOD, f"R with {', '.join(dashboard.R_PACKAGES)}; the chart library")


def _program(name: str, purpose: str, remedy: str, instead: str | None = None) -> Finding:
    found = shutil.which(name) or (instead and shutil.which(instead))
    if found:
        return Finding(name if Path(found).name == name else str(instead), State.GOOD, f"{found}, for {purpose}")
    return Finding(name, State.WARNING, f"not found; {purpose} need it: {remedy}")


def _node() -> Finding:
    beside = Path(sys.executable).parent / "node"
    found = shutil.which("node") or (str(beside) if beside.exists() else None)
    if found:
        return Finding("Node.js", State.GOOD, f"{found}, for the storefront and the tracker's tests")
    return Finding("Node.js", State.WARNING, "not found; the storefront needs it: apt-get install nodejs npm")


def _home(home: Home, up_pid: int | None) -> Finding:
    facts = []
    if up_pid is not None:
        facts.append(f"`up` runs (process {up_pid})")
    elif (pid := server_pid(home)) is not None:
        facts.append(f"PostgreSQL runs (process {pid})")
    hours = sum(1 for _ in (home.lake / "events").glob("*/*/*/*")) if home.lake.is_dir() else 0
    facts.append(f"{hours:,} hours in the lake")
    facts.append("a warehouse" if (home.postgres_data / "PG_VERSION").exists() else "no warehouse yet")
    facts.append(f"time zone {home.site_time_zone}")
    try:
        state = json.loads((home.path / "demo.json").read_text(encoding="utf-8"))
        facts.append("demo loaded" if state["loaded"] else "demo not loaded yet")
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return Finding("home", State.GOOD, f"{home.path}: {', '.join(facts)}")
