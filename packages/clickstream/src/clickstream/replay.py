"""Events of a file, posted to a collector again."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpx

from clickstream.delivery import Delivered, post_events
from clickstream.errors import RequestRefusedError
from clickstream.line_source import LineSource

# The collector takes 500 events and 1 MiB a request.
_BATCH_EVENTS = 400
_BATCH_BYTES = 900 << 10
# A request has one user agent, and the warehouse tells people from bots by it: a batch holds the events of one.
_OPEN_BATCHES = 32


class Replay:
    """Posts a source's events without their `_ingest`. Counts what it meets, also when it ends with an error."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.lines = 0
        self.unreadable: list[tuple[str, int]] = []
        self.delivered = Delivered()

    async def send(self, client: httpx.AsyncClient, source: LineSource, progress: Callable[[int], None]) -> None:
        """Post one source, batch after batch, and stop at the first that is not taken: again is safe, ids are kept.

        Raises:
            InputError: the file cannot be read to its end.
            DeliveryError: the collector takes no more, after all attempts.
        """
        for agent, batch in _batches(self._events(source)):
            self.delivered += await self._post(client, batch, {"User-Agent": agent} if agent else {})
            progress(source.bytes_done)

    async def _post(
        self, client: httpx.AsyncClient, batch: list[dict[str, Any]], headers: Mapping[str, str]
    ) -> Delivered:
        """Post a batch; where it is refused as a whole, halve it until the one event that spoils it stands alone."""
        try:
            return await post_events(client, self._url, batch, headers)
        except RequestRefusedError as error:
            if len(batch) == 1:
                return Delivered(rejected=1, first_rejection=str(error))
        middle = len(batch) // 2
        first = await self._post(client, batch[:middle], headers)
        return first + await self._post(client, batch[middle:], headers)

    def _events(self, source: LineSource) -> Iterator[tuple[str, dict[str, Any], int]]:
        for number, line, whole in source:
            self.lines += 1
            try:
                event = json.loads(line) if whole else None
            except (ValueError, RecursionError):
                event = None
            if isinstance(event, dict):
                ingest = event.pop("_ingest", None)
                agent = ingest.get("userAgent") if isinstance(ingest, dict) else None
                # What HTTP cannot carry in a header is no browser's.
                if not (isinstance(agent, str) and agent.isascii() and agent.isprintable()):
                    agent = ""
                yield agent, event, len(line)
            else:
                self.unreadable.append((source.name, number))


def _batches(events: Iterable[tuple[str, dict[str, Any], int]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Events gathered by user agent; the batch that has waited longest goes out when too many are open."""
    gathered: dict[str, list[dict[str, Any]]] = {}
    sizes: dict[str, int] = {}
    for agent, event, length in events:
        if agent in gathered and (len(gathered[agent]) >= _BATCH_EVENTS or sizes[agent] + length > _BATCH_BYTES):
            yield agent, gathered.pop(agent)
        elif agent not in gathered and len(gathered) >= _OPEN_BATCHES:
            oldest = next(iter(gathered))
            yield oldest, gathered.pop(oldest)
        sizes[agent] = length + (sizes[agent] if agent in gathered else 0)
        gathered.setdefault(agent, []).append(event)
    yield from gathered.items()
