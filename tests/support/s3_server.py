"""A real S3 server on a folder: `rclone serve s3`."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config

from lake import Lake, open_lake

REGION = "eu-central-1"
_LISTENS = re.compile(r"Starting s3 server on \[(http://127\.0\.0\.1:\d+)/?\]")
_START_SECONDS = 15


@dataclass(frozen=True)
class S3Server:
    """Where the server is, and one bucket of it that is a test's own."""

    endpoint: str
    bucket: str
    access_key: str = "clickstream"
    secret_key: str = "only-for-tests"

    @property
    def lake_url(self) -> str:
        """The bucket as a lake."""
        return f"s3://{self.bucket}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process finds the server."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ALLOW_HTTP": "true",
        }

    def lake(self) -> Lake:
        """The bucket as a lake, opened as the services do it."""
        with patch.dict(os.environ, self.environment):
            return open_lake(self.lake_url)

    def client(self) -> Any:
        """AWS's own client for it."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(s3={"addressing_style": "path"}),
        )


@contextmanager
def running_s3(folder: Path, bucket: str = "lake") -> Iterator[S3Server]:
    """Serve ``folder``, with one bucket in it. The server chooses a free port by itself."""
    (folder / "buckets" / bucket).mkdir(parents=True)
    server = S3Server("", bucket)
    log = folder / "rclone.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(Path(sys.executable).with_name("rclone"), "serve", "s3", folder / "buckets"),
                *("--addr", "127.0.0.1:0", "--auth-key", f"{server.access_key},{server.secret_key}"),
                *("--config", os.devnull),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield S3Server(_endpoint(process, log), bucket)
    finally:
        process.terminate()
        process.wait()


def _endpoint(process: subprocess.Popen[bytes], log: Path) -> str:
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        if found := _LISTENS.search(log.read_text()):
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"rclone does not serve S3:\n{log.read_text()}")
