"""How long the Overview takes in a browser: from the navigation to the last chart standing still.

`make bench-dashboard` measures it over its warehouse of 10 M events; `python -m bench.dashboard.page --home HOME` over
that of a running `clickstream up --home HOME`. Either starts a dashboard of its own, and notes `page_ms` in
bench/results/dashboard.json.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
from bench.results import Results
from playwright.sync_api import Browser, sync_playwright
from tests.support.free_ports import free_ports

from clickstream.dashboard import FOLDER
from clickstream.home import open_home

RESULTS = Results("dashboard")
LIMIT_MS = 1_500
VISITS = 11
_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
# Six cards, and every chart of the page drawn and at rest; the answer is the time since the navigation began.
_DRAWN = """() => {
  const page = document.querySelector('#page-overview');
  const charts = [...page.querySelectorAll('.echart')];
  return page.querySelectorAll('.kpi-value').length === 6 && charts.length > 0
    && charts.every(chart => chart.classList.contains('is-finished')) && performance.now();
}"""


def measure(api_url: str, token: str, warehouse_url: str, last: date, visits: int = VISITS) -> int:
    """Measure, print, note; 1 where the limit is missed.

    Each visit is by a browser that has nothing in its cache and asks for another 30 days, so that no answer is at hand.
    The first one, to a dashboard that has just started, does not count.
    """
    with dashboard(api_url, token, warehouse_url) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        times = [_visit(browser, url, last - timedelta(days=number)) for number in range(visits + 1)][1:]
        browser.close()
    median = statistics.median(times)
    RESULTS.write(page_ms=median)
    kept = median <= LIMIT_MS
    print(f"\nOverview drawn in a browser: median {median:.0f} ms, worst {max(times):.0f} ms of {visits} visits;"
          f" limit {LIMIT_MS} ms {'ok' if kept else 'MISSED'}")  # fmt: skip
    return 0 if kept else 1


def _visit(browser: Browser, url: str, last: date) -> float:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-US")
    page = context.new_page()
    page.goto(f"{url}/?page=overview&from={last - timedelta(days=29)}&to={last}")
    taken = page.wait_for_function(_DRAWN, polling="raf", timeout=60_000).json_value()
    context.close()
    return float(taken)


@contextmanager
def dashboard(api_url: str, token: str, warehouse_url: str) -> Iterator[str]:
    """A dashboard of its own, on a free port; gives its URL."""
    port = free_ports()
    settings = {
        "CLICKSTREAM_ADMIN_API_URL": api_url,
        "CLICKSTREAM_ADMIN_TOKEN": token,
        "CLICKSTREAM_WAREHOUSE_URL": warehouse_url,
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


def main() -> int:
    """Measure beside a running platform."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--visits", type=int, default=VISITS)
    arguments = parser.parse_args()
    home = open_home(arguments.home)
    token = {"Authorization": f"Bearer {home.admin_token}"}
    site = httpx.get(f"{home.admin_api_url}/v1/dw/overview", headers=token, timeout=30).raise_for_status().json()
    warehouse = home.warehouse_url("clickstream_dashboard")
    last = date.fromisoformat(site["to"])
    return measure(home.admin_api_url, home.admin_token, warehouse, last, arguments.visits)


if __name__ == "__main__":
    sys.exit(main())
