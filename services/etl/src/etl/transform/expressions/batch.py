"""What is made of a batch, by name. Each may read those before it, and what ``transform.stage`` registers."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
from ibis import _

from etl.transform.expressions.staged import (
    checked_lines,
    rejects,
    staged_channels,
    staged_items,
    staged_orders,
    staged_pages,
    staged_referrers,
)
from etl.transform.stage import PARTS

_Table = Callable[[str], ir.Table]


def _kept(table: _Table) -> ir.Table:
    lines = table("lines")
    return lines.filter(lines.sound & lines.consented)


def _repeats(table: _Table) -> ir.Table:
    """The first receipt of an event id is the event; the others of this batch are duplicates."""
    kept = _kept(table).select("event_id", "received_at", *_LINE)
    several = kept.group_by("event_id").having(_.count() > 1).agg()
    receipts = kept.semi_join(several, "event_id")
    first = ibis.row_number().over(
        ibis.window(group_by=receipts.event_id, order_by=[receipts.received_at, *(receipts[name] for name in _LINE)])
    )
    return receipts.mutate(place=first).filter(_.place > 0)


def _line_counts(table: _Table) -> ir.Table:
    """Lines by object and part. Each part is counted where it lies, none by subtraction: a line lost on the way would
    unbalance the books.
    """
    lines = table("lines")
    withheld = lines.filter(lines.sound & ~lines.consented)
    parts = (lines.filter(~lines.sound), withheld, _kept(table), table("unique_lines"))
    counted = [
        lines.group_by("object_id").agg(lines=_.count()).mutate(part=ibis.literal(name))
        for name, lines in zip(PARTS, parts, strict=True)
    ]
    return ibis.union(*counted)


_LINE = ("object_id", "line_number")
EXPRESSIONS: dict[str, Callable[[_Table], ir.Table]] = {
    "lines": lambda table: checked_lines(table("raw"), table("objects")),
    "rejects": lambda table: rejects(table("bad"), table("bad_lines")),
    "repeats": _repeats,
    "line_counts": _line_counts,
    "pages": lambda table: staged_pages(table("sent_pages")),
    "referrers": lambda table: staged_referrers(table("sent_referrers")),
    "channels": lambda table: staged_channels(table("comings"), table("sources")),
    "event_items": lambda table: staged_items(table("judged")),
    "order_events": lambda table: staged_orders(table("judged")),
}
