"""Objects under `rejected/`: what the collector refused is collected too, and stands in the books as rejected.

Each line is judged once more on the way in: where the contract has become more lenient since, it is loaded. So a window
that is replaced gives what loading and replaying it gives.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from etl.extract.objects import cut, fetch
from etl.judge import Refusal, unwrapped
from etl.replay import MAX_BYTES, load_again
from etl.settings import Settings
from lake import LakeObject
from warehouse import books, rejects
from warehouse.books import Counts, ObjectBooks
from warehouse.connect import Cursor
from warehouse.derive import Touched
from warehouse.rejects import Refused, RejectFilter


def enter_refused(
    cursor: Cursor,
    get: Callable[[str], bytes],
    objects: Sequence[LakeObject],
    found: Touched,
    *,
    run_id: UUID,
    settings: Settings,
) -> list[ObjectBooks]:
    """Set aside the lines of objects that the collector refused, and enter the objects into the ledger.

    ``warehouse.load.begin`` comes before; deriving from what was touched comes after.

    Returns:
        The books of each object.

    Raises:
        lake.LakeError: the lake did not give an object.
    """
    entered = []
    ids = books.draw_object_ids(cursor, len(objects))
    for object_id, item, body in zip(ids, objects, fetch(get, objects), strict=True):
        lines = cut(item, body)
        refused = []
        acceptable = False
        for line in lines:
            reason, detail = line.reason, line.detail
            if reason is None:
                judged = unwrapped(line.text or "")
                if isinstance(judged, Refusal):
                    reason, detail = judged.reason, judged.detail
                else:
                    acceptable = True
            # An acceptable line is set aside too: the replay below takes it, with the same books as any later one.
            refused.append(
                Refused(object_id, item.window, line.number, reason or "invalid_event", detail or "", line.text)
            )
        rejects.set_aside(cursor, refused)
        entry = ObjectBooks(object_id, item.key, item.window, item.size, Counts(len(lines), rejected=len(lines)))
        books.record_objects(cursor, run_id, [entry])
        if acceptable:
            _load_acceptable(cursor, entry, found, settings)
        entered.append(entry)
    return entered


def _load_acceptable(cursor: Cursor, entry: ObjectBooks, found: Touched, settings: Settings) -> None:
    wanted, after, up_to = RejectFilter(object_key=entry.key), 0, rejects.newest_id(cursor)
    while rows := rejects.take_readable(
        cursor, wanted, after=after, up_to=up_to, max_lines=settings.replay_lines, max_bytes=MAX_BYTES
    ):
        after = rows[-1].reject_id
        for moved in load_again(cursor, rows, found, settings).moved.values():
            entry.counts.loaded += moved.loaded
            entry.counts.duplicates += moved.duplicates
            entry.counts.withheld += moved.withheld
            entry.counts.rejected -= moved.loaded + moved.duplicates + moved.withheld
