"""A question about the warehouse: its days, its filters, and its answer as JSON or CSV with an ETag."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Result, cast, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

from admin_api.csv_table import CSV, csv_of, prefers_csv
from admin_api.errors import UnchangedError
from admin_api.period import Period, period
from admin_api.sessions import SessionDep
from admin_api.views.answer import Answer
from admin_api.wire import Day, Text

Row = dict[str, Any]
Login = Literal["logged_in", "anonymous", "guest", "unknown"]

_ABOUT = text(
    "SELECT s.time_zone, mart.version() AS version, c.as_of, c.complete"
    " FROM public.site s, mart.completeness(:first, :last) c"
)

mart = func.mart
# What every route about the warehouse may answer beside its JSON.
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV: {"schema": {"type": "string"}}}},
    304: {"description": "Unchanged since the answer with the ETag that If-None-Match names"},
}


class Question:
    """What is asked, and the session to ask it in."""

    def __init__(self, request: Request, session: Session, days: Period, filters: dict[str, Any]) -> None:
        self.session = session
        self.period = days
        self.filters: ColumnElement[Any] = cast(filters, JSONB)
        about = session.connection().execute(_ABOUT, {"first": days.first, "last": days.last}).mappings().one()
        self.common: dict[str, Any] = {"first": days.first, "last": days.last}
        self.common |= {name: about[name] for name in ("time_zone", "as_of", "complete")}
        self._csv = prefers_csv(request.headers.get("accept", ""))
        asked = f"{request.url.path}?{request.url.query}#{self._csv}#{days}#{about['version']}"
        self._etag = f'"{sha256(asked.encode()).hexdigest()[:32]}"'
        if self._etag in request.headers.get("if-none-match", ""):
            raise UnchangedError(self._etag)

    @property
    def days(self) -> tuple[date, date]:
        """First and last day."""
        return self.period.first, self.period.last

    def ask(self, function: FunctionElement[Any]) -> list[Row]:
        """The rows of a function of the mart."""
        answer: Result[Any] = self.session.connection().execute(select(literal_column("*")).select_from(function))
        return [dict(row) for row in answer.mappings()]

    def currency(self) -> str | None:
        """The currency that revenue is given in."""
        found: str | None = self.session.connection().scalar(select(mart.main_currency(*self.days)))
        return found

    def answer(self, view: Answer) -> Response:
        """The answer in the form that was asked for."""
        headers = {"ETag": self._etag, "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
        if self._csv:
            return Response(csv_of(view.table()), headers=headers, media_type=f"{CSV}; charset=utf-8")
        return Response(view.model_dump_json(by_alias=True), headers=headers, media_type="application/json")


def question_of(max_days: int) -> Callable[..., Question]:
    """The dependency that reads a question: one vocabulary for all routes."""

    def read(
        *,
        request: Request,
        session: SessionDep,
        first: Annotated[
            Day | None,
            Query(alias="from", description="First day, in the site's time zone; default: 28 days up to `to`"),
        ] = None,
        last: Annotated[
            Day | None, Query(alias="to", description="Last day, inclusive; default: the newest event's day")
        ] = None,
        channel: Annotated[list[Text] | None, Query(description="Channel of the session, such as Email")] = None,
        device: Annotated[list[Text] | None, Query(description="desktop, mobile, tablet, unknown")] = None,
        country: Annotated[list[Text] | None, Query(description="ISO 3166 code, or unknown")] = None,
        category: Annotated[
            list[Text] | None, Query(description="Sessions with a product of it; of products: these alone")
        ] = None,
        brand: Annotated[
            list[Text] | None, Query(description="Sessions with a product of it; of products: these alone")
        ] = None,
        login: Annotated[list[Login] | None, Query(description="Login state")] = None,
        bots: Annotated[bool, Query(description="Whether bots are counted too")] = False,
    ) -> Question:
        given = {"channel": channel, "device": device, "country": country, "category": category, "brand": brand}
        filters = {name: values for name, values in (given | {"login": login}).items() if values}
        days = period(session, first, last, max_days)
        return Question(request, session, days, filters | ({"bots": True} if bots else {}))

    return read


def depends(max_days: int) -> Any:
    """``question_of`` as the dependency of a route's parameter."""
    return Depends(question_of(max_days), scope="function")
