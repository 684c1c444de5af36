"""``bench/results/dashboard.json``: each benchmark writes its own keys and leaves the others'."""

import fcntl
import json
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results" / "dashboard.json"


def write_results(**values: float) -> None:
    """Add or replace these keys."""
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        known = json.loads(text) if text else {}
        file.truncate(0)
        json.dump(known | {name: round(value, 3) for name, value in values.items()}, file, indent=2)
        file.write("\n")
