"""Ports for what a benchmark starts, below those that the system gives to clients."""

import socket
import sys

_FIRST, _END, _STEP = 19_000, 30_000, 20


def free_base(count: int) -> int:
    """The first of so many ports in a row that are free now on 127.0.0.1. Ends the program where there are none."""
    for base in range(_FIRST, _END, _STEP):
        probes = [socket.socket() for _ in range(count)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", base + offset))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return base
    sys.exit(f"no {count} free ports in a row between {_FIRST} and {_END}")
