"""A program that runs beside this one: started in its own process group, asked whether it is ready, stopped."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clickstream.errors import ServiceError
from clickstream.leash import die_with_parent

_LOG_LINES = 6
_LOG_TAIL_BYTES = 16_384


@dataclass(frozen=True)
class Program:
    """How a service is started, found ready and stopped.

    ``prepare`` runs before each start, in a thread. ``is_ready`` may raise nothing. ``user`` is the system user to run
    as (None: this process's own), ``niceness`` what it gives way to others by, as in nice(1). ``ready_seconds`` bounds
    a start that hangs, not one that is slow: a machine that is busy with other things may need a minute for one that
    takes three seconds else.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    prepare: Callable[[], object] | None = None
    user: str | None = None
    niceness: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    ready_seconds: float = 180.0
    stop_seconds: float = 8.0


class Process:
    """One run of a program."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self._process = process

    @classmethod
    async def start(cls, program: Program) -> "Process":
        """Start a program; its output is appended to its log.

        Raises:
            ServiceError: it cannot be started.
        """
        if program.prepare is not None:
            await asyncio.to_thread(program.prepare)
        try:
            with program.log.open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *program.argv,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=program.folder,
                    env=program.environment,
                    # Its own group: Ctrl-C reaches only this process, which then stops the others in their order.
                    process_group=0,
                    preexec_fn=die_with_parent(program.stop_signal, program.niceness),
                    user=program.user,
                    group=program.user,
                    extra_groups=None if program.user is None else (),
                )
        except OSError as error:
            raise ServiceError(f"{program.name} cannot be started ({program.argv[0]}): {error.strerror}") from error
        return cls(program, process)

    @property
    def pid(self) -> int:
        """Process id, also of the group."""
        return self._process.pid

    async def wait(self) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        return await self._process.wait()

    async def until_ready(self) -> None:
        """Wait until the program says it is ready.

        Raises:
            ServiceError: it ended, or is not ready in time.
        """
        program, loop = self.program, asyncio.get_running_loop()
        deadline = loop.time() + program.ready_seconds
        while not await program.is_ready():
            if self._process.returncode is not None:
                raise ServiceError(f"{program.name} ended while starting, {how_it_ended(self._process.returncode)}")
            if loop.time() > deadline:
                raise ServiceError(f"{program.name} was not ready within {program.ready_seconds:.0f} s")
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask it to end; kill it and all that it started when it does not in time."""
        self._send(self.program.stop_signal)
        try:
            await asyncio.wait_for(self._process.wait(), self.program.stop_seconds)
        except (TimeoutError, asyncio.CancelledError):
            self.kill()
            await self._process.wait()
            raise
        finally:
            self.kill()  # what it started and left behind

    def kill(self) -> None:
        """End its group at once."""
        self._send(signal.SIGKILL)

    def _send(self, which: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, which)


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"


def last_lines(log: Path, count: int = _LOG_LINES) -> list[str]:
    """The last lines of a log, for a message; empty where there is none."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
            return stream.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
