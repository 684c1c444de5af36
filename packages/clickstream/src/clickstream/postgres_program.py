"""PostgreSQL's own programs, run on the warehouse of a home folder."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, NamedTuple, cast

from clickstream.errors import BackupError
from clickstream.home import OWNER, Home
from clickstream.postgres_data import programs


class Pipes(NamedTuple):
    """What a program reads and what it writes."""

    stdin: IO[bytes]
    stdout: IO[bytes]


@contextmanager
def running_program(home: Home, name: str, *arguments: str, heard: Callable[[str], None]) -> Iterator[Pipes]:
    """One of PostgreSQL's programs as the owner of the warehouse, for as long as it runs.

    Args:
        home: its PostgreSQL runs.
        name: of the program.
        arguments: besides where to connect to.
        heard: is told each line of its diagnostics.

    Raises:
        BackupError: it failed.
    """
    # The password goes by environment: a command line can be read by every user of the machine.
    environment = os.environ | {
        "PGHOST": "127.0.0.1", "PGPORT": str(home.ports["warehouse"]), "PGUSER": OWNER,
        "PGPASSWORD": home.passwords[OWNER],
    }  # fmt: skip
    process = subprocess.Popen(
        [str(programs() / name), "--verbose", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    stdin, stdout, stderr = (cast("IO[bytes]", each) for each in (process.stdin, process.stdout, process.stderr))
    errors: list[str] = []

    def listen() -> None:
        for line in stderr:
            text = line.decode(errors="replace").strip()
            if text.startswith(f"{name}: error: "):
                errors.append(text)
            heard(text)

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    try:
        yield Pipes(stdin, stdout)
        stdin.close()
    except BrokenPipeError:
        pass  # it has ended, and says why
    except BaseException:
        process.kill()
        raise
    finally:
        with suppress(BrokenPipeError):
            stdin.close()
        process.wait()
        listening.join()
        stdout.close()
        stderr.close()
    if process.returncode != 0:
        raise BackupError(errors[0] if errors else f"{name} failed and said nothing (exit code {process.returncode})")
