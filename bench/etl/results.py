"""``bench/results/etl.json``: the numbers of the last run; a run of some of the cases leaves the others'."""

import json
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results" / "etl.json"


def write_results(**values: float) -> None:
    """Add or replace these keys."""
    RESULTS.parent.mkdir(exist_ok=True)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known |= {name: round(value, 3) for name, value in values.items()}
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")
