"""Reading AWS Systems Manager's Parameter Store."""

from typing import Any

from secret_settings.references import SecretReferenceError

# Within the ten seconds that Lambda gives a start.
_CONNECT_SECONDS, _READ_SECONDS, _TRIES = 2, 4, 2


class ParameterStore:
    """The parameters of the region that the environment names."""

    def __init__(self) -> None:
        # Costs 200 ms and 30 MB, which only a service with references has to pay.
        import boto3  # noqa: PLC0415 -- half a second, where a secret is in SSM
        from botocore.config import Config  # noqa: PLC0415 -- same

        timeouts = Config(
            connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": _TRIES}
        )
        self._ssm: Any = boto3.client("ssm", config=timeouts)

    def read(self, name: str) -> str:
        """The value of a parameter, decrypted.

        Raises:
            SecretReferenceError: there is none, it may not be read, or AWS does not answer.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- same

        try:
            # GetParameters, not GetParameter: it tells what is missing apart from what is denied.
            answer = self._ssm.get_parameters(Names=[name], WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise SecretReferenceError(f"the parameter {name} cannot be read: {error}") from error
        if answer["InvalidParameters"]:
            raise SecretReferenceError(f"there is no parameter {name} in Systems Manager")
        return str(answer["Parameters"][0]["Value"])
