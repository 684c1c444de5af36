"""What every tick does beside loading: partitions ahead of time, sums of days that are over, retention, forgetting."""

from datetime import datetime, timedelta

import psycopg2
from aws_lambda_powertools import Logger

from etl.run import Clock, Deadline
from etl.settings import Settings
from etl.transform.agents import PARSERS
from warehouse import books, load, partitions, user_agents
from warehouse.connect import Connection
from warehouse.derive import product_facets

_AHEAD = timedelta(days=92)
# An event is at most seven days older than its receipt: events of windows that are not loaded yet may be as old.
_EVENTS_BEFORE_RECEIPT = timedelta(days=8)
# A clock that is ahead makes everything old, and what is dropped does not come back. What was received last tells that.
_NOW_AFTER_NEWEST_WINDOW = timedelta(days=1)
# A day of 110,000 events takes a tenth of a second.
_DAYS_OF_SUMS_A_TICK = 100


def make_partitions_ahead(control: Connection, now: datetime, logger: Logger) -> None:
    """Make the partitions of this month and the next three, so that no load has to."""
    with control.cursor() as cursor:
        made = partitions.make_partitions(cursor, now, now + _AHEAD)
    if made:
        logger.info("etl.partitions.made", extra={"partitions": made, "to": (now + _AHEAD).isoformat()})


def tidy_up(control: Connection, settings: Settings, clock: Clock, deadline: Deadline, logger: Logger) -> None:
    """What makes questions quick and keeps the warehouse from growing for ever, after a tick has loaded."""
    forget_old_agents(control, logger)
    drop_old_events(control, settings, clock(), logger)
    sum_days_by_product(control, clock, deadline, logger)


def sum_days_by_product(control: Connection, clock: Clock, deadline: Deadline, logger: Logger) -> None:
    """Make the sums by category and brand of days that are over, newest first; what is left is the next tick's."""
    with control.cursor() as cursor:
        days = product_facets.due(cursor)
    made = 0
    for day in days[:_DAYS_OF_SUMS_A_TICK]:
        if deadline.passed(clock()):
            break
        control.autocommit = False
        with control, control.cursor() as cursor:
            load.wait_for_turn(cursor)
            product_facets.make(cursor, day)
        control.autocommit = True
        made += 1
    if made:
        logger.info("etl.days.summed", extra={"days": made, "left": len(days) - made})


def forget_old_agents(control: Connection, logger: Logger) -> None:
    """Forget user agents that parsers of another version judged: they are parsed anew when they come again."""
    with control.cursor() as cursor:
        forgotten = user_agents.forget(cursor, PARSERS)
    if forgotten:
        logger.info("etl.agents.forgotten", extra={"user_agents": forgotten, "parsers": PARSERS})


def drop_old_events(control: Connection, settings: Settings, now: datetime, logger: Logger) -> None:
    """Drop the months of events that are older than the retention; nothing where there is none.

    Months are counted from now, but from no later than a day after the newest window that was received. What is not
    loaded yet keeps the months that its events may be of. Where a reader is in the way, the next tick tries again.
    """
    if settings.retention_months is None:
        return
    with control.cursor() as cursor:
        mark = books.watermark(cursor)
        newest = books.newest_window(cursor)
        if mark is None or newest is None:
            return
        believed = min(now, newest + _NOW_AFTER_NEWEST_WINDOW)
        cutoff = min(_months_before(believed, settings.retention_months), mark - _EVENTS_BEFORE_RECEIPT)
        try:
            dropped = partitions.drop_events_before(cursor, cutoff)
        except psycopg2.errors.LockNotAvailable as error:
            logger.info("etl.retention.postponed", extra={"reason": str(error).strip()})
            return
    for month in dropped:
        logger.info(
            "etl.events.dropped",
            extra={"month": month.month.isoformat(), "events": month.events, "items": month.items},
        )


def _months_before(now: datetime, months: int) -> datetime:
    """Start of the month that many months before now's."""
    number = now.year * 12 + now.month - 1 - months
    return now.replace(year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
