"""One of the services' Lambda entries under AWS's own runtime client, as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime_api import RuntimeApi

_STOP_SECONDS = 10
# Of this machine's environment a function sees what finds Python and its libraries, but none of its settings.
_INHERITED = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True)
class LambdaFunction:
    """A running function."""

    api: RuntimeApi
    process: subprocess.Popen[bytes]
    output: Path

    def invoke(self, event: Any, **options: Any) -> Any:
        """``RuntimeApi.invoke``; fails at once, with the function's output, where the function has died."""
        return self.api.invoke(event, alive=self._alive, **options)

    def log_lines(self) -> list[dict[str, Any]]:
        """What the function has logged as JSON."""
        lines = self.output.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def _alive(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(f"the function ended with {self.process.returncode}:\n{self.output.read_text('utf-8')}")


@contextmanager
def running_function(handler: str, folder: Path, environment: Mapping[str, str]) -> Iterator[LambdaFunction]:
    """Run ``module.name`` under awslambdaric; its output goes to ``folder``/<handler>.log."""
    output = folder / f"{handler}.log"
    with RuntimeApi() as api, output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={name: os.environ[name] for name in _INHERITED if name in os.environ}
            | {
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.port}",
                "AWS_LAMBDA_FUNCTION_NAME": "clickstream-under-test",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_REGION": "eu-central-1",
                "PYTHONUNBUFFERED": "1",
            }
            | dict(environment),
        )
        try:
            yield LambdaFunction(api, process, output)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
