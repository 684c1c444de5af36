"""The memory of parsed user agents: `etl.user_agents`. Nothing here commits."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from warehouse.connect import Cursor

COLUMNS = ("device_type", "browser", "os", "is_bot", "bot_reason")
# Crawlers with a new name every day would let it grow for ever.
_KEEP = "400 days"


def remembered(cursor: Cursor, parsers: str, digests: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
    """What these parsers found out earlier: ``COLUMNS`` by the MD5 of the user agent."""
    cursor.execute(
        f"SELECT digest, {', '.join(COLUMNS)} FROM etl.user_agents"  # noqa: S608 -- names above
        " WHERE digest = ANY(%s::uuid[]) AND parsers = %s",
        ([str(digest) for digest in digests], parsers),
    )
    return {UUID(str(digest)): tuple(rest) for digest, *rest in cursor.fetchall()}


def remember(cursor: Cursor, parsers: str, agents: Iterable[tuple[UUID, Mapping[str, Any]]]) -> None:
    """Keep what these parsers found out: by digest, user_agent and ``COLUMNS``."""
    # In order, so that two that remember the same ones never deadlock.
    ordered = sorted(agents, key=lambda item: item[0])
    cursor.execute(
        f"INSERT INTO etl.user_agents (digest, user_agent, {', '.join(COLUMNS)}, parsers)"  # noqa: S608 -- names above
        " SELECT *, %s FROM"
        " unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[])"
        " ON CONFLICT (digest) DO UPDATE SET parsers = excluded.parsers, "
        + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS),
        (
            parsers,
            [str(digest) for digest, _ in ordered],
            # PostgreSQL's text has no NUL.
            [agent["user_agent"].replace("\0", "\N{REPLACEMENT CHARACTER}") for _, agent in ordered],
            *([agent[name] for _, agent in ordered] for name in COLUMNS),
        ),
    )


def forget(cursor: Cursor, parsers: str) -> int:
    """Forget what other parsers than these found out, and what is older than 400 days; returns how many."""
    cursor.execute(
        "DELETE FROM etl.user_agents WHERE parsers <> %s OR first_seen_at < now() - %s::interval", (parsers, _KEEP)
    )
    count: int = cursor.rowcount
    return count
