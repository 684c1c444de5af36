"""Making the next pieces of work while the present one is used."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")
Fetched = TypeVar("Fetched")
Made = TypeVar("Made")

# Made or being made while one is used: what is derived at a transaction's end takes as long as two are made.
_AHEAD = 2


class Ahead(Generic[Item, Fetched, Made]):
    """Fetches and makes items in their order: one is fetched while another is made and a third is used.

    Two are made side by side where one is waited for. Not always: who uses them would have less of the processor.
    """

    def __init__(
        self,
        fetch: Callable[[Item], Fetched],
        make: Callable[[Item, Fetched], Made],
        items: Sequence[Item],
    ) -> None:
        self._fetch = fetch
        self._make = make
        self._items = items
        self._fetched: dict[int, Future[Fetched]] = {}
        self._coming: dict[int, Future[Made]] = {}
        self._begun = 0
        self._fetching = ThreadPoolExecutor(1, "etl-fetch")
        self._making = ThreadPoolExecutor(1, "etl-ahead")
        self._hurrying = ThreadPoolExecutor(1, "etl-hurry")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for coming in self._coming.values():
            coming.cancel()
        self._fetching.shutdown(cancel_futures=True)
        self._making.shutdown()
        self._hurrying.shutdown()

    def take(self, positions: range) -> Iterator[Made]:
        """What is made of the items at these positions.

        Positions that were taken before are made once more, as for a transaction that is tried again.

        Raises:
            Exception: what fetching or making raised, when the result would come.
        """
        for position in positions:
            self._begin()
            coming = self._coming.pop(position, None)
            self._begin()
            if coming and not coming.done():
                self._hurry()
            yield coming.result() if coming else self._made_now(self._items[position])

    def _begin(self) -> None:
        while len(self._coming) < _AHEAD and self._begun < len(self._items):
            self._fetched[self._begun] = self._fetching.submit(self._fetch, self._items[self._begun])
            self._coming[self._begun] = self._making.submit(self._made, self._begun)
            self._begun += 1

    def _hurry(self) -> None:
        """Make the next one of which nothing is made yet beside the one that is waited for."""
        for position, coming in self._coming.items():
            if coming.cancel():
                self._coming[position] = self._hurrying.submit(self._made, position)
                return

    def _made(self, position: int) -> Made:
        return self._make(self._items[position], self._fetched.pop(position).result())

    def _made_now(self, item: Item) -> Made:
        return self._make(item, self._fetch(item))
