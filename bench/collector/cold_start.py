"""What a Lambda's first request waits for: importing the collector and answering one event, against a bare hello.

Both are run under Mangum with the same event of API Gateway's HTTP API, each time in a fresh process, in turns; the
medians are compared. The interpreter's own start, which both have alike, is left out.

    .venv/bin/python bench/collector/cold_start.py
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

LIMIT = 1.5
RESULTS = Path(__file__).parents[1] / "results" / "collector.json"
RUNS = 15

EVENT = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/clickstream",
    "rawQueryString": "",
    "headers": {"content-type": "application/json", "host": "api.shop.example", "user-agent": "Mozilla/5.0"},
    "requestContext": {
        "apiId": "r3pmxmplak",
        "http": {"method": "POST", "path": "/clickstream", "protocol": "HTTP/1.1", "sourceIp": "198.51.100.23"},
        "requestId": "UQ3zVgWHFiAEJKw=",
        "stage": "$default",
    },
    "body": json.dumps({"eventName": "page_view", "clientId": "c-7f9d", "pageUrl": "https://shop.example/laptops"}),
    "isBase64Encoded": False,
}

# The event loop is what AWS's runtime client leaves to the function: its main thread has none before Python 3.14.
_MEASURE = """
import json, sys
from time import perf_counter
event = json.loads(sys.argv[1])
began = perf_counter()
{import_handler}
import asyncio
asyncio.set_event_loop(asyncio.new_event_loop())
answer = handler(event, None)
took = perf_counter() - began
assert answer["statusCode"] == 200, answer
print("took", took)
"""
_HELLO = """
from fastapi import FastAPI
from mangum import Mangum
app = FastAPI()
@app.post("/clickstream")
async def hello():
    return {"hello": "world"}
handler = Mangum(app, lifespan="off")
"""
_COLLECTOR = "from collector.handler import handler"


def main() -> int:
    """Measure, print, and keep the ratio; 1 where it is over the limit."""
    arguments = ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=RUNS, help="processes of each kind")
    runs = arguments.parse_args().runs
    hello, collector = [], []
    with TemporaryDirectory() as folder:
        for kind in (_HELLO, _COLLECTOR):
            first_request(kind, folder)  # bytecode is written, files are in memory
        for _ in range(runs):
            hello.append(first_request(_HELLO, folder))
            collector.append(first_request(_COLLECTOR, folder))
    ratio = median(collector) / median(hello)
    print(f"{'':24}{'median':>10}{'least':>10}   of {runs} processes")
    for name, times in (("FastAPI + Mangum hello", hello), ("collector", collector)):
        print(f"{name:24}{median(times) * 1000:7.0f} ms{min(times) * 1000:7.0f} ms")
    print(f"{'ratio':24}{ratio:10.2f}   limit {LIMIT}: {'kept' if ratio <= LIMIT else 'NOT KEPT'}")
    keep({"cold_start_ratio": round(ratio, 3)})
    return 0 if ratio <= LIMIT else 1


def first_request(import_handler: str, folder: str) -> float:
    """Seconds from the first import to the answer, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE.format(import_handler=import_handler), json.dumps(EVENT)],
        env={"PATH": os.environ["PATH"], "CLICKSTREAM_LAKE_URL": f"file://{folder}/lake"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    [took] = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("took ")]
    return float(took)


def keep(results: dict[str, float]) -> None:
    """Add to the results of the collector's other benchmarks."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(known | results, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
