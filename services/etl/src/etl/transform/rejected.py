"""Lines that cannot be loaded, as rows of `etl.rejects`: each with the first thing that keeps it from being loaded."""

import pyarrow as pa

from etl.extract.raw import FETCHED
from etl.transform.compiled_queries import compiled
from warehouse.load import REJECT_COLUMNS
from warehouse.planned import PlannedQueries


def rejects(lines: pa.Table, *, threads: int, memory_limit_mib: int) -> pa.Table:
    """Rows of `etl.rejects`, columns as ``warehouse.load.REJECT_COLUMNS``.

    Args:
        lines: those of ``extract.raw.fetched`` that are not sound.
        threads: as for ``duck``.
        memory_limit_mib: as for ``duck``.
    """
    with _QUERIES.desk(threads, memory_limit_mib) as desk:
        desk.show("bad_lines", lines.cast(FETCHED))
        return desk.ask("rejects")


def _query(name: str) -> str:
    return f"SELECT {', '.join(REJECT_COLUMNS)} FROM ({compiled(name)})"  # noqa: S608 -- names of columns


_QUERIES = PlannedQueries(_query)
