"""``python -m warehouse``: bring the warehouse to this version once PostgreSQL answers. Safe to repeat.

Exit code 0 when the warehouse is at this version, 1 when a step failed or nobody answered, 2 when a setting is wrong.
Each step is a JSON line on standard output.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pydantic import ValidationError

from warehouse.errors import WarehouseError, WarehouseUnavailableError
from warehouse.migrate import migrate
from warehouse.settings import Settings, load_settings

_PAUSE_SECONDS = 1.0

Migrate = Callable[[str, Mapping[str, str], str], list[str]]


def main() -> int:
    """Read the settings, wait, migrate."""
    try:
        settings = load_settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            _say("ERROR", "warehouse.settings.wrong", setting=f"CLICKSTREAM_{name}", problem=problem["msg"])
        return 2
    return run(settings, migrate)


def run(
    settings: Settings,
    migrate: Migrate,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Migrate, trying again while PostgreSQL cannot be reached; the exit code."""
    until = clock() + settings.warehouse_wait_seconds
    said = ""
    while True:
        try:
            done = migrate(
                settings.warehouse_owner_url.get_secret_value(), settings.role_passwords, settings.site_time_zone
            )
        except WarehouseUnavailableError as error:
            if clock() >= until:
                _say("ERROR", "warehouse.unavailable", problem=str(error), waited=settings.warehouse_wait_seconds)
                return 1
            if str(error) != said:
                said = str(error)
                _say("INFO", "warehouse.waiting", problem=said)
            sleep(_PAUSE_SECONDS)
        except WarehouseError as error:
            _say("ERROR", "warehouse.migration.failed", problem=str(error))
            return 1
        else:
            for step in done:
                _say("INFO", "warehouse.migration.step", step=step)
            _say("INFO", "warehouse.ready", steps=len(done))
            return 0


def _say(level: str, message: str, **fields: object) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"level": level, "message": message, "timestamp": now, "service": "migrate", **fields}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
