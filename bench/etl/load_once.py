"""One run of the ETL in a process of its own, so that its memory can be told: prints a line of JSON.

``python -m bench.etl.load_once LAKE_URL WAREHOUSE_URL [FROM TO]``: everything, or a replace of the range.
"""

import json
import logging
import re
import sys
import time
from datetime import datetime
from pathlib import Path

from etl.app import make_logger
from etl.runner import Runner
from etl.settings import Settings
from lake import open_lake


def main(lake_url: str, warehouse_url: str, *span: str) -> None:
    """Load, and print seconds, counts, peak memory and what the stages took."""
    settings = Settings(lake_url=lake_url, warehouse_url=warehouse_url, log_level="INFO")
    logger = make_logger(settings)
    logger.handlers[:] = [logging.NullHandler()]
    runner = Runner(settings, open_lake(lake_url), logger)
    first, last = (datetime.fromisoformat(text) for text in span) if span else (None, None)
    cpu = time.process_time()
    started = time.perf_counter()
    result = runner.range(first, last, replace=bool(span), trigger="cli", requested_by="bench")
    seconds = time.perf_counter() - started
    told = {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu,
        "rss_mib": _peak_mib(),
        "objects": result.objects,
        "collected": result.counts.collected,
        "loaded": result.counts.loaded,
        "errors": result.errors,
        "stages": dict(result.measures.seconds),
    }
    print(json.dumps(told))


def _peak_mib() -> float:
    """Of this process alone: what getrusage tells began with the peak of the process that started it."""
    found = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    main(*sys.argv[1:])
