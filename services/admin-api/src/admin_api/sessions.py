"""Database sessions: one a request; the edge owns the transaction."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session


def _session(request: Request) -> Iterator[Session]:
    with Session(request.app.state.engine) as session, session.begin():
        yield session


# Committed before the answer goes out: who reads «202» finds the run.
SessionDep = Annotated[Session, Depends(_session, scope="function")]
