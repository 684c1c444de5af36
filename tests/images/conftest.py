"""The images, built once a session by the container engine that CONTAINER_TOOL names (`make test-images`)."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from free_ports import free_ports
from playwright.sync_api import Browser, sync_playwright

from .stack import BROWSER, SHOP_ORIGIN, Stack, new_env, settings_of

# Building takes minutes and an engine; `make test` does without. pytest then collects nothing here.
collect_ignore_glob = [] if os.environ.get("CONTAINER_TOOL") else ["test_*.py"]

REPOSITORY = Path(__file__).parents[2]
DOCKERFILES = {
    "clickstream-collector": "services/collector/Dockerfile",
    "clickstream-etl": "services/etl/Dockerfile",
    "clickstream-admin-api": "services/admin-api/Dockerfile",
    "clickstream-dashboard": "shiny/Dockerfile",
    "clickstream-storefront": "storefront/Dockerfile",
    "clickstream-shop-login": "docker/shop-login.Dockerfile",
}
_BUILD_SECONDS = 1200
_CHROMIUM = "/usr/bin/chromium"
_CHROMIUM_ARGUMENTS = [
    f"--user-agent={BROWSER}",  # headless Chromium's own says so, and is taken for a robot
    *("--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass(frozen=True)
class Engine:
    """A container engine with docker's command line."""

    tool: str

    def command(self, *arguments: str) -> list[str]:
        """A command line of it."""
        return [self.tool, *arguments]

    def do(self, *arguments: str, seconds: float = 120) -> str:
        """Run a command to its end, in the repository; what it printed on standard output."""
        done = self.attempt(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def attempt(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever it says of it."""
        return subprocess.run(
            self.command(*arguments), cwd=REPOSITORY, capture_output=True, text=True, timeout=seconds, check=False
        )

    def inside(self, image: str, script: str) -> str:
        """Run a shell script in a fresh container of an image; what it printed."""
        return self.do("run", "--rm", "--entrypoint", "sh", image, "-c", script)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine, with all images built."""
    tool = shutil.which(os.environ["CONTAINER_TOOL"])
    if tool is None:
        pytest.skip(f"no container engine: {os.environ['CONTAINER_TOOL']} is not installed")
    engine = Engine(tool)
    for image, dockerfile in DOCKERFILES.items():
        engine.do("build", "-f", dockerfile, "-t", image, ".", seconds=_BUILD_SECONDS)
    return engine


@pytest.fixture(scope="session")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The composed platform, ticking every two seconds; its containers, networks and volumes are gone at the end."""
    env_file = tmp_path_factory.mktemp("compose") / "env"
    new_env(env_file)
    names = ("COLLECTOR", "ADMIN_API", "DASHBOARD", "STOREFRONT", "SHOP_LOGIN")
    ports = {name: port for port, name in enumerate(names, free_ports(len(names)))}
    changes = {f"CLICKSTREAM_{name}_PORT": str(port) for name, port in ports.items()}
    changes["CLICKSTREAM_TICK_SECONDS"] = "2"
    changes["CLICKSTREAM_ALLOWED_ORIGINS"] = f"{SHOP_ORIGIN},http://127.0.0.1:{ports['STOREFRONT']}"
    settings = settings_of(env_file) | changes
    env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    stack = Stack(engine, f"clickstream-test-{os.getpid()}", env_file, settings)
    try:
        stack.compose("up", "-d")
        stack.wait_until_ready()
        yield stack
    finally:
        stack.compose("--profile", "shop", "down", "-v")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if not Path(_CHROMIUM).exists():
        pytest.skip(f"{_CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
