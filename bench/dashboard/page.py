"""How long the Overview takes in a browser: from the navigation to the last chart standing still.

`python -m bench.dashboard.page --home HOME` needs the admin API and the warehouse of that home running (`clickstream
up --home HOME`), starts a dashboard of its own beside them, and notes `page_ms` in bench/results/dashboard.json.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

from clickstream.dashboard import FOLDER
from clickstream.home import Home, open_home

LIMIT_MS = 1_500
VISITS = 11
RESULTS = Path(__file__).parents[1] / "results" / "dashboard.json"
_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
# Six cards, and every chart of the page drawn and at rest; the answer is the time since the navigation began.
_DRAWN = """() => {
  const page = document.querySelector('#page-overview');
  const charts = [...page.querySelectorAll('.echart')];
  return page.querySelectorAll('.kpi-value').length === 6 && charts.length > 0
    && charts.every(chart => chart.classList.contains('is-finished')) && performance.now();
}"""


def page_times(home: Home, last: date, visits: int = VISITS) -> list[float]:
    """Milliseconds of each of some visits, by browsers that have nothing in their cache.

    Each asks for another 30 days, so that no answer is at hand; the first visit, to a dashboard that has just started,
    is not among them.
    """
    with dashboard(home) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        times = [_visit(browser, url, last - timedelta(days=number)) for number in range(visits + 1)]
        browser.close()
    return times[1:]


def _visit(browser: Browser, url: str, last: date) -> float:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-US")
    page = context.new_page()
    page.goto(f"{url}/?page=overview&from={last - timedelta(days=29)}&to={last}")
    taken = page.wait_for_function(_DRAWN, polling="raf", timeout=60_000).json_value()
    context.close()
    return float(taken)


@contextmanager
def dashboard(home: Home) -> Iterator[str]:
    """A dashboard of its own, on a free port; gives its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "CLICKSTREAM_ADMIN_API_URL": home.admin_api_url,
        "CLICKSTREAM_ADMIN_TOKEN": home.admin_token,
        "CLICKSTREAM_WAREHOUSE_URL": home.warehouse_url("clickstream_dashboard"),
        "CLICKSTREAM_DASHBOARD_PORT": str(port),
    }
    command = ["Rscript", "--no-save", "--no-restore", str(FOLDER / "run.R")]
    process = subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while not _answers(url):
            assert process.poll() is None, "the dashboard ended"
            assert time.monotonic() < deadline, "the dashboard does not answer"
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5).is_success
    except httpx.HTTPError:
        return False


def note(times: list[float]) -> float:
    """Write the median into the results; returns it."""
    median = statistics.median(times)
    found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found | {"page_ms": round(median)}, indent=2) + "\n", "utf-8")
    return median


def main() -> None:
    """Measure, print, note."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--visits", type=int, default=VISITS)
    arguments = parser.parse_args()
    home = open_home(arguments.home)
    token = {"Authorization": f"Bearer {home.admin_token}"}
    site = httpx.get(f"{home.admin_api_url}/v1/dw/overview", headers=token, timeout=30).raise_for_status().json()
    times = page_times(home, date.fromisoformat(site["to"]), arguments.visits)
    median = note(times)
    verdict = "kept" if median <= LIMIT_MS else "missed"
    print(f"Overview drawn: median {median:.0f} ms, worst {max(times):.0f} ms of {len(times)}; {LIMIT_MS} ms {verdict}")


if __name__ == "__main__":
    main()
