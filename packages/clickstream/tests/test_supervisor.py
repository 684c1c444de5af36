"""With real processes: small Python programs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.errors import ServiceError
from clickstream.processes import Program
from clickstream.supervisor import Supervisor

SLEEPS = "import time; time.sleep(60)"


class Said:
    """Hears what the supervisor says."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.lines: list[str] = []

    def __call__(self, text: str, lines: list[str]) -> None:
        self.texts.append(text)
        self.lines.extend(lines)


def program(folder: Path, script: str, name: str = "sleeper", ready: Callable[[], bool] = lambda: True) -> Program:
    async def is_ready() -> bool:
        return ready()

    return Program(
        name=name,
        argv=(sys.executable, "-c", script),
        environment=dict(os.environ),
        folder=folder,
        log=folder / f"{name}.log",
        is_ready=is_ready,
        ready_seconds=5,
        stop_seconds=1,
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]


async def until(true: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


def test_a_program_that_dies_is_started_again_and_its_last_log_lines_are_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        said = Said()
        supervisor = Supervisor(said, first_back_off_seconds=0.05)
        await supervisor.start(program(tmp_path, f"print('I am here', flush=True); {SLEEPS}"))
        first = supervisor.pid_of("sleeper")
        assert first is not None
        await until(lambda: "I am here" in (tmp_path / "sleeper.log").read_text())
        os.kill(first, signal.SIGKILL)
        await until(lambda: "sleeper is back" in said.texts)
        second = supervisor.pid_of("sleeper")
        assert second is not None
        assert second != first
        assert alive(second)
        assert said.texts[0] == "sleeper ended (killed by SIGKILL); starting it again in 0.05 s"
        assert said.lines == ["I am here"]
        await supervisor.stop()
        assert not alive(second)

    asyncio.run(scenario())


def test_a_program_that_keeps_dying_is_given_up_after_five_deaths(tmp_path: Path) -> None:
    async def scenario() -> None:
        said = Said()
        supervisor = Supervisor(said, first_back_off_seconds=0.01)
        await supervisor.start(program(tmp_path, "import time; time.sleep(0.1); raise SystemExit('out of order')"))
        with pytest.raises(
            ServiceError, match=r"5 times within 60 s; the end of .*sleeper\.log:\n(.*\n)*.*out of order"
        ):
            await asyncio.wait_for(supervisor.until_failure(), 20)
        assert len([text for text in said.texts if "starting it again" in text]) == 4
        await supervisor.stop()

    asyncio.run(scenario())


def test_a_program_that_ends_while_starting_is_an_error_with_its_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        supervisor = Supervisor(Said())
        with pytest.raises(ServiceError, match=r"ended while starting, exit code 1; .*\n.*no such setting"):
            await supervisor.start(program(tmp_path, "raise SystemExit('no such setting')", ready=lambda: False))
        await supervisor.stop()

    asyncio.run(scenario())


def test_a_program_that_cannot_be_found_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        supervisor = Supervisor(Said())
        absent = program(tmp_path, SLEEPS)
        with pytest.raises(ServiceError, match=r"sleeper cannot be started .*No such file"):
            await supervisor.start(replace(absent, argv=(str(tmp_path / "nowhere"),)))
        await supervisor.stop()

    asyncio.run(scenario())


def test_programs_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    script = (
        "import signal, sys, time\n"
        "def bye(*_):\n"
        "    open('order', 'a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, bye); print('ready', flush=True); time.sleep(60)"
    )

    async def scenario() -> None:
        supervisor = Supervisor(Said())
        for name in ("a", "b", "c"):
            log = tmp_path / f"{name}.log"
            one = program(tmp_path, script, name, ready=lambda log=log: "ready" in log.read_text())
            await supervisor.start(replace(one, argv=(*one.argv, name)))
        await supervisor.stop()

    asyncio.run(scenario())
    assert (tmp_path / "order").read_text() == "cba"


def test_what_does_not_stop_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    script = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEPS!r}])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid} ')\n"
        "time.sleep(60)"
    )

    async def scenario() -> None:
        said = Said()
        supervisor = Supervisor(said)
        pids = tmp_path / "pids"
        await supervisor.start(
            program(tmp_path, script, ready=lambda: pids.exists() and pids.read_text().endswith(" "))
        )
        both = [int(pid) for pid in pids.read_text().split()]
        assert all(map(alive, both))
        await supervisor.stop()
        await until(lambda: not any(map(alive, both)))
        assert said.texts == ["sleeper did not stop in 1 s and was killed"]

    asyncio.run(scenario())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells children of their parent's death")
def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    script = f"""
import asyncio, os, sys
from pathlib import Path
from clickstream.processes import Program
from clickstream.supervisor import Supervisor

async def ready():
    return True

async def main():
    supervisor = Supervisor(print)
    folder = Path({str(tmp_path)!r})
    await supervisor.start(Program("sleeper", (sys.executable, "-c", {SLEEPS!r}), dict(os.environ), folder,
                                   folder / "log", ready))
    print(supervisor.pid_of("sleeper"), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        assert alive(child)
        supervisor.kill()
    asyncio.run(until(lambda: not alive(child)))
