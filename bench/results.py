"""``bench/results/<what>.json``: what was measured last. Each benchmark writes its own keys and leaves the others'."""

import fcntl
import json
from pathlib import Path

_FOLDER = Path(__file__).with_name("results")


class Results:
    """The results' file of a subject; benchmarks that run at once may share it."""

    def __init__(self, subject: str) -> None:
        self.path = _FOLDER / f"{subject}.json"

    def write(self, **values: float) -> None:
        """Add or replace these keys."""
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            text = file.read()
            known = json.loads(text) if text else {}
            file.truncate(0)
            json.dump(known | {name: round(value, 3) for name, value in values.items()}, file, indent=2)
            file.write("\n")
