"""Doing the next piece of work while the present one is used."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def one_ahead(
    make: Callable[[Item], AbstractContextManager[Made]], items: Sequence[Item]
) -> Generator[Made, None, None]:
    """What ``make`` makes of each item, in order; the next one is made in a thread meanwhile.

    Each result is closed when the next one is asked for, or the iterator is closed. At most two are there at a time.

    Raises:
        Exception: what ``make`` raised, when its result would come.
    """

    def made(item: Item) -> tuple[ExitStack, Made]:
        with ExitStack() as stack:
            result = stack.enter_context(make(item))
            return stack.pop_all(), result

    coming: Future[tuple[ExitStack, Made]] | None = None
    with ThreadPoolExecutor(1, "etl-ahead") as pool:
        try:
            for position, item in enumerate(items):
                stack, result = (coming or pool.submit(made, item)).result()
                coming = pool.submit(made, items[position + 1]) if position + 1 < len(items) else None
                with stack:
                    yield result
        finally:
            # Not reached without fault: somebody stopped in the middle.
            if coming is not None and not coming.cancel() and coming.exception() is None:
                coming.result()[0].close()
