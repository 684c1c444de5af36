"""The audit: a row for each call that asks for a change, also where it is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi_problem.error import Problem
from pydantic import BaseModel
from sqlalchemy import Engine, text
from sqlmodel import Session

from admin_api.access import Caller

_INSERT = text(
    "INSERT INTO etl.audit (caller, action, target, request, status, detail)"
    " VALUES (:caller, :action, :target, :request, :status, :detail)"
)


@dataclass(slots=True)
class Entry:
    """What is noted of a call that succeeds."""

    target: str | None = None


@contextmanager
def audited(session: Session, caller: Caller, action: str, target: object, asked: BaseModel | None) -> Iterator[Entry]:
    """Note the call: with what it changes in one transaction, or, where it is refused, in one of its own."""
    row = {
        "caller": caller.fingerprint,
        "action": action,
        "request": asked.model_dump_json(by_alias=True, exclude_none=True) if asked else "{}",
    }
    entry = Entry(None if target is None else str(target))
    try:
        yield entry
    except Problem as problem:
        engine = session.get_bind()
        assert isinstance(engine, Engine)  # noqa: S101 -- for the type checker: sessions are made of the engine
        with engine.begin() as connection:
            connection.execute(
                _INSERT, row | {"target": entry.target, "status": problem.status, "detail": problem.detail}
            )
        raise
    session.connection().execute(_INSERT, row | {"target": entry.target, "status": 202, "detail": None})
