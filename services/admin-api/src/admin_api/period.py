"""The period of a question: days of the site, both inclusive."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text
from sqlmodel import Session

from admin_api.errors import InvalidRangeError

_DEFAULT_DAYS = 28
_NEWEST = text(
    "SELECT (coalesce(f.newest_event_at, now()) AT TIME ZONE s.time_zone)::date FROM mart.freshness() f, public.site s"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the site, both inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> "Period":
        """The same number of days, just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


def period(session: Session, first: date | None, last: date | None, max_days: int) -> Period:
    """The period that was asked for; what is left out comes from the newest event.

    Raises:
        InvalidRangeError: it ends before it begins, or is too long.
    """
    if last is None:
        last = max(session.scalar(_NEWEST) or date.min, first or date.min)
    try:
        chosen = Period(first or last - timedelta(days=_DEFAULT_DAYS - 1), last)
        _ = chosen.previous.previous, chosen.last + timedelta(days=2)
    except OverflowError:
        raise InvalidRangeError("«from» and «to» are too near to the ends of the calendar") from None
    if chosen.days < 1:
        raise InvalidRangeError(f"«from» ({chosen.first}) is after «to» ({chosen.last})")
    if chosen.days > max_days:
        raise InvalidRangeError(f"{chosen.days} days are too many: at most {max_days}")
    return chosen
