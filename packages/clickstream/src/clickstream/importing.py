"""Raw-lake lines from elsewhere into the lake, each in the window that it was received in.

The same file always becomes the same objects, so that importing it again adds nothing. Memory is bounded: windows are
written when they are large, and the largest one whenever all that wait are.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clickstream.errors import InputError
from clickstream.lake_objects import Written, content_id, digest_of, id_in, put_lines
from clickstream.line_source import MAX_LINE_BYTES, LineSource
from clickstream.placing import Unplaceable, place
from lake import Lake, window_of

# Changing one of these changes which objects a file becomes: an import made before would be added a second time
# (and its events then counted as duplicates).
OBJECT_BYTES = 8 << 20
WAITING_BYTES = 64 << 20
_REJECTED_LINES = 1_000
_KEPT_OF_AN_ENDLESS_LINE = 64 << 10

_EXAMPLES = 5


@dataclass
class Imported:
    """What an import did. ``problems`` has the first lines that could not be placed, as file, line number and why."""

    lines: int = 0
    events: Written = field(default_factory=Written)
    rejected: Written = field(default_factory=Written)
    unplaceable: int = 0
    problems: list[tuple[str, int, str]] = field(default_factory=list)
    windows: set[datetime] = field(default_factory=set)


class Importer:
    """Writes the lines of sources into a lake. ``now`` gives the time of the import, for what cannot be placed."""

    def __init__(self, lake: Lake, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._lake = lake
        self._now = now
        self._sizes: dict[datetime, int] = {}
        self._size = 0
        self._waiting: dict[datetime, list[bytes]] = {}
        self._refused: list[tuple[int, str, Unplaceable]] = []
        self._known_rejects: set[int] | None = None
        self.done = Imported()

    def add(self, source: LineSource, progress: Callable[[int], None] = lambda _: None) -> None:
        """Import one source; ``progress`` is told the bytes that are done.

        Raises:
            InputError: it cannot be read to its end. What was written so far stays; the mended file adds the rest.
            LakeUnavailableError: the store did not take an object.
        """
        try:
            for number, line, whole in source:
                self.done.lines += 1
                placed = place(line) if whole else _too_long()
                if isinstance(placed, Unplaceable):
                    self._refuse(source.name, number, line, placed)
                else:
                    self._keep(placed, line)
                if self.done.lines % 512 == 0:
                    progress(source.bytes_done)
        except InputError:
            # What waits would become other objects than those of the mended file: its lines would be there twice.
            self._forget()
            raise
        for window in sorted(self._waiting):
            self._write(window)
        self._write_refused(source.name)
        progress(source.bytes_done)

    def _forget(self) -> None:
        self._waiting.clear()
        self._sizes.clear()
        self._size = 0
        self._refused.clear()

    def _keep(self, window: datetime, line: bytes) -> None:
        self._waiting.setdefault(window, []).append(line)
        self._size += len(line) + 1
        self._sizes[window] = self._sizes.get(window, 0) + len(line) + 1
        if self._sizes[window] >= OBJECT_BYTES:
            self._write(window)
        elif self._size >= WAITING_BYTES:
            self._write(max(self._sizes, key=lambda waiting: (self._sizes[waiting], waiting)))

    def _write(self, window: datetime) -> None:
        lines = self._waiting.pop(window)
        self._size -= self._sizes.pop(window)
        put_lines(self._lake, "events", window, lines, self.done.events)
        self.done.windows.add(window)

    def _refuse(self, name: str, number: int, line: bytes, why: Unplaceable) -> None:
        self.done.unplaceable += 1
        if len(self.done.problems) < _EXAMPLES:
            self.done.problems.append((name, number, why.message))
        kept = line if len(line) <= MAX_LINE_BYTES else line[:_KEPT_OF_AN_ENDLESS_LINE]
        self._refused.append((number, kept.decode(errors="backslashreplace"), why))
        if len(self._refused) >= _REJECTED_LINES:
            self._write_refused(name)

    def _write_refused(self, name: str) -> None:
        if not self._refused:
            return
        refused, self._refused = self._refused, []
        now = self._now()
        window = window_of(now)
        # The id comes of the lines alone: the time of the import differs each time.
        identity = content_id(window, "\n".join(text for _, text, _ in refused).encode())
        if digest_of(identity) in self._rejects_in_lake():
            self.done.rejected.objects_there += 1
            self.done.rejected.lines_there += len(refused)
            return
        received = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines = [
            json.dumps(
                {
                    "reason": "unplaceable_line",
                    "errors": [{"field": why.field, "code": why.code, "message": why.message}],
                    "body": text,
                    "_ingest": {"receivedAt": received, "path": name, "lineNumber": number},
                },
                ensure_ascii=False,
                separators=(",", ":"),
            ).encode(errors="backslashreplace")
            for number, text, why in refused
        ]
        put_lines(self._lake, "rejected", window, lines, self.done.rejected, identity=identity)

    def _rejects_in_lake(self) -> set[int]:
        """The contents that lie under rejected/ already, in whatever window; listed once, and only when needed."""
        if self._known_rejects is None:
            self._known_rejects = {digest_of(id_in(item.key)) for item in self._lake.list_all("rejected")}
        return self._known_rejects


def _too_long() -> Unplaceable:
    return Unplaceable(
        "", "line_too_long", f"the line is longer than {MAX_LINE_BYTES >> 20} MiB; its beginning is kept"
    )
