"""Ports for servers that tests and benchmarks start."""

import fcntl
import os
import random
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path

# Below those that a system gives to clients: anybody's connection would take a port between its choice and its use.
_FIRST, _END = 10_000, 32_000
_BLOCK = 10


def free_ports(count: int = 1) -> int:
    """The first of so many ports in a row that nobody has on 127.0.0.1.

    Nobody else is given them while this process lives, not even by another one that runs beside it.

    Raises:
        RuntimeError: there are none.
    """
    if not 0 < count <= _BLOCK:
        raise ValueError(f"1 to {_BLOCK} ports, not {count}")
    blocks = list(range(_FIRST, _END, _BLOCK))
    random.shuffle(blocks)
    for base in blocks:
        if _claim(base) and _all_free(base, count):
            return base
    raise RuntimeError(f"no {count} free ports in a row between {_FIRST} and {_END}")


def _claim(base: int) -> bool:
    folder = Path(tempfile.gettempdir()) / f"clickstream-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    lock = os.open(folder / str(base), os.O_CREAT | os.O_RDWR, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until this process ends: it is never closed
    except BlockingIOError:
        os.close(lock)
        return False
    return True


def _all_free(base: int, count: int) -> bool:
    with ExitStack() as probes:
        for port in range(base, base + count):
            probe = probes.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
