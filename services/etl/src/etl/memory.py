"""How the ETL's process deals with memory.

A batch's memory was given back and taken again all the time, some hundred MB a second: a sixth of a load's processor
time went to the kernel for it. So the allocator keeps what a load needs until its end. DuckDB has an allocator of its
own, which gives back what was freed when that would not fit beside its limit (`memory_limit_mib`).
"""

import ctypes
from contextlib import suppress

# Environment of a process that loads, read when it starts. Of other C libraries than glibc nobody looks at it.
# https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html
ENVIRONMENT = {
    "GLIBC_TUNABLES": ":".join(
        (
            "glibc.malloc.hugetlb=1",  # pages of 2 MiB, where the kernel has them
            "glibc.malloc.mmap_threshold=67108864",
            "glibc.malloc.trim_threshold=268435456",
            "glibc.malloc.arena_max=2",
        )
    ),
    # Arrow's own allocator would hold what it freed beside the others.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    # NumPy's linear algebra, which nobody here asks for, would start a thread a core.
    "OPENBLAS_NUM_THREADS": "1",
}


def give_back() -> None:
    """Give memory that is not in use back to the system, as at the end of a large load."""
    import pyarrow as pa  # noqa: PLC0415 -- who only starts the ETL does not need it

    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
