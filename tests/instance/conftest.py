"""A network of namespaces like the VPC's subnets, with a machine (a chroot) that boots by its user data."""

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .machine import Machine
from .vpc import Vpc

# Needs root, and minutes to make a root file system: `make test-instance`.
collect_ignore_glob = [] if os.environ.get("INSTANCE_PROOF") else ["test_*.py"]
_PRISTINE = Path("/var/tmp/clickstream-instance/root")  # noqa: S108 -- kept between runs; holds no secret
DASHBOARD_IMAGE = "localhost/clickstream-dashboard:latest"
_PROGRAMS = ("ip", "nsenter", "debootstrap", "losetup", "mkfs.ext4")


@pytest.fixture(scope="session")
def pristine() -> Path:
    """A Debian with the packages that the setup would install, made once a machine."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip(f"needs root and {', '.join(missing or _PROGRAMS)}")
    if not (_PRISTINE / "usr/lib/postgresql/17/bin/postgres").exists():
        shutil.rmtree(_PRISTINE, ignore_errors=True)
        _PRISTINE.parent.mkdir(parents=True, exist_ok=True)
        packages = "ca-certificates,openssl,python3,e2fsprogs,udev"
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={packages}", "trixie", _PRISTINE], check=True, timeout=900
        )
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", _PRISTINE / "etc/ssl/certs/ca-certificates.crt")
        install = (
            "mkdir -p /etc/postgresql-common"
            " && echo create_main_cluster = false >/etc/postgresql-common/createcluster.conf"
            " && apt-get update -q"
            " && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends awscli postgresql-17"
        )
        subprocess.run(["chroot", _PRISTINE, "sh", "-c", install], check=True, timeout=900)
    return _PRISTINE


@pytest.fixture(scope="module")
def dashboard_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dashboard's image as a deployment puts it into the bucket."""
    podman = shutil.which("podman")
    if podman is None or subprocess.run([podman, "image", "exists", DASHBOARD_IMAGE], check=False).returncode != 0:
        pytest.skip(f"needs podman and the image {DASHBOARD_IMAGE}: make images CONTAINER_TOOL=podman")
    archive = tmp_path_factory.mktemp("image") / "dashboard.tar.gz"
    saving = subprocess.Popen([podman, "save", DASHBOARD_IMAGE], stdout=subprocess.PIPE)
    with saving, gzip.open(archive, "wb", compresslevel=1) as packed:
        assert saving.stdout is not None
        shutil.copyfileobj(saving.stdout, packed)
    assert saving.returncode == 0
    return archive


@pytest.fixture(scope="module")
def vpc() -> Iterator[Vpc]:
    """Subnets, and AWS at the end of a way that only the inside knows."""
    with Vpc() as made:
        yield made


@pytest.fixture(scope="module")
def machine(vpc: Vpc, pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The analytics instance, with an empty volume; not booted yet."""
    made = Machine(vpc, pristine, tmp_path_factory.mktemp("machine"))
    try:
        yield made
    finally:
        made.destroy()
