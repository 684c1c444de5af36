"""Lines that cannot be loaded, as rows of `etl.rejects`: each with the first thing that keeps it from being loaded."""

import pyarrow as pa

from etl.extract.raw import FETCHED
from etl.transform.compiled_queries import compiled
from warehouse.duck import asked, duck
from warehouse.load import REJECT_COLUMNS


def rejects(lines: pa.Table, *, threads: int, memory_limit_mib: int) -> pa.Table:
    """Rows of `etl.rejects`, columns as ``warehouse.load.REJECT_COLUMNS``.

    Planning this takes 60 ms however few lines there are: better once for the lines of many batches.

    Args:
        lines: those of ``extract.raw.fetched`` that are not sound.
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
    """
    with duck(threads, memory_limit_mib) as connection:
        connection.register("bad_lines", lines.cast(FETCHED))
        query = f"SELECT {', '.join(REJECT_COLUMNS)} FROM ({compiled('rejects')})"  # noqa: S608 -- names of columns
        return asked(connection, query)
