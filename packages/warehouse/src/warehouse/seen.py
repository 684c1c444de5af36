"""Ids that the warehouse may have, kept in memory by a large load: nearly all that come are new and not looked up.

A bit for each id, as in a Bloom filter of one hash: what has none is new for certain, what has one is looked up.
"""

from datetime import datetime

import numpy as np
import pyarrow as pa

from warehouse.connect import Cursor

# Ids that are read from the warehouse; where it has more, all are looked up.
_MOST_READ = 2_000_000
# Bits for each id: one of eight is taken for known at the most, if as many come as were expected.
_BITS = 8
_MOST_BITS = 1 << 28  # 32 MiB

_Numbers = np.ndarray[tuple[int], np.dtype[np.uint64]]


class SeenIds:
    """The ids of the events of a range of time, for as long as nobody else adds any."""

    def __init__(self, lines: int, earliest: datetime, latest: datetime) -> None:
        """What is to be loaded.

        Args:
            lines: how many.
            earliest: the first moment that any of their events, or an event with the same id, can be of.
            latest: the last.
        """
        self._most_read = min(lines, _MOST_READ)
        self._range = (earliest, latest)
        self._mask = min(1 << (_BITS * (lines + self._most_read) - 1).bit_length(), _MOST_BITS) - 1
        self._bits: np.ndarray[tuple[int], np.dtype[np.uint8]] | None = None
        self._turn: int | None = None

    def begin(self, cursor: Cursor, turn: int) -> None:
        """A transaction of the load begins.

        Args:
            cursor: of the transaction.
            turn: of ``load.begin``. Where somebody else had one since the last, ids are not kept any more.
        """
        if self._turn is None:
            self._read(cursor)
        elif turn != self._turn + 1:
            self._bits = None
        self._turn = turn

    def among(self, ids: pa.ChunkedArray) -> pa.Array | None:
        """Which of the ids (16 bytes each) the warehouse may have; None: any."""
        if self._bits is None:
            return None
        places = self._places(_numbers(ids))
        return pa.array((self._bits[places >> 3] >> (places & 7)) & 1 == 1)

    def add(self, ids: pa.ChunkedArray) -> None:
        """Note ids that were added."""
        if self._bits is not None:
            self._note(self._bits, _numbers(ids))

    def _read(self, cursor: Cursor) -> None:
        cursor.execute(
            "SELECT count(*), string_agg(substr(uuid_send(event_id), 9), ''::bytea) FROM ("
            " SELECT event_id FROM clickstream_events WHERE event_timestamp BETWEEN %s AND %s LIMIT %s) e",
            (*self._range, self._most_read + 1),
        )
        count, read = cursor.fetchone()
        if count <= self._most_read:
            self._bits = np.zeros((self._mask >> 3) + 1, np.uint8)
            self._note(self._bits, np.frombuffer(read or b"", ">u8"))

    def _note(self, bits: np.ndarray[tuple[int], np.dtype[np.uint8]], numbers: _Numbers) -> None:
        places = self._places(numbers)
        np.bitwise_or.at(bits, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))

    def _places(self, numbers: _Numbers) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return (numbers & np.uint64(self._mask)).astype(np.int64)


def _numbers(ids: pa.ChunkedArray) -> _Numbers:
    """The second halves of ids. They are random in UUIDs of every version that browsers make."""
    halves = ids.combine_chunks().cast(pa.binary(16))
    both = np.frombuffer(halves.buffers()[1], ">u8").reshape(-1, 2)
    found: _Numbers = both[halves.offset : halves.offset + len(halves), 1]
    return found
