"""What the shop's own database must hold under buyers at once: vitest against the embedded PostgreSQL."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clickstream.home import OWNER

STOREFRONT = Path(__file__).parents[2] / "storefront"


def test_stock_carts_orders_and_refunds_hold_under_buyers_at_once(warehouse_server: Any) -> None:
    npx = shutil.which("npx")
    if npx is None or not (STOREFRONT / "node_modules" / "vitest").is_dir():
        pytest.skip("the shop's packages are not installed: make test-storefront")
    warehouse_server.command("CREATE DATABASE shop_test")
    try:
        done = subprocess.run(
            [npx, "vitest", "run", "test/database"],
            cwd=STOREFRONT, capture_output=True, text=True, timeout=240, check=False,
            env={**os.environ, "SHOP_TEST_DATABASE_URL": warehouse_server.home.warehouse_url(OWNER, "shop_test")},
        )  # fmt: skip
    finally:
        warehouse_server.command("DROP DATABASE shop_test WITH (FORCE)")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
