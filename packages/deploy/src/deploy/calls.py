"""Calls to AWS: a port with two adapters, boto3 and (in `rehearsal`) paper."""

from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from deploy.errors import CallError, PrerequisiteError

# A migration may take the function's fifteen minutes, in which nothing comes over the line.
_READ_SECONDS = 910


class Calls(Protocol):
    """AWS."""

    region: str

    def __call__(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do a call, named as boto3 names it.

        Raises:
            CallError: AWS refused it.
            PrerequisiteError: there are no credentials.
        """


class BotoCalls:
    """AWS itself, with the credentials that the AWS tools find."""

    def __init__(self, region: str, profile: str | None = None) -> None:
        self.region = region
        self._session = boto3.Session(region_name=region, profile_name=profile)
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """See `Calls`."""
        if service not in self._clients:
            config = Config(read_timeout=_READ_SECONDS, retries={"mode": "standard", "total_max_attempts": 6})
            self._clients[service] = self._session.client(service, config=config)
        try:
            answer: dict[str, Any] = getattr(self._clients[service], operation)(**parameters)
        except ClientError as error:
            told = error.response.get("Error", {})
            raise CallError(f"{service} {operation}", told.get("Code", ""), told.get("Message", "")) from error
        except (NoCredentialsError, NoRegionError) as error:
            raise PrerequisiteError(
                f"AWS credentials are missing ({error}): set AWS_PROFILE, or run «aws configure» or «aws sso login»"
            ) from error
        except BotoCoreError as error:
            raise CallError(f"{service} {operation}", type(error).__name__, str(error)) from error
        return answer
