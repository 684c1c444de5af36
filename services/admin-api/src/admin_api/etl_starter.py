"""Telling the ETL that a run waits in its queue: a port with three adapters.

Where nobody can be told, or telling fails, the next tick takes the run all the same.
"""

import json
from typing import Any, Protocol
from uuid import UUID

import boto3
import httpx
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# The ETL answers when the run is done; the run itself has no limit.
_HTTP_TIMEOUT = httpx.Timeout(None, connect=5)
# Without an endpoint in its network a call to Lambda would wait for a minute.
_LAMBDA_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})


class EtlStarter(Protocol):
    """Tells the ETL of a queued run."""

    def start(self, run_id: UUID) -> None:
        """Have it begin soon. Never raises: a run that nobody could be told of waits for the next tick."""


class WaitForTick:
    """Nobody is told: the next tick takes the run from its queue. Costs nothing, and needs no way to the ETL."""

    def start(self, run_id: UUID) -> None:
        """Nothing to do."""


class HttpEtl:
    """The ETL as an HTTP service."""

    def __init__(self, url: str, logger: Logger, client: httpx.Client | None = None) -> None:
        self._url = f"{url.rstrip('/')}/v1/runs"
        self._logger = logger
        self._client = client or httpx.Client(timeout=_HTTP_TIMEOUT)

    def start(self, run_id: UUID) -> None:
        """POST the run's id; returns when the run is done."""
        try:
            self._client.post(self._url, json={"runId": str(run_id)}).raise_for_status()
        except httpx.HTTPError as error:
            self._logger.warning("admin.run.not_started", extra={"run_id": str(run_id), "error": str(error)})


class LambdaEtl:
    """The ETL as a Lambda function, where the network has an endpoint of Lambda."""

    def __init__(self, function: str, logger: Logger, client: Any = None) -> None:
        self._function = function
        self._logger = logger
        self._client = client or boto3.client("lambda", config=_LAMBDA_CONFIG)

    def start(self, run_id: UUID) -> None:
        """Invoke the function with an event that makes it tick: a tick begins with the runs of the queue."""
        event = {
            "source": "clickstream.admin-api",
            "detail-type": "Run Requested",
            "detail": {"runId": str(run_id)},
        }
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=json.dumps(event).encode())
        except (BotoCoreError, ClientError) as error:
            self._logger.warning("admin.run.not_started", extra={"run_id": str(run_id), "error": str(error)})
