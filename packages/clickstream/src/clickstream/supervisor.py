"""Keeping programs running: found ready, restarted with back-off when they die, stopped in reverse order."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from clickstream.errors import ServiceError
from clickstream.processes import Process, Program, how_it_ended, last_lines

_DEATHS = 5
_PER_SECONDS = 60.0
_FIRST_BACK_OFF_SECONDS = 0.5
_LONGEST_BACK_OFF_SECONDS = 8.0

Say = Callable[[str, list[str]], None]


class Supervisor:
    """Owns the running programs. ``say`` is told what happens, with the last log lines where they explain it."""

    def __init__(self, say: Say, first_back_off_seconds: float = _FIRST_BACK_OFF_SECONDS) -> None:
        self._say = say
        self._first_back_off = first_back_off_seconds
        self._running: dict[str, Process] = {}
        self._order: list[str] = []
        self._watches: list[asyncio.Task[None]] = []
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self, program: Program) -> None:
        """Start a program, wait until it is ready, and keep it running from then on.

        Raises:
            ServiceError: it ends while starting, or is not ready in time; its last log lines are in the text.
        """
        self._order.append(program.name)
        process = self._running[program.name] = await Process.start(program)
        try:
            await process.until_ready()
        except ServiceError as error:
            raise ServiceError(_with_log(str(error), program)) from error
        self._watches.append(asyncio.create_task(self._watch(process), name=f"watch {program.name}"))

    async def until_failure(self) -> None:
        """Wait for ever, or until a program keeps dying.

        Raises:
            ServiceError: one does.
        """
        await asyncio.shield(self._failure)

    def pid_of(self, name: str) -> int | None:
        """Process id of a program, or None where it does not run."""
        process = self._running.get(name)
        return process.pid if process else None

    async def stop(self) -> None:
        """Stop all programs, the last started first."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        for name in reversed(self._order):
            if process := self._running.pop(name, None):
                try:
                    await process.stop()
                except TimeoutError:
                    self._say(f"{name} did not stop in {process.program.stop_seconds:.0f} s and was killed", [])
        self._order.clear()
        if self._failure.done():
            self._failure.exception()  # seen: asyncio need not warn that nobody asked
        self._failure.cancel()

    def kill(self) -> None:
        """End all programs at once, in no order."""
        for process in self._running.values():
            process.kill()

    async def _watch(self, process: Process) -> None:
        program, deaths = process.program, deque[float](maxlen=_DEATHS)
        loop = asyncio.get_running_loop()
        back_off = self._first_back_off
        trouble = f"{program.name} ended ({how_it_ended(await process.wait())})"
        while True:
            process.kill()  # what it started and left behind
            deaths.append(loop.time())
            recently = sum(moment > loop.time() - _PER_SECONDS for moment in deaths)
            if recently >= _DEATHS:
                message = _with_log(f"{trouble}, {_DEATHS} times within {_PER_SECONDS:.0f} s", program)
                if not self._failure.done():
                    self._failure.set_exception(ServiceError(message))
                return
            if recently == 1:
                back_off = self._first_back_off
            self._say(f"{trouble}; starting it again in {back_off:g} s", last_lines(program.log))
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, _LONGEST_BACK_OFF_SECONDS)
            try:
                process = self._running[program.name] = await Process.start(program)
                await process.until_ready()
                self._say(f"{program.name} is back", [])
                trouble = f"{program.name} ended ({how_it_ended(await process.wait())})"
            except ServiceError as error:
                trouble = str(error)
                with suppress(TimeoutError):
                    await process.stop()


def _with_log(message: str, program: Program) -> str:
    lines = last_lines(program.log)
    return "\n  ".join([f"{message}; the end of {program.log}:", *lines]) if lines else f"{message}; its log is empty"
