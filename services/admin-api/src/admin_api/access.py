"""Bearer tokens, compared in constant time."""

from collections.abc import Callable
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from admin_api.errors import UnauthorizedError

_bearer = HTTPBearer(auto_error=False, description="The admin token")


def require_token(token: SecretStr) -> Callable[..., None]:
    """A dependency that lets a request through if it carries the token.

    Raises:
        UnauthorizedError: it does not.
    """
    expected = token.get_secret_value().encode()

    def check(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
        if given is None or not compare_digest(given.credentials.encode(), expected):
            raise UnauthorizedError(
                "send «Authorization: Bearer <token>» with the admin token", headers={"WWW-Authenticate": "Bearer"}
            )

    return check
