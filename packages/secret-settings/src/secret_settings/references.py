"""References to secrets in text: ``{{ssm:/clickstream/dev/warehouse/etl-password}}``."""

import re
from collections.abc import Callable
from urllib.parse import quote

_REFERENCE = re.compile(r"\{\{ssm:([^{}]*)\}\}")
_NAME = re.compile(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")

ReadParameter = Callable[[str], str]


class SecretReferenceError(Exception):
    """Terminal: a reference cannot be resolved. The text names the parameter, never a value."""


def resolve(text: str, read: ReadParameter) -> str:
    """Put secrets in the places of their references; text without one is returned as it is.

    Inside a URL a secret is percent-encoded, so that any password may stand there.

    Args:
        text: a setting's value.
        read: gives a parameter's value by its name.

    Raises:
        SecretReferenceError: a name that no parameter can have, or ``read`` refused it.
    """
    in_url = "://" in text

    def secret(found: re.Match[str]) -> str:
        name = found[1]
        if not _NAME.fullmatch(name):
            raise SecretReferenceError(f"{name!r} is not the name of a Systems Manager parameter")
        value = read(name)
        return quote(value, safe="") if in_url else value

    return _REFERENCE.sub(secret, text)


def has_reference(text: str) -> bool:
    """Whether there is anything to resolve."""
    return _REFERENCE.search(text) is not None
