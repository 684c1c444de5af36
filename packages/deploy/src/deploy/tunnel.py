"""`tunnel`: dashboard and database on this machine, through Session Manager."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import PrerequisiteError
from deploy.stacks import Stacks

_DOCUMENT = "AWS-StartPortForwardingSession"
PLUGIN = "session-manager-plugin"
PLUGIN_HINT = "see «Install the Session Manager plugin for the AWS CLI» in AWS's documentation"


@dataclass(frozen=True)
class Forward:
    """A port of the analytics instance on a port of this machine."""

    what: str
    remote_port: int
    local_port: int


def open_tunnels(calls: Calls, environment: Environment, forwards: list[Forward]) -> Iterator[tuple[str, ...]]:
    """Start a session for each; the command lines that keep the local ends open.

    The token of a session is in its command line, as the AWS CLI has it too: it opens this one session, once.

    Raises:
        PrerequisiteError: there is no instance, or it does not answer yet.
    """
    stack = Stacks(calls).find(f"clickstream-{environment.name}-databases")
    if stack is None or "WarehouseServer" not in stack.outputs:
        raise PrerequisiteError(f"the environment {environment.name} has no analytics instance: make deploy first")
    instance = stack.outputs["WarehouseServer"]
    filters = [{"Key": "InstanceIds", "Values": [instance]}]
    online = calls("ssm", "describe_instance_information", Filters=filters)["InstanceInformationList"]
    if not online or online[0]["PingStatus"] != "Online":
        raise PrerequisiteError(f"{instance} does not answer Session Manager yet; a new instance takes some minutes")
    for forward in forwards:
        request = {
            "Target": instance,
            "DocumentName": _DOCUMENT,
            "Parameters": {
                "portNumber": [str(forward.remote_port)],
                "localPortNumber": [str(forward.local_port)],
            },
        }
        told = calls("ssm", "start_session", **request)
        session = {key: told[key] for key in ("SessionId", "TokenValue", "StreamUrl")}
        endpoint = f"https://ssm.{calls.region}.amazonaws.com"
        yield (PLUGIN, json.dumps(session), calls.region, "StartSession", "", json.dumps(request), endpoint)
