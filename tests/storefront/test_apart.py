"""The shop's database and the warehouse know nothing of each other."""

from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest

from clickstream.storefront import database_url

from .conftest import Shop

pytestmark = pytest.mark.stack


def test_the_shops_password_opens_its_own_database_and_never_the_warehouse(shop: Shop) -> None:
    own = database_url(shop.home)
    psycopg2.connect(own).close()
    password = urlsplit(own).password
    for role in ("shop", "clickstream_owner", "clickstream_etl", "clickstream_dashboard"):
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(
                host="127.0.0.1", port=shop.home.ports["warehouse"], user=role, password=password, dbname="clickstream"
            )


def test_no_role_of_the_warehouse_opens_the_shops_database(shop: Shop) -> None:
    for role, password in shop.home.passwords.items():
        for user in {role, "shop"}:
            with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
                psycopg2.connect(
                    host="127.0.0.1", port=shop.home.ports["shop-database"], user=user, password=password, dbname="shop"
                )


def test_no_process_is_told_the_others_password(shop: Shop) -> None:
    secret = urlsplit(database_url(shop.home)).password
    assert secret is not None
    shops, others = [], []
    for child in psutil.Process(shop.process.pid).children(recursive=True):
        try:
            told = " ".join(child.environ().values()) + " ".join(child.cmdline())
        except psutil.NoSuchProcess:  # such as a process of PostgreSQL that served one connection
            continue
        (shops if "scripts/start.mjs" in told or "next" in told.lower() else others).append(told)
    assert shops
    assert others
    assert all(secret not in told for told in others)
    assert all(password not in told for told in shops for password in shop.home.passwords.values())


def test_no_source_of_services_or_dashboard_names_the_shops_database() -> None:
    repository = Path(__file__).parents[2]
    sources = [
        path
        for folder in ("services", "shiny/R", "packages/warehouse/src", "packages/lake/src")
        for path in (repository / folder).rglob("*")
        if path.suffix in {".py", ".R", ".sql"}
    ]
    assert len(sources) > 50
    assert [path for path in sources if "SHOP_DATABASE_URL" in path.read_text(encoding="utf-8")] == []
