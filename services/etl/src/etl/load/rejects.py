"""The lines of a transaction that cannot be loaded, on their way into `etl.rejects`."""

import pyarrow as pa

from etl.errors import BooksError
from etl.transform.rejected import rejects
from warehouse import load
from warehouse.binary import BinaryRows
from warehouse.connect import Cursor

_MOST_BYTES = 4 << 20


class Rejects:
    """Writes lines together: to ask for the reasons of a few takes as long as for those of a thousand."""

    def __init__(self, cursor: Cursor, *, threads: int, memory_limit_mib: int) -> None:
        self._cursor = cursor
        self._threads = threads
        self._memory_limit_mib = memory_limit_mib
        self._waiting: list[pa.Table] = []

    def add(self, lines: pa.Table) -> None:
        """Lines like ``transform.stage.Staged.bad_lines``; written at the latest by ``write``."""
        if lines.num_rows:
            self._waiting.append(lines)
        if sum(each.nbytes for each in self._waiting) > _MOST_BYTES:
            self.write()

    def write(self) -> None:
        """Write what is waiting.

        Raises:
            BooksError: not every line has become a row.
        """
        if not self._waiting:
            return
        lines = pa.concat_tables(self._waiting)
        self._waiting.clear()
        rows = rejects(lines, threads=self._threads, memory_limit_mib=self._memory_limit_mib)
        written = load.copy_rows(self._cursor, "rejects", BinaryRows(rows))
        if written != lines.num_rows:
            raise BooksError(f"{written} rejects were written of {lines.num_rows}: nothing of the batch was kept")
