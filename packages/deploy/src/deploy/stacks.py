"""CloudFormation stacks: what there is, changing it through change sets, taking it away."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deploy.calls import Calls
from deploy.errors import CallError, DangerError, StackError
from deploy.templates import Template

_POLL_SECONDS = 5.0
_GONE = "DELETE_COMPLETE"
_NEVER_MADE = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED")
_HOLD_DATA = frozenset({"AWS::S3::Bucket", "AWS::EC2::Volume", "AWS::Cognito::UserPool"})
_CHANGE_SET = "clickstream-deploy"
_NO_UPDATES = "No updates are to be performed"


@dataclass(frozen=True)
class Stack:
    """A stack as CloudFormation tells of it."""

    name: str
    status: str
    outputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What a change set would do to one resource."""

    action: str
    resource: str
    type: str
    replacement: str

    @property
    def loses_data(self) -> bool:
        """Whether something that holds data would go, or be exchanged for an empty one."""
        return self.type in _HOLD_DATA and (self.action == "Remove" or self.replacement == "True")

    @property
    def replaces_instance(self) -> bool:
        """Whether an instance would be exchanged, which CloudFormation cannot do while its address is taken."""
        return self.type == "AWS::EC2::Instance" and self.replacement == "True"

    def __str__(self) -> str:
        replaced = {"True": " (replaced)", "Conditional": " (perhaps replaced)"}.get(self.replacement, "")
        return f"{self.action.lower()} {self.resource} {self.type}{replaced}"


class Stacks:
    """The stacks of one account and region."""

    def __init__(self, calls: Calls, sleep: Callable[[float], None] = time.sleep) -> None:
        self._calls = calls
        self._sleep = sleep

    def find(self, name: str) -> Stack | None:
        """A stack, or None where there is none of this name."""
        try:
            (told,) = self._calls("cloudformation", "describe_stacks", StackName=name)["Stacks"]
        except CallError as error:
            if error.code == "ValidationError" and "does not exist" in error.message:
                return None
            raise
        if told["StackStatus"] == _GONE:
            return None
        return Stack(
            name,
            told["StackStatus"],
            {item["OutputKey"]: item["OutputValue"] for item in told.get("Outputs", [])},
            {item["ParameterKey"]: item["ParameterValue"] for item in told.get("Parameters", [])},
        )

    def settled(self, name: str) -> Stack | None:
        """The stack, once nothing is being done to it."""
        while (stack := self.find(name)) and stack.status.endswith("_IN_PROGRESS"):
            if stack.status == "REVIEW_IN_PROGRESS":
                break
            self._sleep(_POLL_SECONDS)
        return stack

    def changes(
        self, template: Template, environment: str, parameters: dict[str, str], *, keep: bool = False
    ) -> list[Change] | None:
        """What a deployment would change: None where nothing. The change set stays only if `keep`."""
        name = template.stack_name(environment)
        stack = self.settled(name)
        self._forget_change_set(name)
        try:
            self._calls(
                "cloudformation",
                "create_change_set",
                StackName=name,
                ChangeSetName=_CHANGE_SET,
                ChangeSetType="UPDATE" if stack else "CREATE",
                TemplateBody=template.body,
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=["CAPABILITY_IAM"],
                Tags=[
                    {"Key": "clickstream:environment", "Value": environment},
                    {"Key": "clickstream:stack", "Value": template.layer},
                ],
                # A bucket that an earlier `destroy` kept comes back with its contents.
                ImportExistingResources=stack is None,
            )
        except CallError as error:
            if _NO_UPDATES in error.message:
                return None
            raise
        while True:
            told = self._calls("cloudformation", "describe_change_set", StackName=name, ChangeSetName=_CHANGE_SET)
            if told["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                break
            self._sleep(_POLL_SECONDS)
        if told["Status"] == "FAILED":
            self._forget_change_set(name)
            reason = told.get("StatusReason", "")
            if "didn't contain changes" in reason or _NO_UPDATES in reason:
                return None
            raise StackError(f"{name}: {reason}")
        found = [_change(item["ResourceChange"]) for item in told.get("Changes", []) if "ResourceChange" in item]
        if not keep:
            self._forget_change_set(name)
        return found

    def deploy(
        self,
        template: Template,
        environment: str,
        parameters: dict[str, str],
        *,
        may_replace: frozenset[str] = frozenset(),
    ) -> bool:
        """Make a stack what its template and parameters say; whether anything had to be done.

        `may_replace` names resources with data that may be exchanged; what they were is retained, outside the stack.

        Raises:
            DangerError: something that holds data would be replaced or removed, or an instance replaced.
            StackError: CloudFormation could not do it; the stack is what it was before.
        """
        name = template.stack_name(environment)
        stack = self.settled(name)
        if stack and stack.status in _NEVER_MADE:
            self.delete(name)
            stack = None
        if stack and not stack.status.endswith("_COMPLETE"):
            raise StackError(f"{name} is {stack.status}: see docs/runbooks/deploy.md, «A stack is stuck»")
        changes = self.changes(template, environment, parameters, keep=True)
        if changes is None:
            return False
        if stack:
            dangerous = [change for change in changes if change.resource not in may_replace]
            _refuse_danger(name, dangerous, lambda: self._forget_change_set(name))
        self._calls("cloudformation", "execute_change_set", StackName=name, ChangeSetName=_CHANGE_SET)
        done = self.settled(name)
        if done is None or done.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            raise StackError(f"{name} is {done.status if done else 'gone'}: " + "; ".join(self._reasons(name)))
        if template.stateful and not stack:
            self._calls(
                "cloudformation", "update_termination_protection", StackName=name, EnableTerminationProtection=True
            )
        return True

    def delete(self, name: str) -> bool:
        """Delete a stack, protected or not; whether there was one.

        Raises:
            StackError: CloudFormation could not delete everything.
        """
        stack = self.settled(name)
        if stack is None:
            return False
        self._calls(
            "cloudformation", "update_termination_protection", StackName=name, EnableTerminationProtection=False
        )
        self._calls("cloudformation", "delete_stack", StackName=name)
        if left := self.settled(name):
            raise StackError(f"{name} is {left.status}: " + "; ".join(self._reasons(name)))
        return True

    def _forget_change_set(self, name: str) -> None:
        try:
            self._calls("cloudformation", "describe_change_set", StackName=name, ChangeSetName=_CHANGE_SET)
        except CallError as error:
            if error.code in ("ChangeSetNotFound", "ChangeSetNotFoundException", "ValidationError"):
                return
            raise
        self._calls("cloudformation", "delete_change_set", StackName=name, ChangeSetName=_CHANGE_SET)

    def _reasons(self, name: str) -> list[str]:
        """Why the last operation failed: its first three failures, less those that only follow from another."""
        failed: list[str] = []
        for event in self._calls("cloudformation", "describe_stack_events", StackName=name)["StackEvents"]:
            reason = event.get("ResourceStatusReason", event["ResourceStatus"])
            if event["LogicalResourceId"] == name and reason == "User Initiated":
                break
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                failed.insert(0, f"{event['LogicalResourceId']}: {reason}")
        return failed[:3] or ["CloudFormation gives no reason"]


def _change(told: dict[str, Any]) -> Change:
    return Change(
        told.get("Action", ""),
        told.get("LogicalResourceId", ""),
        told.get("ResourceType", ""),
        told.get("Replacement", "False"),
    )


def _refuse_danger(name: str, changes: list[Change], forget: Callable[[], None]) -> None:
    lost = [change for change in changes if change.loses_data]
    instances = [change for change in changes if change.replaces_instance]
    if lost or instances:
        forget()
    if lost:
        raise DangerError(f"{name}: not done, for it would lose data: " + "; ".join(map(str, lost)))
    if instances:
        raise DangerError(
            f"{name}: not done: {'; '.join(map(str, instances))}. There is «clickstream-deploy replace-instance»"
        )
