"""The commands of amplify.yml, run in a clean copy of the repository as Amplify runs them (`make test-storefront`)."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
import yaml
from free_ports import free_ports
from moto.server import ThreadedMotoServer

from clickstream.home import OWNER

REPOSITORY = Path(__file__).parents[2]
_PASSWORD_NAME = "/clickstream/dev/shop/shop-password"
_REGION = "eu-central-1"
_BUILD_SECONDS = 540

pytestmark = pytest.mark.skipif(
    not (os.environ.get("AMPLIFY_PROOF") and shutil.which("npm")),
    reason="installs and builds the whole shop: make test-storefront",
)


@dataclass(frozen=True)
class Build:
    """What Amplify's build left behind."""

    folder: Path
    password: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def build(warehouse_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """A clean copy that the commands were run in, with a database whose password is in Systems Manager alone."""
    copy = tmp_path_factory.mktemp("amplify")
    _copy_sources(copy)
    plan = yaml.safe_load((copy / "amplify.yml").read_text())["applications"][0]
    url = warehouse_server.home.warehouse_url(OWNER, "shop_amplify")
    password = urlsplit(url).password
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    warehouse_server.command("CREATE DATABASE shop_amplify")
    try:
        host, port = server.get_host_and_port()
        aws = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_REGION": _REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        ssm = boto3.client(
            "ssm", endpoint_url=aws["AWS_ENDPOINT_URL"], region_name=_REGION,
            aws_access_key_id="testing", aws_secret_access_key="testing",
        )  # fmt: skip
        ssm.put_parameter(Name=_PASSWORD_NAME, Value=password, Type="SecureString")
        machine = {name: value for name, value in os.environ.items() if not name.startswith(("NEXT_", "SHOP_"))} | aws
        # As infra/cloudformation/50-frontend.yaml sets them.
        app = {
            "NEXT_PUBLIC_AWS_REGION": _REGION,
            "NEXT_PUBLIC_COGNITO_USER_POOL_ID": f"{_REGION}_pool",
            "NEXT_PUBLIC_COGNITO_CLIENT_ID": "client",
            "NEXT_PUBLIC_ASSETS_URL": "https://assets.example",
            "NEXT_PUBLIC_CLICKSTREAM_URL": "https://collect.example/clickstream",
            "SHOP_DATABASE_URL": url.replace(f":{password}@", f":{{{{ssm:{_PASSWORD_NAME}}}}}@"),
        }
        commands = [line for phase in plan["frontend"]["phases"].values() for line in phase["commands"]]
        done = subprocess.run(
            ["bash", "-c", "\n".join(["set -eo pipefail", *commands])],
            cwd=copy / plan["appRoot"], env=machine | app,
            capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        yield Build(copy / plan["appRoot"], str(password), machine)
    finally:
        warehouse_server.command("DROP DATABASE shop_amplify WITH (FORCE)")
        server.stop()
        shutil.rmtree(copy)


def _copy_sources(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target / name)


def test_the_build_leaves_what_amplify_deploys_and_no_password(build: Build) -> None:
    assert (build.folder / ".next" / "BUILD_ID").is_file()
    assert len(list((build.folder / "public" / "products").glob("*.svg"))) >= 40
    written = [path for path in build.folder.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    assert build.folder / ".env.production" in written
    assert [path for path in written if build.password.encode() in path.read_bytes()] == []


def test_the_pages_are_served_from_a_database_whose_password_is_read_from_systems_manager(build: Build) -> None:
    port = free_ports()
    next_server = [str(build.folder / "node_modules/next/dist/bin/next"), "start", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(["node", *next_server], cwd=build.folder, env=build.environment)
    try:
        page = _get(f"http://127.0.0.1:{port}/en/p/aurora-14", server)
    finally:
        server.terminate()
        server.wait(20)
    assert page.status_code == 200
    assert "Aurora 14" in page.text
    assert "https://assets.example/products/aurora-14.svg" in page.text


def _get(url: str, server: subprocess.Popen[bytes]) -> httpx.Response:
    deadline = time.monotonic() + 60
    while True:
        assert server.poll() is None
        try:
            return httpx.get(url, timeout=30)
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
