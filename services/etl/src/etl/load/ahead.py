"""Making the next pieces of work while the present one is used."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")
Fetched = TypeVar("Fetched")
Made = TypeVar("Made")

# Made or being made while one is used: what is derived at a transaction's end takes as long as two are made.
_AHEAD = 2


class Ahead(Generic[Item, Fetched, Made]):
    """Fetches and makes items in their order: one is fetched while another is made and a third is used."""

    def __init__(
        self,
        fetch: Callable[[Item], Fetched],
        make: Callable[[Item, Fetched], AbstractContextManager[Made]],
        items: Sequence[Item],
    ) -> None:
        self._fetch = fetch
        self._make = make
        self._items = items
        self._coming: dict[int, Future[tuple[ExitStack, Made]]] = {}
        self._begun = 0
        self._fetching = ThreadPoolExecutor(1, "etl-fetch")
        self._making = ThreadPoolExecutor(1, "etl-ahead")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for coming in self._coming.values():
            coming.cancel()
        self._fetching.shutdown(cancel_futures=True)
        self._making.shutdown()
        for coming in self._coming.values():
            if not coming.cancelled() and coming.exception() is None:
                coming.result()[0].close()

    def take(self, positions: range) -> Generator[Made, None, None]:
        """What is made of the items at these positions. Each is closed when the next one is asked for.

        Positions that were taken before are made once more, as for a transaction that is tried again.

        Raises:
            Exception: what fetching or making raised, when the result would come.
        """
        for position in positions:
            self._begin()
            coming = self._coming.pop(position, None)
            self._begin()
            stack, made = coming.result() if coming else self._made(position, self._fetch(self._items[position]))
            with stack:
                yield made

    def _begin(self) -> None:
        while len(self._coming) < _AHEAD and self._begun < len(self._items):
            fetched = self._fetching.submit(self._fetch, self._items[self._begun])
            self._coming[self._begun] = self._making.submit(self._made_of, self._begun, fetched)
            self._begun += 1

    def _made_of(self, position: int, fetched: Future[Fetched]) -> tuple[ExitStack, Made]:
        return self._made(position, fetched.result())

    def _made(self, position: int, fetched: Fetched) -> tuple[ExitStack, Made]:
        with ExitStack() as stack:
            made = stack.enter_context(self._make(self._items[position], fetched))
            return stack.pop_all(), made
