"""The user data of the analytics instance, run for real: what boots, who may come in, what outlives the machine."""

import base64
import time
from pathlib import Path

import pytest

from deploy.artifacts import setup_archive

from .conftest import DASHBOARD_IMAGE
from .machine import BUCKET, REPOSITORY, Machine
from .vpc import Vpc

PASSWORDS = {"owner": "the owner's p@ss", "etl": "etl/secret%1", "admin": "admin secret", "dashboard": "dash"}
SETTINGS = "POSTGRES_VERSION=17\nETL_CIDRS=10.0.32.0/24,10.0.33.0/24\nADMIN_CIDRS=10.0.48.0/24,10.0.49.0/24\n"


def url(role: str, host: str = "10.0.16.10", tls: str = "require") -> str:
    return (
        f"host={host} dbname=clickstream user=clickstream_{role} sslmode={tls}"
        f" password='{PASSWORDS[role].replace(chr(39), chr(92) + chr(39))}'"
    )


def url_of_owner() -> str:
    return "postgresql://clickstream_owner:the%20owner%27s%20p%40ss@10.0.16.10:5432/clickstream?sslmode=require"


def password(role: str, value: str) -> tuple[str, str, dict[str, object]]:
    name = f"/clickstream/test/warehouse/{role}-password"
    return "ssm", "put_parameter", {"Name": name, "Value": value, "Type": "SecureString", "Overwrite": True}


@pytest.fixture(scope="module")
def booted(vpc: Vpc, machine: Machine) -> Machine:
    """The machine after its first boot, migrated."""
    archive = base64.b64encode(setup_archive(REPOSITORY / "infra" / "instance")).decode()
    vpc.call(
        (
            "s3",
            "create_bucket",
            {"Bucket": BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}},
        ),
        *(password(role, value) for role, value in PASSWORDS.items()),
        ("s3", "put_object", {"Bucket": BUCKET, "Key": "instance/warehouse.env", "Body": SETTINGS}),
        ("s3", "put_object", {"Bucket": BUCKET, "Key": "instance/setup.b64", "Body": archive}),
    )
    (machine.root / "tmp/setup.b64").write_text(archive)
    sent = machine.do(f"base64 -d /tmp/setup.b64 | aws s3 cp --only-show-errors - s3://{BUCKET}/instance/setup.tar.gz")
    assert sent.returncode == 0, sent.stderr
    done = machine.first_boot()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "formatting the empty volume" in done.stdout
    assert vpc.migrate("etl", url_of_owner())
    return machine


@pytest.mark.usefixtures("booted")
def test_the_etl_writes_from_its_subnet(vpc: Vpc) -> None:
    answer = vpc.query(
        "etl",
        url("etl"),
        "INSERT INTO etl.runs (run_id, trigger, requested_by, state, replace)"
        " VALUES (gen_random_uuid(), 'schedule', 'test', 'succeeded', false)",
        "SELECT ssl, client_addr FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE pid = pg_backend_pid()",
    )
    assert answer == {"rows": [[True, "10.0.32.20"]]}


@pytest.mark.usefixtures("booted")
def test_the_dashboard_reads_beside_the_database_and_is_refused_a_write(vpc: Vpc) -> None:
    here = url("dashboard", "127.0.0.1")
    assert vpc.query("warehouse", here, "SELECT count(*) FROM public.clickstream_events") == {"rows": [[0]]}
    refused = vpc.query("warehouse", here, "INSERT INTO public.site (time_zone) VALUES ('UTC')")
    assert "permission denied" in refused["error"]
    refused = vpc.query("warehouse", here, "DELETE FROM public.clickstream_events")
    assert "permission denied" in refused["error"]


@pytest.mark.usefixtures("booted")
@pytest.mark.parametrize(
    ("subnet", "role"),
    [("public", "etl"), ("admin", "etl"), ("etl", "admin"), ("etl", "dashboard"), ("admin", "owner"), ("aws", "owner")],
)
def test_a_role_is_refused_from_a_subnet_that_is_not_its_own(vpc: Vpc, subnet: str, role: str) -> None:
    assert "no pg_hba.conf entry for host" in vpc.query(subnet, url(role), "SELECT 1")["error"]


@pytest.mark.usefixtures("booted")
def test_nobody_comes_in_without_tls_or_with_a_wrong_password(vpc: Vpc) -> None:
    assert "no encryption" in vpc.query("etl", url("etl", tls="disable"), "SELECT 1")["error"]
    wrong = url("etl").replace("secret", "Secret")
    assert "password authentication failed" in vpc.query("etl", wrong, "SELECT 1")["error"]


@pytest.mark.usefixtures("booted")
def test_the_admin_api_reads_from_its_subnet(vpc: Vpc) -> None:
    assert "rows" in vpc.query("admin", url("admin"), "SELECT * FROM etl.windows")


@pytest.mark.usefixtures("booted")
def test_the_machine_tells_the_etl_how_full_its_disk_is(vpc: Vpc) -> None:
    ((used,),) = vpc.query("etl", url("etl"), "SELECT host.disk_used_percent()")["rows"]
    assert 1 <= used <= 99


def test_no_secret_is_on_the_disk_or_in_a_log(booted: Machine) -> None:
    for secret in ("etl/secret%1", "admin secret"):
        found = booted.do(f"grep -rlaF '{secret}' /etc/clickstream /opt /var/log /var/lib/clickstream /run /tmp; true")
        assert found.stdout == ""


def test_running_it_again_changes_nothing(booted: Machine) -> None:
    pid = booted.do("cat /run/clickstream-postgres.service.pid").stdout
    again = booted.refresh()
    assert (again.returncode, again.stdout) == (0, ""), again.stdout + again.stderr
    whole = booted.do("/opt/clickstream/instance/setup")
    assert (whole.returncode, whole.stdout) == (0, "clickstream-setup: done\n"), whole.stdout + whole.stderr
    assert booted.do("cat /run/clickstream-postgres.service.pid").stdout == pid


def test_a_rotated_password_is_taken_over(booted: Machine, vpc: Vpc) -> None:
    vpc.call(password("etl", "another"))
    assert booted.refresh().returncode == 0
    assert "password authentication failed" in vpc.query("etl", url("etl"), "SELECT 1")["error"]
    assert vpc.query("etl", url("etl").replace(PASSWORDS["etl"], "another"), "SELECT 1") == {"rows": [[1]]}
    vpc.call(password("etl", PASSWORDS["etl"]))
    assert booted.refresh().returncode == 0


def test_changed_settings_are_taken_over(booted: Machine, vpc: Vpc) -> None:
    closed = SETTINGS.replace("10.0.32.0/24,", "")
    vpc.call(("s3", "put_object", {"Bucket": BUCKET, "Key": "instance/warehouse.env", "Body": closed}))
    assert booted.refresh().returncode == 0
    assert "no pg_hba.conf entry" in vpc.query("etl", url("etl"), "SELECT 1")["error"]
    vpc.call(("s3", "put_object", {"Bucket": BUCKET, "Key": "instance/warehouse.env", "Body": SETTINGS}))
    assert booted.refresh().returncode == 0
    assert "rows" in vpc.query("etl", url("etl"), "SELECT 1")


def test_the_dashboard_is_fetched_and_runs_beside_the_database(
    booted: Machine, vpc: Vpc, dashboard_archive: Path
) -> None:
    dashboard = {
        "DASHBOARD_IMAGE": DASHBOARD_IMAGE,
        "DASHBOARD_ARCHIVE": dashboard_archive.name,
        "ADMIN_API_URL": "http://10.0.48.20:1",  # nobody is there
    }
    settings = SETTINGS + "".join(f"{name}={value}\n" for name, value in dashboard.items())
    token = {"Name": "/clickstream/test/admin-api/token", "Value": "a token of the test", "Type": "SecureString"}
    image = {"Filename": str(dashboard_archive), "Bucket": BUCKET, "Key": f"instance/{dashboard_archive.name}"}
    vpc.call(
        ("ssm", "put_parameter", token),
        ("s3", "upload_file", image),
        ("s3", "put_object", {"Bucket": BUCKET, "Key": "instance/warehouse.env", "Body": settings}),
    )
    older = booted.do("tar --create --files-from /dev/null | docker import - localhost/clickstream-dashboard:older")
    assert older.returncode == 0, older.stderr
    done = booted.refresh()
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"the dashboard runs {DASHBOARD_IMAGE}" in done.stdout
    images = booted.do("docker image ls --format '{{.Repository}}:{{.Tag}}'").stdout.split()
    assert images == [DASHBOARD_IMAGE]

    deadline = time.monotonic() + 120
    while (page := vpc.fetch("warehouse", "http://127.0.0.1:3838/health/live")).get("status") != 200:
        log = booted.do("cat /var/log/clickstream-dashboard.service.log").stdout
        assert time.monotonic() < deadline, f"{page} {log}"
        time.sleep(1)
    assert "Clickstream" in vpc.fetch("warehouse", "http://127.0.0.1:3838/")["body"]
    assert "error" in vpc.fetch("etl", "http://10.0.16.10:3838/")

    told = booted.do("docker inspect --format '{{.Id}} {{.HostConfig.ReadonlyRootfs}}' clickstream-dashboard").stdout
    assert told.split()[1] == "true"
    again = booted.refresh()
    assert (again.returncode, again.stdout) == (0, ""), again.stdout + again.stderr
    assert (
        told
        == booted.do("docker inspect --format '{{.Id}} {{.HostConfig.ReadonlyRootfs}}' clickstream-dashboard").stdout
    )
    assert booted.do("stat -c %a /run/clickstream/dashboard.env").stdout == "600\n"


def test_a_volume_that_was_made_larger_is_filled(booted: Machine) -> None:
    size = "df --output=size -m /var/lib/clickstream | tail -1"
    before = int(booted.do(size).stdout)
    booted.grow_volume(400)
    done = booted.refresh()
    assert done.returncode == 0
    if "Permission denied to resize" in done.stdout:
        pytest.skip("this sandbox's root may not resize a mounted file system (CAP_SYS_RESOURCE)")
    assert int(booted.do(size).stdout) > before + 60


def test_a_reboot_brings_everything_back(booted: Machine, vpc: Vpc) -> None:
    done = booted.start_again()
    assert done.returncode == 0, done.stdout + done.stderr
    assert vpc.query("etl", url("etl"), "SELECT count(*) FROM etl.runs WHERE requested_by = 'test'") == {"rows": [[1]]}


def test_another_machine_finds_the_data_on_the_volume(booted: Machine, vpc: Vpc) -> None:
    done = booted.replace()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "formatting" not in done.stdout
    assert vpc.query("etl", url("etl"), "SELECT count(*) FROM etl.runs WHERE requested_by = 'test'") == {"rows": [[1]]}


def test_a_volume_with_something_else_on_it_is_not_touched(booted: Machine) -> None:
    booted.stop()
    booted.do("dd if=/dev/urandom of=$(readlink -f /dev/disk/by-id/nvme*) bs=1M count=2 conv=notrunc status=none")
    done = booted.refresh("--boot")
    assert done.returncode == 1
    assert "not touched" in done.stderr
