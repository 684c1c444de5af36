"""Times as they are given on the command line."""

from datetime import UTC, datetime

from clickstream.errors import InputError

TIME_HELP = "An hour or a day of UTC, such as 2026-11-22T07 or 2026-11-22"


def moment(text: str | None, option: str, *, last: bool) -> datetime | None:
    """A time of UTC. As the end of a range, a day means its end.

    Raises:
        InputError: it is no time; the message names the option.
    """
    if text is None:
        return None
    for layout in ("%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%d %H"):
        try:
            found = datetime.strptime(text, layout).replace(tzinfo=UTC)
        except ValueError:
            continue
        return found.replace(hour=23, minute=59) if last and layout == "%Y-%m-%d" else found
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text!r} is no time: expected 2026-11-22, 2026-11-22T07 or ISO 8601") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
