"""The example shop beside the platform: its own PostgreSQL, its login (moto's Cognito), and the Next.js app.

HOME/shop/ holds all of it. Its database server is another one than the warehouse's, with another data folder, port and
passwords: neither can be reached with what the other knows. The login is kept in memory and forgets its customers when
it stops.
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import httpx
from psycopg2 import sql

from clickstream.dashboard import REPOSITORY
from clickstream.database_program import database_program
from clickstream.home import OWNER, Home
from clickstream.postgres import owner_cursor
from clickstream.processes import Program
from clickstream.readiness import answers

STOREFRONT = "storefront"
SHOP_DATABASE = "shop-database"
SHOP_LOGIN = "shop-login"
NAMES = (SHOP_DATABASE, SHOP_LOGIN, STOREFRONT)

FOLDER = REPOSITORY / STOREFRONT
_ROLE = "shop"
_READY_SECONDS = 120.0  # Next.js on a cold disk; migrating and seeding take one of them


def missing() -> list[str]:
    """What the shop lacks on this machine, one remedy each; empty where it can run."""
    lacking = []
    if _node() is None:
        lacking.append("Node.js is not installed: apt-get install nodejs npm")
    if not (FOLDER / ".next" / "BUILD_ID").is_file() or not (FOLDER / "node_modules" / "next").is_dir():
        lacking.append(f"the shop in {FOLDER} is not built: make shop")
    if find_spec("moto") is None or find_spec("flask") is None:
        lacking.append("moto, which plays Cognito, is not installed: make setup")
    return lacking


def shop_home(home: Home) -> Home:
    """The shop's own folder, with the passwords of its own database server."""
    path = home.path / "shop"
    (path / "logs").mkdir(parents=True, exist_ok=True)
    return replace(
        home, path=path, passwords=_passwords(path / "passwords.json"), ports={"warehouse": home.ports[SHOP_DATABASE]}
    )


def database_url(home: Home) -> str:
    """URL of the shop's database for the shop, with its password."""
    password = shop_home(home).passwords[_ROLE]
    return f"postgresql://{_ROLE}:{password}@127.0.0.1:{home.ports[SHOP_DATABASE]}/{_ROLE}"


def database(home: Home) -> Program:
    """The shop's own PostgreSQL."""
    return database_program(SHOP_DATABASE, shop_home(home), home.log_of(SHOP_DATABASE), _make_database)


def login(home: Home, client: httpx.AsyncClient) -> Program:
    """moto's Cognito. Ids of pools are made of their names, so that they are the same after a restart."""
    return Program(
        name=SHOP_LOGIN,
        argv=(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(home.ports[SHOP_LOGIN])),
        environment={
            **os.environ,
            "MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY": "HASH",
            "MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY": "HASH",
        },
        folder=home.path,
        log=home.log_of(SHOP_LOGIN),
        is_ready=answers(client, f"{_login_url(home)}/moto-api/"),
    )


def app(home: Home, client: httpx.AsyncClient) -> Program:
    """The Next.js app. It brings its database up to date and makes its user pool before it answers."""
    return Program(
        name=STOREFRONT,
        argv=(str(_node()), str(FOLDER / "scripts" / "start.mjs")),
        environment={
            **os.environ,
            "HOSTNAME": "127.0.0.1",
            "PORT": str(home.ports[STOREFRONT]),
            "SHOP_DATABASE_URL": database_url(home),
            "SHOP_LOCAL_LOGIN": _login_url(home),
            "NEXT_PUBLIC_COGNITO_ENDPOINT": _login_url(home),
            "NEXT_PUBLIC_CLICKSTREAM_URL": f"{home.collector_url}/clickstream",
        },
        folder=FOLDER,
        log=home.log_of(STOREFRONT),
        is_ready=answers(client, f"{home.storefront_url}/health"),
        ready_seconds=_READY_SECONDS,
    )


def _login_url(home: Home) -> str:
    return f"http://127.0.0.1:{home.ports[SHOP_LOGIN]}"


def _node() -> str | None:
    beside = Path(sys.executable).with_name("node")
    return shutil.which("node") or (str(beside) if beside.exists() else None)


def _passwords(file: Path) -> Mapping[str, str]:
    with suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({role: secrets.token_urlsafe(24) for role in (OWNER, _ROLE)}, stream)
    passwords: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return passwords


def _make_database(shop: Home) -> None:
    """Make the role and the database `shop` where they are missing.

    Raises:
        psycopg2.OperationalError: the server does not accept connections (yet).
    """
    with owner_cursor(shop) as cursor:
        role = sql.Identifier(_ROLE)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (_ROLE,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD %s").format(role), (shop.passwords[_ROLE],))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_ROLE,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
