"""The home folder: everything that the platform keeps on this machine.

HOME/clickstream.json   ports, passwords, the admin token; only its owner can read it
HOME/lake/              the raw lake
HOME/postgres/          the data of the embedded PostgreSQL
HOME/logs/              one log file per service
"""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from clickstream.errors import HomeError

DEFAULT_PORTS: Mapping[str, int] = {
    "collector": 8001,
    "etl": 8002,
    "admin-api": 8003,
    "dashboard": 3838,
    "storefront": 3000,
    "warehouse": 5433,
    "shop-database": 5434,
    "shop-login": 5435,
}
LOWEST_PORT_BASE = 1023  # the ports below 1024 belong to root
HIGHEST_PORT_BASE = 65_535 - len(DEFAULT_PORTS)
OWNER = "clickstream_owner"
SERVICE_ROLES = ("clickstream_etl", "clickstream_admin", "clickstream_dashboard")
DATABASE = "clickstream"

_FILE = "clickstream.json"


def ports_from(base: int) -> dict[str, int]:
    """The ports that `--port-base` gives: the collector has base + 1, and so on in the order of DEFAULT_PORTS."""
    return {service: base + offset for offset, service in enumerate(DEFAULT_PORTS, start=1)}


@dataclass(frozen=True, slots=True)
class Home:
    """An opened home folder. ``ports`` is by service, ``passwords`` by database role."""

    path: Path
    ports: Mapping[str, int]
    passwords: Mapping[str, str] = field(repr=False)
    admin_token: str = field(repr=False)
    site_time_zone: str

    @property
    def lake(self) -> Path:
        """Folder of the raw lake."""
        return self.path / "lake"

    @property
    def postgres_data(self) -> Path:
        """Data folder of the embedded PostgreSQL."""
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        """Folder of the services' log files."""
        return self.path / "logs"

    @property
    def role_passwords(self) -> dict[str, str]:
        """Passwords of the roles that the services use, for the warehouse's migration."""
        return {role: self.passwords[role] for role in SERVICE_ROLES}

    @property
    def lake_url(self) -> str:
        """URL of the raw lake, as the services' CLICKSTREAM_LAKE_URL."""
        return f"file://{self.lake}"

    def warehouse_url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """URL of the warehouse for a role, with its password.

        Raises:
            HomeError: no such role.
        """
        if role not in self.passwords:
            raise HomeError(f"no role {role!r} in {self.path / _FILE}: it has {', '.join(self.passwords)}")
        return (
            f"postgresql://{role}:{quote(self.passwords[role], safe='')}@127.0.0.1:{self.ports['warehouse']}/{database}"
        )

    @property
    def collector_url(self) -> str:
        """Where the collector listens."""
        return self._local("collector")

    @property
    def etl_url(self) -> str:
        """Where the ETL listens."""
        return self._local("etl")

    @property
    def admin_api_url(self) -> str:
        """Where the admin API listens."""
        return self._local("admin-api")

    @property
    def dashboard_url(self) -> str:
        """Where the dashboard listens."""
        return self._local("dashboard")

    @property
    def storefront_url(self) -> str:
        """Where the storefront listens."""
        return self._local("storefront")

    def log_of(self, service: str) -> Path:
        """The log file of a service."""
        return self.logs / f"{service}.log"

    def _local(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"


def open_home(path: Path, port_base: int | None = None, site_time_zone: str | None = None) -> Home:
    """Open a home folder; make it, with fresh passwords, on first use.

    ``port_base`` and ``site_time_zone`` change what the folder remembers; None keeps it.

    Raises:
        HomeError: the folder cannot be made or read, or its clickstream.json is damaged.
    """
    path = path.expanduser().resolve()
    try:
        for folder in (path, path / "lake", path / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        file = path / _FILE
        if not file.exists():
            _write_once(file, _fresh())
        written = json.loads(file.read_text(encoding="utf-8"))
        changes: dict[str, Any] = {}
        if port_base is not None:
            changes["ports"] = ports_from(port_base)
        if site_time_zone is not None:
            changes["siteTimeZone"] = site_time_zone
        if any(written.get(key) != value for key, value in changes.items()):
            written |= changes
            _replace(file, written)
        return _parse(path, written)
    except OSError as error:
        raise HomeError(
            f"cannot use {path} as the home folder: {error.strerror or error} ({error.filename})"
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise HomeError(
            f"{path / _FILE} is damaged ({type(error).__name__}: {error}): mend it, or choose another --home"
        ) from error


def _fresh() -> dict[str, Any]:
    return {
        "ports": dict(DEFAULT_PORTS),
        "passwords": {role: secrets.token_urlsafe(24) for role in (OWNER, *SERVICE_ROLES)},
        "adminToken": secrets.token_urlsafe(32),
        "siteTimeZone": "UTC",
    }


def _parse(path: Path, written: Mapping[str, Any]) -> Home:
    return Home(
        path=path,
        ports={service: int(written["ports"].get(service, port)) for service, port in DEFAULT_PORTS.items()},
        passwords={role: str(written["passwords"][role]) for role in (OWNER, *SERVICE_ROLES)},
        admin_token=str(written["adminToken"]),
        site_time_zone=str(written["siteTimeZone"]),
    )


def _write_once(file: Path, content: Mapping[str, Any]) -> None:
    """Write a file that must be new. Two commands may start at once: the second keeps what the first wrote."""
    temporary = _temporary(file, content)
    try:
        os.link(temporary, file)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _replace(file: Path, content: Mapping[str, Any]) -> None:
    _temporary(file, content).replace(file)


def _temporary(file: Path, content: Mapping[str, Any]) -> Path:
    # mkstemp makes the file with mode 600, so that the passwords are never readable by others, not for a moment.
    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.write("\n")
    return Path(name)
