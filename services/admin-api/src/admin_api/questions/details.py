"""Single sessions and events, and what can be filtered by."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from admin_api.errors import InvalidCursorError, SessionNotFoundError
from admin_api.question import Question, Row, mart
from admin_api.views.answer import row_of
from admin_api.views.details import (
    Dimensions,
    DimensionValue,
    Events,
    EventView,
    SessionDetail,
    SessionEvent,
    Sessions,
    SessionView,
)
from warehouse.tables import VisitSession


def dimensions(question: Question) -> Dimensions:
    """What can be filtered by."""
    found: dict[str, list[DimensionValue]] = {}
    for row in question.ask(mart.dimensions(*question.days, question.filters)):
        found.setdefault(row["dimension"], []).append(row_of(DimensionValue, row))
    return Dimensions(
        **question.common,
        channels=found.get("channel", []),
        devices=found.get("device", []),
        countries=found.get("country", []),
        categories=found.get("category", []),
        brands=found.get("brand", []),
        login_states=found.get("login", []),
    )


def sessions(question: Question, before: str | None, containing: str | None, limit: int) -> Sessions:
    """A page of sessions, newest first.

    Raises:
        InvalidCursorError: `before` is no `next` of a page.
    """
    at, number = _cursor(before)
    try:
        page = (limit + 1, at, None if number is None else int(number), containing)
    except ValueError:
        raise InvalidCursorError(f"«before» is no «next» of another page: {before!r}") from None
    rows = question.ask(mart.session_list(*question.days, question.filters, *page))
    more = len(rows) > limit
    rows = rows[:limit]
    return Sessions(
        **question.common,
        sessions=[_session_view(row) for row in rows],
        next=_next(rows[-1]["started_at"], rows[-1]["session_no"]) if more else None,
    )


def session(database: Session, session_id: str) -> SessionDetail:
    """One session and its events.

    Raises:
        SessionNotFoundError: there is none.
    """
    key = session_id if session_id.startswith("i:") else f"s:{session_id}"
    known = database.get(VisitSession, key) or database.get(VisitSession, f"s:{session_id}")
    if known is None:
        raise SessionNotFoundError(f"no session has the id {session_id!r}")
    rows = database.connection().execute(select("*").select_from(mart.one_session(known.session_key))).mappings()
    events = database.connection().execute(select("*").select_from(mart.session_events(known.session_key))).mappings()
    return SessionDetail(
        session=_session_view(dict(rows.one())), events=[row_of(SessionEvent, dict(row)) for row in events]
    )


def events(question: Question, name: str | None, before: str | None, containing: str | None, limit: int) -> Events:
    """A page of events, newest first.

    Raises:
        InvalidCursorError: `before` is no `next` of a page.
    """
    at, number = _cursor(before)
    try:
        event_id = None if number is None else UUID(number)
    except ValueError:
        raise InvalidCursorError(f"«before» is no «next» of another page: {before!r}") from None
    page = (limit + 1, name, at, event_id, containing)
    rows = question.ask(mart.event_list(*question.days, question.filters, *page))
    more = len(rows) > limit
    rows = rows[:limit]
    return Events(
        **question.common,
        events=[_event_view(row) for row in rows],
        next=_next(rows[-1]["event_timestamp"], rows[-1]["event_id"]) if more else None,
    )


def _session_view(row: Row) -> SessionView:
    view: SessionView = row_of(SessionView, row | {"session_id": row["session_id"] or row["session_key"]})
    return view


def _event_view(row: Row) -> EventView:
    view: EventView = row_of(
        EventView,
        row
        | {
            "at": row["event_timestamp"],
            "login_state": row["user_login_state"],
            "product_id": row["context_product_id"],
            "product_name": row["context_product_name"],
            "device": row["device_type"],
        },
    )
    return view


def _next(at: datetime, number: Any) -> str:
    return f"{at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}~{number}"


def _cursor(before: str | None) -> tuple[datetime | None, str | None]:
    if before is None:
        return None, None
    moment, _, number = before.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not number:
        raise InvalidCursorError(f"«before» is no «next» of another page: {before!r}")
    return at, number
