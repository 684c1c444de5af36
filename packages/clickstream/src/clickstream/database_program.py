"""A home's PostgreSQL as a program beside this one."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from clickstream.home import Home
from clickstream.postgres_data import server_command
from clickstream.processes import Program
from clickstream.readiness import accepts


def database_program(name: str, home: Home, log: Path, make: Callable[[Home], None]) -> Program:
    """The server of a home's own data folder; it is ready when ``make`` has made its database."""
    command = server_command(home)
    return Program(
        name=name,
        argv=command.argv,
        environment=dict(os.environ),
        folder=home.path,
        log=log,
        is_ready=accepts(make, home),
        prepare=lambda: server_command(home),
        user=command.user,
        stop_signal=signal.SIGINT,  # PostgreSQL's «fast» shutdown
        stop_seconds=20,
    )
