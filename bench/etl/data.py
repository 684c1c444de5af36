"""Lakes to load: a simulated shop's busy day, made once and kept in `.clickstream/bench-etl`.

The day has a shop's rhythm, repeats, late and broken lines, crawlers, wrong clocks and some thousand user agents. A
larger lake is the same day several times over, all at the same time: each copy has ids of its own for events, clients,
sessions, users and orders, so that nothing of one copy is a duplicate of another. Objects hold lines in the order of
their receipt and are named by it, as the collector's are.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from uuid import UUID, uuid5

from isal import igzip_lib
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clickstream.shop.rhythm import SHOP_TIME
from clickstream.shop.traffic import day_lines
from lake import events_key
from lake.keys import hour_prefix, window_of

FOLDER = Path(__file__).parents[2] / ".clickstream" / "bench-etl"
DAY = date(2026, 11, 20)
_VERSION = 3  # of what this module makes: another one makes the lakes anew
_SEED = 4
_LINES_PER_SESSION = 11.5  # a little less than there are, so that no line is wanting
_LEVEL = 1
# So far are a line's copies apart that gzip does not see that they are alike: it looks 32 kB back.
_LINES_APART = 200
_NAMESPACE = UUID("6f1d6c5e-7d0b-4b8e-9a53-0d6b7e5d3c11")
_EVENT_ID = re.compile(rb'"eventId":"([0-9a-f]{8})')
_CHROME = re.compile(rb"Chrome/(\d+)\.0\.0\.0")
_CLIENT = re.compile(rb'"clientId":"c\d*-([0-9a-f]{4})')
_DATE = re.compile(rb'"\d{4}-\d\d-\d\dT')

Lines = dict[datetime, list[bytes]]


@dataclass(frozen=True)
class Shape:
    """A lake: ``lines`` of a day times ``copies``, ``objects`` gzip objects a copy (None: one event an object).

    ``days``: over how many days the clients are spread; 1 leaves them on the day.
    """

    name: str
    lines: int
    copies: int = 1
    objects: int | None = 100
    days: int = 1


def lake_of(shape: Shape) -> Path:
    """The lake's folder; made if it is not there."""
    folder = FOLDER / f"{shape.name}-v{_VERSION}"
    if (folder / "made.json").exists():
        return folder
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        base = _day(shape.lines, _told(bar, "simulating a day", shape.lines))
        step = _told(bar, f"writing {shape.name}", len(base))
        apart = _LINES_APART * shape.days
        for done, (window, lines) in enumerate(base.items(), 1):
            copies = [_copied(lines, copy) if copy else lines for copy in range(shape.copies)]
            together = [line for at in range(0, len(lines), apart) for copy in copies for line in copy[at : at + apart]]
            for moved, part in _spread(window, together, shape.days).items():
                _write(folder, moved, part, shape)
            step(done)
    (folder / "made.json").write_text(json.dumps({"lines": shape.lines * shape.copies}))
    return folder


def _told(bar: Progress, what: str, total: int) -> Callable[[int], None]:
    task = bar.add_task(what, total=total)
    return lambda done: bar.update(task, completed=done)


def _day(wanted: int, progress: Callable[[int], None]) -> Lines:
    """The first so many lines that are received on the day, by window."""
    start = datetime(DAY.year, DAY.month, DAY.day, tzinfo=SHOP_TIME)
    end = start + timedelta(days=1)
    found: list[tuple[float, bytes]] = []
    for line in day_lines(_SEED, DAY, 1.25 * wanted / _LINES_PER_SESSION):
        if start.timestamp() <= line.received < end.timestamp():
            found.append((line.received, _varied(line.text.encode())))
            if len(found) % 10_000 == 0:
                progress(min(len(found), wanted))
            if len(found) >= wanted:
                break
    found.sort()
    windows: Lines = {}
    for received, text in found:
        windows.setdefault(window_of(datetime.fromtimestamp(received, UTC)), []).append(text)
    return windows


def _varied(line: bytes) -> bytes:
    """The line with a build of Chrome by its client: a public shop sees thousands of user agents."""
    client = _CLIENT.search(line)
    if client is None:
        return line
    build = int(client[1], 16) % 400
    return _CHROME.sub(rb"Chrome/\g<1>.0.%d.%d" % (6000 + build // 4, build), line, count=1)


def _copied(lines: Sequence[bytes], copy: int) -> list[bytes]:
    mask = copy * 0x9E3779B1 & 0xFFFFFFFF
    text = b"\n".join(lines)
    text = _EVENT_ID.sub(lambda found: b'"eventId":"%08x' % (int(found[1], 16) ^ mask), text)
    for before in (b'"clientId":"c', b'"sessionId":"s', b'"userId":"u', b'"order":{"id":"'):
        text = text.replace(before, before + b"%d" % copy)
    return text.split(b"\n")


def _spread(window: datetime, lines: list[bytes], days: int) -> Lines:
    """A window's lines: each client's on the day that its id says."""
    if days == 1:
        return {window: lines}
    windows: Lines = {}
    for line in lines:
        client = _CLIENT.search(line)
        shift = timedelta(days=int(client[1], 16) % days if client else 0)
        moved = _DATE.sub(lambda found: b'"%sT' % _moved(found[0][1:11], shift), line)  # noqa: B023 -- used at once
        windows.setdefault(window - shift, []).append(moved)
    return windows


def _moved(day: bytes, shift: timedelta) -> bytes:
    return (date.fromisoformat(day.decode()) - shift).isoformat().encode()


def _write(folder: Path, window: datetime, lines: Sequence[bytes], shape: Shape) -> None:
    if shape.objects is None:
        for number, line in enumerate(lines):
            identity = _identity(shape, window, number, len(lines))
            _put(folder, f"{hour_prefix('events', window)}event-{identity}.json", line)
        return
    # As many objects as the window's share of the lines asks for, all of about the same size.
    pieces = max(1, round(len(lines) * shape.objects / shape.lines))
    size = -(-len(lines) // pieces)
    for start in range(0, len(lines), size):
        part = lines[start : start + size]
        body = igzip_lib.compress(b"\n".join(part) + b"\n", level=_LEVEL, flag=igzip_lib.COMP_GZIP)
        _put(folder, events_key(window, _identity(shape, window, start, len(lines)), len(part)), body)


def _identity(shape: Shape, window: datetime, position: int, lines: int) -> UUID:
    """A UUIDv7, the same each time: about when the line at this position came, and bits of its name."""
    moment = window + timedelta(hours=position / lines)
    name = uuid5(_NAMESPACE, f"{shape.name}/{window.isoformat()}/{position}").int
    low = name & ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | low)


def _put(folder: Path, key: str, body: bytes) -> None:
    path = folder / "lake" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
