"""The whole life of an environment against moto, by the commands that an operator types."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .conftest import Aws

ENVIRONMENT = "test"
MIGRATED = {"before": None, "after": "2026_11_23_newest", "steps": ["role: clickstream_etl", "table: events"]}


@pytest.fixture(scope="module")
def deployed(aws: Aws) -> Aws:
    """An account in which a first deployment stopped, for a build failed, and a second went on to the end."""
    aws.migration_answers(MIGRATED)
    with building_fails(aws):
        stopped = aws.command("deploy", ENVIRONMENT)
    (aws.programs / "stopped").write_text(stopped.stdout + stopped.stderr)
    assert stopped.returncode == 1
    done = aws.command("deploy", ENVIRONMENT)
    assert done.returncode == 0, done.stdout + done.stderr
    (aws.programs / "done").write_text(done.stdout)
    return aws


@contextmanager
def building_fails(aws: Aws) -> Iterator[None]:
    """A container tool with which no image can be built."""
    tool = aws.programs / "docker"
    working = tool.read_text()
    tool.write_text('#!/bin/sh\n[ "$1" != build ] || { echo "no space left" >&2; exit 17; }\n')
    try:
        yield
    finally:
        tool.write_text(working)


def test_a_step_that_fails_is_named_without_a_traceback(deployed: Aws) -> None:
    told = (deployed.programs / "stopped").read_text()
    assert "clickstream-deploy: «docker build --platform linux/arm64" in told
    assert "ended with 17" in told
    assert "Traceback" not in told


def test_the_next_run_goes_on_where_the_first_stopped(deployed: Aws) -> None:
    told = (deployed.programs / "done").read_text()
    for stack in ("network", "access", "storage"):
        assert f"stack clickstream-test-{stack}: as it should be" in told
    for stack in ("databases", "collector", "etl", "admin-api", "frontend", "observability", "dashboard"):
        assert f"stack clickstream-test-{stack}: deployed" in told
    assert "warehouse: table: events\nwarehouse: at 2026_11_23_newest" in told
    assert "dashboard: make tunnel ENV=test" in told


def test_stacks_are_wired_to_each_other_by_what_they_export(deployed: Aws) -> None:
    network = outputs(deployed, "network")
    function = deployed.client("lambda").get_function(FunctionName="clickstream-test-etl")["Configuration"]
    assert ",".join(function["VpcConfig"]["SubnetIds"]) == network["EtlSubnets"]
    assert function["VpcConfig"]["SecurityGroupIds"] == [outputs(deployed, "access")["EtlGroup"]]
    (interface,) = deployed.client("ec2").describe_network_interfaces(
        Filters=[{"Name": "addresses.private-ip-address", "Values": ["10.0.16.10"]}]
    )["NetworkInterfaces"]
    assert interface["SubnetId"] == network["WarehouseSubnetA"]


def test_no_secret_is_in_the_configuration_of_a_function_or_shown(deployed: Aws) -> None:
    secrets = {
        parameter["Value"]
        for name in ("owner", "etl", "admin", "dashboard")
        for parameter in [
            deployed.client("ssm").get_parameter(
                Name=f"/clickstream/test/warehouse/{name}-password", WithDecryption=True
            )["Parameter"]
        ]
    }
    assert len(secrets) == 4
    assert all(len(secret) == 32 for secret in secrets)
    shown = (deployed.programs / "done").read_text() + "\n".join(deployed.programs_run())
    configured = [
        json.dumps(deployed.client("lambda").get_function(FunctionName=f"clickstream-test-{name}"), default=str)
        for name in ("collector", "etl", "migrate", "admin-api")
    ]
    for secret in secrets:
        assert secret not in shown
        assert not any(secret in text for text in configured)
    environment = deployed.client("lambda").get_function(FunctionName="clickstream-test-etl")["Configuration"][
        "Environment"
    ]["Variables"]
    assert environment["CLICKSTREAM_WAREHOUSE_URL"] == (
        "postgresql://clickstream_etl:{{ssm:/clickstream/test/warehouse/etl-password}}@10.0.16.10:5432/clickstream"
        "?sslmode=require"
    )


def test_functions_run_the_very_image_that_was_pushed(deployed: Aws) -> None:
    pushed = deployed.client("ecr").describe_images(repositoryName="clickstream-test/etl")["imageDetails"]
    function = deployed.client("lambda").get_function(FunctionName="clickstream-test-etl")
    assert function["Code"]["ImageUri"].endswith("@" + pushed[0]["imageDigest"])


def test_what_the_instance_fetches_is_in_its_bucket(deployed: Aws) -> None:
    bucket = outputs(deployed, "storage")["ArtifactsBucket"]
    s3 = deployed.client("s3")
    settings = s3.get_object(Bucket=bucket, Key="instance/warehouse.env")["Body"].read().decode()
    told = dict(line.split("=", 1) for line in settings.splitlines())
    assert told["POSTGRES_VERSION"] == "17"
    assert told["ETL_CIDRS"] == "10.0.32.0/24,10.0.33.0/24"
    assert told["ADMIN_API_URL"] == outputs(deployed, "admin-api")["AdminApiUrl"]
    assert s3.head_object(Bucket=bucket, Key=f"instance/{told['DASHBOARD_ARCHIVE']}")["ContentLength"] > 0
    shop = s3.get_object(Bucket=bucket, Key="instance/shop.env")["Body"].read().decode()
    assert "SHOP_CIDRS=203.0.113.0/24" in shop


def test_the_shops_pictures_are_drawn_and_in_their_bucket(deployed: Aws) -> None:
    assert "node storefront/scripts/draw-pictures.mjs" in deployed.programs_run()
    bucket = outputs(deployed, "frontend")["AssetBucket"]
    pictures = {item["Key"] for item in deployed.client("s3").list_objects_v2(Bucket=bucket)["Contents"]}
    assert len(pictures) >= 40
    picture = deployed.client("s3").head_object(Bucket=bucket, Key="products/aurora-14.svg")
    assert picture["ContentType"] == "image/svg+xml"
    assert f"pictures of the shop: {len(pictures)} new" in (deployed.programs / "done").read_text()


def test_doing_it_again_changes_nothing_and_builds_nothing(deployed: Aws) -> None:
    before = len(deployed.programs_run())
    deployed.migration_answers(MIGRATED | {"steps": []})
    done = deployed.command("deploy", ENVIRONMENT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deployed in" not in done.stdout
    assert "secrets: all there" in done.stdout
    assert "instance settings" not in done.stdout
    assert "pictures of the shop: 0 new" in done.stdout
    assert deployed.programs_run()[before:] == ["node storefront/scripts/draw-pictures.mjs"]


def test_a_plan_shows_a_change_before_it_is_made_and_makes_none(deployed: Aws) -> None:
    settings = deployed.repository / "infra" / "params" / "test.json"
    original = settings.read_text()
    changed = json.loads(original)
    changed["parameters"]["EtlMemoryMiB"] = 4096
    settings.write_text(json.dumps(changed))
    try:
        done = deployed.command("plan", ENVIRONMENT)
    finally:
        settings.write_text(original)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "clickstream-test-network: nothing changes" in done.stdout
    # Moto tells that the stack would change, not which of its resources.
    assert "clickstream-test-etl: changes" in done.stdout
    assert done.stdout.count(": changes") == 1
    function = deployed.client("lambda").get_function(FunctionName="clickstream-test-etl")
    assert function["Configuration"]["MemorySize"] == 3008


def test_an_unknown_secret_is_refused_with_the_names_of_those_that_there_are(deployed: Aws) -> None:
    failed = deployed.command("rotate-secret", ENVIRONMENT, "warehouse/unknown-password")
    assert failed.returncode == 1
    assert "warehouse/etl-password" in failed.stderr


def test_a_rotated_secret_has_another_value(deployed: Aws) -> None:
    name = "/clickstream/test/warehouse/etl-password"
    ssm = deployed.client("ssm")
    before = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    done = deployed.command("rotate-secret", ENVIRONMENT, "warehouse/etl-password")
    assert done.returncode == 0, done.stderr
    after = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    assert after != before
    assert after not in done.stdout


def test_the_tunnel_leads_to_dashboard_and_database_of_the_instance(deployed: Aws) -> None:
    done = deployed.command("tunnel", ENVIRONMENT, "--database-port", "15432")
    assert done.returncode == 0, done.stderr
    (instance,) = instances(deployed, "warehouse")
    sessions = sorted(line for line in deployed.programs_run() if line.startswith("session-manager-plugin"))
    assert len(sessions) == 2
    for session, port, local in zip(sessions, ("3838", "5432"), ("3838", "15432"), strict=True):
        assert instance["InstanceId"] in session
        assert f'"portNumber": ["{port}"], "localPortNumber": ["{local}"]' in session
    assert "http://127.0.0.1:3838" in done.stdout


def test_destroying_asks_first(deployed: Aws) -> None:
    done = deployed.command("destroy", ENVIRONMENT, typed="prod\n")
    assert done.returncode == 1
    assert outputs(deployed, "storage")


def test_destroying_takes_all_but_the_data(deployed: Aws) -> None:
    raw, volume = outputs(deployed, "storage")["RawBucket"], outputs(deployed, "databases")["WarehouseVolume"]
    deployed.client("s3").put_object(Bucket=raw, Key="events/2026/11/23/00/event-x.json", Body=b"{}")
    done = deployed.command("destroy", ENVIRONMENT, typed=f"{ENVIRONMENT}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"kept: bucket {raw}" in done.stdout
    assert f"kept: volume {volume}" in done.stdout
    assert (
        deployed.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])[
            "StackSummaries"
        ]
        == []
    )
    assert [bucket["Name"] for bucket in deployed.client("s3").list_buckets()["Buckets"]] == [raw]
    parameters = deployed.client("ssm").describe_parameters(
        ParameterFilters=[{"Key": "Path", "Option": "Recursive", "Values": ["/clickstream/test"]}]
    )
    assert parameters["Parameters"] == []
    again = deployed.command("destroy", ENVIRONMENT, "--yes", "--delete-data")
    assert again.returncode == 0, again.stdout + again.stderr
    assert deployed.client("s3").list_buckets()["Buckets"] == []
    assert deployed.client("ec2").describe_volumes()["Volumes"] == []


def outputs(aws: Aws, layer: str) -> dict[str, str]:
    """Outputs of a stack."""
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=f"clickstream-test-{layer}")["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def instances(aws: Aws, role: str) -> list[dict[str, Any]]:
    """Running instances of a role."""
    filters = [
        {"Name": "tag:Name", "Values": [f"clickstream-test-databases-{role}"]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    found = aws.client("ec2").describe_instances(Filters=filters)["Reservations"]
    return [instance for reservation in found for instance in reservation["Instances"]]
