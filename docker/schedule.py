"""The schedule of the composed platform: posts to the ETL what EventBridge Scheduler sends it on AWS.

ETL_URL is where; TICK_SECONDS is how long to wait between two ticks. One tick at a time; each outcome is a JSON line.
"""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from uuid import uuid4

# A Lambda of the ETL may run this long; a tick here is given the same.
_RUN_SECONDS = 900


def scheduled_event(now: datetime) -> dict[str, object]:
    """The event of a schedule, in EventBridge's envelope."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "000000000000",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "local",
        "resources": ["arn:aws:scheduler:local:000000000000:schedule/default/clickstream-etl"],
        "detail": {},
    }


def post(url: str, event: dict[str, object]) -> str | None:
    """Post an event; None, or what went wrong."""
    request = urllib.request.Request(url, json.dumps(event).encode(), {"Content-Type": "application/json"})  # noqa: S310 -- the operator's own URL
    try:
        with urllib.request.urlopen(request, timeout=_RUN_SECONDS):  # noqa: S310 -- same
            return None
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(300).decode(errors='replace')}"
    except OSError as error:
        return f"{type(error).__name__}: {error}"


def main() -> None:
    """Tick until stopped. After a failure the next tick is earlier, so that a start is quick."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    url = f"{os.environ['ETL_URL'].rstrip('/')}/v1/events/eventbridge"
    every = float(os.environ.get("TICK_SECONDS", "30"))
    while True:
        event = scheduled_event(datetime.now(UTC))
        problem = post(url, event)
        line = {
            "level": "INFO" if problem is None else "WARNING",
            "message": "schedule.tick.sent" if problem is None else "schedule.tick.failed",
            "timestamp": event["time"],
            "service": "schedule",
        }
        sys.stdout.write(json.dumps(line if problem is None else line | {"problem": problem}) + "\n")
        sys.stdout.flush()
        time.sleep(every if problem is None else min(every, 5))


main()
