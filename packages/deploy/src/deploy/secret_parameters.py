"""The platform's secrets in Systems Manager: made once, never read here, never printed."""

import secrets
import string

from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import CallError

_LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_LENGTH = 32


def secret_names(environment: Environment) -> list[str]:
    """The names of all secrets of an environment."""
    names = [f"warehouse/{role}-password" for role in ("owner", "etl", "admin", "dashboard")]
    names.append("admin-api/token")
    if environment.with_shop:
        names.append("shop/shop-password")
    return [f"/clickstream/{environment.name}/{name}" for name in names]


def put_missing_secrets(calls: Calls, environment: Environment) -> list[str]:
    """Make those that are not there; the names of those that were made."""
    names = secret_names(environment)
    missing = calls("ssm", "get_parameters", Names=names)["InvalidParameters"]
    for name in missing:
        put_secret(calls, name, environment.name)
    return list(missing)


def put_secret(calls: Calls, name: str, environment: str, *, overwrite: bool = False) -> None:
    """Give a secret a fresh random value; one that is there keeps its own unless `overwrite`."""
    value = "".join(secrets.choice(_LETTERS_AND_DIGITS) for _ in range(_LENGTH))
    # AWS takes tags only for a parameter that is new.
    tags = {} if overwrite else {"Tags": [{"Key": "clickstream:environment", "Value": environment}]}
    try:
        calls("ssm", "put_parameter", Name=name, Value=value, Type="SecureString", Overwrite=overwrite, **tags)
    except CallError as error:
        if error.code != "ParameterAlreadyExists":
            raise


def delete_secrets(calls: Calls, environment: Environment) -> None:
    """Delete all of them, and what else is kept below the environment's path."""
    names = [*secret_names(environment), image_parameter(environment.name)]
    calls("ssm", "delete_parameters", Names=names)


def image_parameter(environment: str) -> str:
    """Name of the parameter that remembers the machine image in use."""
    return f"/clickstream/{environment}/deploy/image-id"
