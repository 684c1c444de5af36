"""Which line a row is of, told as one number."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

_SCHEMA = pa.schema([("object_id", pa.int64()), ("line_number", pa.int32())])


def of_places(places: Sequence[tuple[int, int]]) -> pa.Table:
    """Rows of these places: object_id and line_number of each."""
    return pa.Table.from_arrays([[place[column] for place in places] for column in range(2)], schema=_SCHEMA)


def among(rows: pa.Table, others: pa.Table) -> pa.ChunkedArray:
    """Of each row whether one of the others is of the same line."""
    return pc.is_in(_number(rows), value_set=_number(others))


def index_among(rows: pa.Table, others: pa.Table) -> pa.ChunkedArray:
    """Of each row which of the others is of the same line, or null."""
    return pc.index_in(_number(rows), value_set=_number(others))


def _number(rows: pa.Table) -> pa.ChunkedArray:
    # Line numbers are of 31 bits, object ids far from 32.
    return pc.add(pc.shift_left(rows["object_id"], 32), rows["line_number"].cast(pa.int64()))
