"""Bearer tokens and what each may do. Tokens are compared in constant time, as SHA-256."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated, Literal

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from admin_api.errors import ForbiddenError, UnauthorizedError

Scope = Literal["read", "operate"]

_bearer = HTTPBearer(auto_error=False, description="A token with the scope read, or with read and operate")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the first 12 hex digits of its token's SHA-256, and what it may do."""

    fingerprint: str
    scopes: frozenset[Scope]


class Tokens:
    """The tokens that are known."""

    def __init__(self, read: list[str], operate: list[str]) -> None:
        self._known = [(_digest(token), frozenset[Scope](["read", "operate"])) for token in operate]
        self._known += [(_digest(token), frozenset[Scope](["read"])) for token in read]

    def caller(self, token: str) -> Caller | None:
        """Who the token belongs to; None where nobody. Takes as long for every token."""
        given = _digest(token)
        found = None
        for digest, scopes in self._known:
            if compare_digest(given, digest):
                found = found or Caller(given.hex()[:12], scopes)
        return found


def require(tokens: Tokens, scope: Scope) -> Callable[..., Caller]:
    """A dependency that lets a request through if its token has the scope.

    Raises:
        UnauthorizedError: no token, or one that is not known.
        ForbiddenError: the token has not this scope.
    """

    def check(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
        caller = tokens.caller(given.credentials) if given else None
        if caller is None:
            raise UnauthorizedError(
                f"send «Authorization: Bearer <token>» with a token of the scope {scope}",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if scope not in caller.scopes:
            raise ForbiddenError(f"this needs a token with the scope {scope}; yours has {', '.join(caller.scopes)}")
        return caller

    return check


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
