"""What moto's CloudFormation leaves out of what a deployment relies on.

- The stack of a change set neither imports from other stacks nor exports to them.
- Termination protection is no more than a mark, and cannot be changed.
- Systems Manager knows of no agents and starts no sessions.
- A VPC is deleted only after its route tables, which it tries last.
- A registry that is to be emptied when it is deleted is not.
- A stack whose exports others import is deleted all the same.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ecr.models import ECRBackend
from moto.ssm.responses import SimpleSystemManagerResponse


def _execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    """Create or update the stack as moto's own CreateStack and UpdateStack do."""
    change_set = self.describe_change_set(change_set_name)
    assert change_set is not None
    stack = self.stacks[change_set.stack_id]
    if change_set.change_set_type == "CREATE":
        del self.stacks[stack.stack_id]
        made = self.create_stack(stack.name, change_set.template, change_set.parameters, tags=change_set.tags)
        made.status = "CREATE_COMPLETE"
    else:
        told: list[dict[str, Any]] = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in change_set.parameters.items()
        ]
        self.update_stack(stack.name, change_set.template, None, told, change_set.tags)
        stack.status = "UPDATE_COMPLETE"
    change_set.execution_status = "EXECUTE_COMPLETE"


def _update_termination_protection(self: CloudFormationResponse) -> ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return EmptyResult()


_moto_deletes = CloudFormationBackend.delete_stack


def _delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    stack = self.get_stack(name_or_stack_id)
    if stack.enable_termination_protection:
        raise ValidationError(message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    exports = {export.name for export in stack.exports}
    for other in self.stacks.values():
        used = exports & _imports(other)
        if used and other is not stack:
            raise ValidationError(message=f"Export {min(used)} cannot be deleted as it is in use by {other.name}")
    _moto_deletes(self, name_or_stack_id)


def _imports(stack: Stack) -> set[str]:
    environment = stack.parameters.get("Environment", "")
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                look(item)
        elif isinstance(value, dict):
            if "Fn::ImportValue" in value:
                found.add(value["Fn::ImportValue"]["Fn::Sub"].replace("${Environment}", environment))
            for item in value.values():
                look(item)

    look(stack.template_dict["Resources"])
    return found


def _describe_instance_information(self: SimpleSystemManagerResponse) -> str:
    (condition,) = self._get_param("Filters")
    told = [{"InstanceId": name, "PingStatus": "Online"} for name in condition["Values"]]
    return json.dumps({"InstanceInformationList": told})


def _start_session(self: SimpleSystemManagerResponse) -> str:
    return json.dumps({"SessionId": "session", "TokenValue": "token", "StreamUrl": "wss://stream"})


_moto_deletes_registry = ECRBackend.delete_repository


def _delete_repository(
    self: ECRBackend, repository_name: str, registry_id: str | None = None, force: bool = False
) -> Any:
    return _moto_deletes_registry(self, repository_name, registry_id, force=True)


_moto_deletes_vpc = EC2Backend.delete_vpc


def _delete_vpc(self: EC2Backend, vpc_id: str) -> Any:
    for table in self.describe_route_tables(filters={"vpc-id": vpc_id}):
        del self.route_tables[table.id]
    return _moto_deletes_vpc(self, vpc_id)


@contextmanager
def complete_cloudformation() -> Iterator[None]:
    """Moto's CloudFormation with the gaps filled."""
    with (
        patch.object(CloudFormationBackend, "execute_change_set", _execute_change_set),
        patch.object(CloudFormationBackend, "delete_stack", _delete_stack),
        patch.object(EC2Backend, "delete_vpc", _delete_vpc),
        patch.object(ECRBackend, "delete_repository", _delete_repository),
        patch.object(
            SimpleSystemManagerResponse, "describe_instance_information", _describe_instance_information, create=True
        ),
        patch.object(SimpleSystemManagerResponse, "start_session", _start_session, create=True),
        patch.object(
            CloudFormationResponse, "update_termination_protection", _update_termination_protection, create=True
        ),
    ):
        yield
