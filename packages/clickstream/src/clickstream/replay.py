"""Events of a file, posted to a collector again."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx

from clickstream.delivery import Delivered, post_events
from clickstream.errors import RequestRefusedError
from clickstream.line_source import LineSource

# The collector takes 500 events and 1 MiB a request.
_BATCH_EVENTS = 400
_BATCH_BYTES = 900 << 10


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
        for batch in _batches(self._events(source)):
            self.delivered += await self._post(client, batch)
            progress(source.bytes_done)

    async def _post(self, client: httpx.AsyncClient, batch: list[dict[str, Any]]) -> Delivered:
        """Post a batch; where it is refused as a whole, halve it until the one event that spoils it stands alone."""
        try:
            return await post_events(client, self._url, batch)
        except RequestRefusedError as error:
            if len(batch) == 1:
                return Delivered(rejected=1, first_rejection=str(error))
        middle = len(batch) // 2
        return await self._post(client, batch[:middle]) + await self._post(client, batch[middle:])

    def _events(self, source: LineSource) -> Iterator[tuple[dict[str, Any], int]]:
        for number, line, whole in source:
            self.lines += 1
            try:
                event = json.loads(line) if whole else None
            except (ValueError, RecursionError):
                event = None
            if isinstance(event, dict):
                event.pop("_ingest", None)
                yield event, len(line)
            else:
                self.unreadable.append((source.name, number))


def _batches(events: Iterable[tuple[dict[str, Any], int]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for event, length in events:
        if batch and (len(batch) >= _BATCH_EVENTS or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    if batch:
        yield batch
