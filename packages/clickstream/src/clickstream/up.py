"""The whole platform on this machine: started in order, kept running, stopped in reverse order."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic

import httpx
from rich.markup import escape

from clickstream import dashboard, demo, programs, storefront
from clickstream.errors import InputError, ServiceError
from clickstream.home import Home
from clickstream.options import err, out
from clickstream.panel import show_panel
from clickstream.ports import require_free
from clickstream.postgres import starting, stop_foreign
from clickstream.processes import last_lines
from clickstream.progress import share_bar
from clickstream.schedule import keep_ticking
from clickstream.simulate import Plan
from clickstream.supervisor import Supervisor
from clickstream.up_lock import only_one
from warehouse.migrate import migrate

# A command that shares the embedded PostgreSQL for a moment is given this long to finish.
_PATIENCE_SECONDS = 15.0
# One wish to stop may arrive as two signals: from the terminal, and passed on by a wrapper such as timeout(1) or npm.
_ONE_WISH_SECONDS = 1.0


@dataclass(frozen=True)
class Choices:
    """What the caller wants of `up`."""

    dashboard: bool
    demo: bool
    tick_seconds: float
    storefront: bool = False


class _StoppedError(Exception):
    """Ctrl-C came during a step that runs in a thread."""


def run(home: Home, choices: Choices) -> None:
    """Start everything, and return when asked to stop (SIGINT, SIGTERM, SIGHUP).

    Raises:
        AlreadyRunningError: another `up` holds the home folder.
        InputError: the storefront is asked for and cannot run.
        PortTakenError: a port is in use.
        ClickstreamError: something does not start, or keeps dying.
    """
    if choices.storefront and (lacking := storefront.missing()):
        raise InputError("; ".join(lacking))
    with ExitStack() as stack:
        stack.enter_context(only_one(home))
        postgres_start = stack.enter_context(ExitStack())
        postgres_start.enter_context(starting(home))
        stop_foreign(home, _PATIENCE_SECONDS)
        wanted = [programs.WAREHOUSE, *programs.SERVICES, *([programs.DASHBOARD] if choices.dashboard else [])]
        require_free(home, *wanted, *(storefront.NAMES if choices.storefront else ()))
        asyncio.run(_run(home, choices, warehouse_started=postgres_start.close))


async def _run(home: Home, choices: Choices, warehouse_started: Callable[[], None]) -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    supervisor = Supervisor(_say)

    first_asked = 0.0

    def on_signal() -> None:
        nonlocal first_asked
        if not asked.is_set():
            first_asked = loop.time()
            asked.set()
        elif loop.time() - first_asked > _ONE_WISH_SECONDS:  # a second Ctrl-C: no more patience
            supervisor.kill()

    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(which, on_signal)
    work = asyncio.create_task(_work(home, choices, supervisor, warehouse_started, asked))
    stop = asyncio.create_task(asked.wait())
    try:
        await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
        (outcome,) = await asyncio.gather(work, return_exceptions=True)
    finally:
        stop.cancel()
        with out.status("stopping"):
            await supervisor.stop()
    if asked.is_set():
        out.print("stopped")
    elif isinstance(outcome, BaseException):
        raise outcome


async def _work(
    home: Home,
    choices: Choices,
    supervisor: Supervisor,
    warehouse_started: Callable[[], None],
    asked: asyncio.Event,
) -> None:
    plan = demo.planned(home) if choices.demo else None
    # trust_env=False: a company's proxy setting must not swallow calls to this machine.
    async with httpx.AsyncClient(trust_env=False) as client:
        panel = _Dashboard(home, supervisor, client)
        with out.status("starting PostgreSQL") as status:
            await supervisor.start(programs.warehouse(home))
            warehouse_started()
            status.update("preparing the warehouse")
            await asyncio.to_thread(migrate, home.warehouse_url(), home.role_passwords, home.site_time_zone)
            status.update("starting the services")
            starts = [supervisor.start(programs.service(home, name, client)) for name in programs.SERVICES]
            if choices.dashboard and plan is None:
                starts.append(panel.start())
            if choices.storefront:
                starts.append(_open_shop(home, supervisor, client))
            await _together(starts)
        if plan is not None:
            await _in_thread_until(asked, lambda stopped: _fill(home, plan, stopped))
            await _load(home, plan, client)
            if choices.dashboard:  # only now, so that it opens with something to see
                with out.status("starting the dashboard"):
                    await panel.start()
        show_panel(home, with_dashboard=panel.runs, with_storefront=choices.storefront)
        ticks = keep_ticking(
            client,
            home.etl_url,
            every_seconds=choices.tick_seconds,
            log=home.log_of("schedule"),
            say=lambda text: _say(text, []),
        )
        await _together((supervisor.until_failure(), ticks))


async def _open_shop(home: Home, supervisor: Supervisor, client: httpx.AsyncClient) -> None:
    await supervisor.start(storefront.database(home))
    await supervisor.start(storefront.login(home, client))
    await supervisor.start(storefront.app(home, client))


async def _together(jobs: Iterable[Coroutine[object, object, None]]) -> None:
    """Run jobs at the same time; when one fails, end the others before its error is raised."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Dashboard:
    """The dashboard, without which the rest is still of use."""

    def __init__(self, home: Home, supervisor: Supervisor, client: httpx.AsyncClient) -> None:
        self._home, self._supervisor, self._client = home, supervisor, client
        self.runs = False

    async def start(self) -> None:
        """Start it, or say why it does not run."""
        lacking = await asyncio.to_thread(dashboard.missing)
        if not lacking:
            try:
                await self._supervisor.start(programs.shiny(self._home, self._client))
            except ServiceError as error:
                lacking = [str(error)]
        for remedy in lacking:
            _say(f"no dashboard: {remedy}", [])
        self.runs = not lacking


def _fill(home: Home, plan: Plan, stopped: Callable[[], bool]) -> None:
    with share_bar("simulating two weeks of a shop's traffic") as show:

        def progress(share: float) -> None:
            if stopped():
                raise _StoppedError
            show(share)

        lines = demo.fill(home, plan, progress)
    out.print(f"{lines:,} events of a simulated shop are in the lake (--no-demo leaves it empty)")


async def _load(home: Home, plan: Plan, client: httpx.AsyncClient) -> None:
    begin = monotonic()
    try:
        with out.status("loading them into the warehouse"):
            loaded = await demo.load(home, plan, client)
    except ServiceError as error:
        _say(str(error), last_lines(home.log_of("etl")))  # the platform is of use without its demo
    else:
        out.print(f"{loaded:,} of them are loaded into the warehouse, in {monotonic() - begin:.1f} s")


async def _in_thread_until(asked: asyncio.Event, job: Callable[[Callable[[], bool]], None]) -> None:
    """Run a job in a thread; it is told when to stop, since a thread cannot be cancelled."""
    flag = threading.Event()

    async def relay() -> None:
        await asked.wait()
        flag.set()

    relaying = asyncio.create_task(relay())
    try:
        await asyncio.to_thread(job, flag.is_set)
    except asyncio.CancelledError:
        flag.set()
        raise
    finally:
        relaying.cancel()


def _say(text: str, lines: list[str]) -> None:
    err.print(f"[yellow]{escape(text)}[/]", highlight=False)
    for line in lines:
        err.print(f"  {line}", markup=False, highlight=False)
