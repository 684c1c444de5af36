"""`destroy`: an environment taken down. The raw lake, the databases' volumes and the customers stay, unless told."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import CallError
from deploy.found import account_id
from deploy.secret_parameters import delete_secrets
from deploy.stacks import Stacks
from deploy.templates import Template

Say = Callable[[str], None]


def destroy(
    calls: Calls,
    environment: Environment,
    templates: list[Template],
    say: Say,
    *,
    delete_data: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Delete the stacks, last to first, and the secrets.

    Args:
        calls: AWS.
        environment: what to take down.
        templates: its templates.
        say: told of each step.
        delete_data: also delete the raw lake and the databases' volumes, for good. Snapshots stay even then.
        sleep: how to wait.

    Returns:
        What was kept, a line each.

    Raises:
        StackError: CloudFormation could not delete something; the next run goes on there.
    """
    account = account_id(calls)
    stacks = Stacks(calls, sleep)
    raw = f"clickstream-{environment.name}-raw-{account}"
    for template in reversed(templates):
        name = template.stack_name(environment.name)
        if template.layer == "storage" and stacks.find(name):
            empty_bucket(calls, f"clickstream-{environment.name}-artifacts-{account}")
        if template.layer == "frontend" and stacks.find(name):
            empty_bucket(calls, f"clickstream-{environment.name}-assets-{account}")
        if stacks.delete(name):
            say(f"stack {name}: deleted")
    delete_secrets(calls, environment)
    say("secrets: deleted")
    kept = []
    volumes = _volumes(calls, environment.name)
    if delete_data:
        if _exists(calls, raw):
            calls("s3", "delete_bucket_policy", Bucket=raw)  # stack storage's policy forbids deleting versions
            say(f"bucket {raw}: {empty_bucket(calls, raw)} versions deleted")
            calls("s3", "delete_bucket", Bucket=raw)
        for volume in volumes:
            calls("ec2", "delete_volume", VolumeId=volume)
            say(f"volume {volume}: deleted")
    else:
        if _exists(calls, raw):
            kept.append(f"bucket {raw}: every event; the next deployment takes it over")
        kept.extend(f"volume {volume}: see docs/runbooks/tear-down.md for its way back" for volume in volumes)
    if environment.storefront:
        kept.append("the shop's customers, Cognito's user pool: to be deleted by hand")
    return kept


def empty_bucket(calls: Calls, bucket: str) -> int:
    """Delete every version of every object; how many there were. A bucket that is not there is empty."""
    deleted = 0
    if not _exists(calls, bucket):
        return deleted
    for page in _version_pages(calls, bucket):
        objects = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        if objects:
            calls("s3", "delete_objects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            deleted += len(objects)
    return deleted


def _version_pages(calls: Calls, bucket: str) -> Iterator[dict[str, Any]]:
    markers: dict[str, str] = {}
    while True:
        page = calls("s3", "list_object_versions", Bucket=bucket, MaxKeys=1000, **markers)
        yield page
        if not page.get("IsTruncated"):
            return
        markers = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}


def _exists(calls: Calls, bucket: str) -> bool:
    try:
        calls("s3", "head_bucket", Bucket=bucket)
    except CallError as error:
        if error.code in ("404", "NoSuchBucket"):
            return False
        raise
    return True


def _volumes(calls: Calls, environment: str) -> list[str]:
    filters = [
        {"Name": "tag:aws:cloudformation:stack-name", "Values": [f"clickstream-{environment}-databases"]},
        {"Name": "status", "Values": ["available"]},
    ]
    return [item["VolumeId"] for item in calls("ec2", "describe_volumes", Filters=filters)["Volumes"]]
