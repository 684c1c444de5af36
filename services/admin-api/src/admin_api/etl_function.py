"""Telling the ETL, a Lambda function, that a run waits in its queue. Apart, as only this adapter needs boto3."""

import json
from typing import Any
from uuid import UUID

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# Without an endpoint in its network a call to Lambda would wait for a minute.
_LAMBDA_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})


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
