"""Reads orders from its standard input, a JSON object a line, and forks a child for each.

Answers with the child's process id and then with how it ended, a line each.
"""

import json
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fault_objects import body_of, key_of

import lake.disk
import lake.journal
from admin_api.app import create_app as create_admin
from admin_api.settings import Settings as AdminSettings
from collector.app import create_app as create_collector
from collector.settings import Settings as CollectorSettings
from etl.app import make_logger
from etl.runner import Runner
from etl.settings import Settings
from lake import open_lake
from warehouse.migrate import migrate
from warehouse.rejects import RejectFilter


def _do(order: dict[str, Any]) -> Any:
    os.environ.update(order.get("environment", {}))
    if order["action"] == "collect":
        return _collect(order)
    if order["action"] == "put":
        return _put(order)
    if order["action"] == "administer":
        return _administer(order)
    action = order["action"]
    if action == "migrate":
        return migrate(order["owner_url"], order["passwords"], order.get("time_zone"))
    settings = Settings(
        lake_url=order["lake_url"], warehouse_url=order["warehouse_url"], threads=1, log_level="CRITICAL",
        metrics=False, retry_seconds=order.get("retry_seconds", 0.05), retention_months=order.get("retention_months"),
    )  # fmt: skip
    # Fractions of a MiB, so that a small lake takes several transactions of several batches.
    settings = settings.model_copy(
        update={"commit_mib": order.get("commit_mib", 0.004), "batch_mib": order.get("batch_mib", 0.1)}
    )
    now = datetime.fromisoformat(order["now"])
    runner = Runner(settings, open_lake(settings.lake_url), make_logger(settings), lambda: now)
    if action == "tick":
        results = runner.tick()
    elif action == "replace":
        results = [runner.range(None, None, replace=True)]
    elif action == "replay":
        results = [runner.replay(RejectFilter())]
    else:
        raise ValueError(f"unknown action {action!r}")
    return [{"state": each.state, "left": each.left, "errors": each.errors} for each in results]


def _collect(order: dict[str, Any]) -> None:
    """The collector on a port, until it is killed."""
    app = create_collector(CollectorSettings(lake_url=order["lake_url"], log_level="ERROR", metrics=False))
    uvicorn.run(
        app, host="127.0.0.1", port=order["port"], log_config=None, access_log=False,
        http="collector.http_protocol:CollectorProtocol",
    )  # fmt: skip


def _administer(order: dict[str, Any]) -> None:
    """The admin API on a port, until it is killed."""
    settings = AdminSettings(
        warehouse_url=order["warehouse_url"], admin_token=order["token"], log_level="CRITICAL", pool_size=2
    )
    uvicorn.run(create_admin(settings), host="127.0.0.1", port=order["port"], log_config=None, access_log=False)


def _put(order: dict[str, Any]) -> int:
    """Objects of ``sizes`` bytes into a folder lake, each noted in the file ``noted`` when it is acknowledged.

    Dies before the ``at``-th system call or step of the modules that write them. Returns how many there were.
    """
    files = {lake.disk.__file__, lake.journal.__file__}
    steps = 0

    def count(frame: Any, event: str, _argument: Any) -> None:
        nonlocal steps
        if frame.f_code.co_filename in files:
            steps += 1
            if steps == order["at"]:
                os.kill(os.getpid(), signal.SIGKILL)

    with Path(order["noted"]).open("ab", buffering=0) as noted:
        threading.setprofile(count)
        sys.setprofile(count)
        opened = open_lake(order["lake_url"])
        for number, size in enumerate(order["sizes"]):
            opened.put_new_blocking(key_of(number), body_of(number, size))
            noted.write(f"{number}\n".encode())
        opened.close()
        sys.setprofile(None)
        threading.setprofile(None)
    return steps


def _bear(order: dict[str, Any]) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            told: dict[str, Any] = {"result": _do(order)}
        except BaseException as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        os.write(writing, json.dumps(told).encode()[:60_000])
        os._exit(0)
    os.close(writing)
    _tell(str(child))
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    _tell(json.dumps({"signal": killed, **(json.loads(content) if killed is None and content else {})}))


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _serve() -> None:

    for line in sys.stdin:
        _bear(json.loads(line))


if __name__ == "__main__":
    _serve()
