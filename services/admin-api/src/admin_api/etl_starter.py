"""Telling the ETL that a run waits in its queue: a port with three adapters (see `etl_function` for the third).

Where nobody can be told, or telling fails, the next tick takes the run all the same.
"""

from typing import Protocol
from uuid import UUID

import httpx
from aws_lambda_powertools import Logger

# The ETL answers when the run is done; the run itself has no limit.
_HTTP_TIMEOUT = httpx.Timeout(None, connect=5)


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
