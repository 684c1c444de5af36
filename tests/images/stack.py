"""compose.yaml run by a test: project, ports and secrets of its own."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

REPOSITORY = Path(__file__).parents[2]
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
SHOP_ORIGIN = "http://localhost:3000"


@dataclass(frozen=True)
class Stack:
    """A composed platform of the test's own: project, ports and secrets."""

    engine: Any
    project: str
    env_file: Path
    settings: dict[str, str]

    def compose(self, *arguments: str, seconds: float = 180) -> str:
        """Run a command of compose; what it printed."""
        return str(
            self.engine.do(
                *("compose", "--env-file", str(self.env_file), "-p", self.project), *arguments, seconds=seconds
            )
        )

    def url(self, service: str) -> str:
        """Where a published service is."""
        return f"http://127.0.0.1:{self.settings[f'CLICKSTREAM_{service}_PORT']}"

    def ask(self, path: str, **parameters: Any) -> Any:
        """The admin API's answer."""
        headers = {"Authorization": f"Bearer {self.settings['CLICKSTREAM_ADMIN_TOKEN']}"}
        answer = httpx.get(f"{self.url('ADMIN_API')}{path}", headers=headers, params=parameters, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def totals(self) -> dict[str, int]:
        """The ETL's books over all windows; they must balance."""
        status = self.ask("/v1/etl/status")
        assert status["balanced"] is True
        return dict(status["totals"])

    def post(self, *events: dict[str, Any]) -> int:
        """Post events to the collector as the shop's page would; how many it accepted."""
        headers = {"User-Agent": BROWSER, "Origin": SHOP_ORIGIN}
        answer = httpx.post(f"{self.url('COLLECTOR')}/clickstream", json=list(events), headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        assert answer.headers["access-control-allow-origin"] == SHOP_ORIGIN
        return int(answer.json()["accepted"])

    def wait_until_ready(self) -> None:
        """Wait until every published service answers."""
        for service, path in (("COLLECTOR", "/health/ready"), ("ADMIN_API", "/health/ready"), ("DASHBOARD", "/")):
            url = self.url(service) + path
            eventually(lambda url=url: status(url) == 200, 120)


def eventually(check: Callable[[], Any], seconds: float) -> Any:
    """The first true answer of ``check`` within the time."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.3)
    return found


def status(url: str) -> int | None:
    """The HTTP status of an address; None where nothing answers."""
    try:
        return httpx.get(url, timeout=15).status_code
    except httpx.HTTPError:
        return None


def settings_of(env_file: Path) -> dict[str, str]:
    """What an env file says."""
    lines = env_file.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def new_env(file: Path) -> None:
    """Run docker/new-env."""
    subprocess.run([REPOSITORY / "docker" / "new-env", file], check=True, capture_output=True)
