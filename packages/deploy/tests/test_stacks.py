"""Stacks, against an AWS that a test writes down call by call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import CallError, DangerError, StackError
from deploy.stacks import Stacks
from deploy.templates import Template

NETWORK = Template("databases", Path("30-databases.yaml"), "{}", {"Parameters": {}, "Resources": {}})
NAME = "clickstream-dev-databases"


class WrittenAws:
    """Answers of each operation in turn; the last one goes on. Notes what was called."""

    region = "eu-central-1"

    def __init__(self, **answers: list[dict[str, Any] | CallError]) -> None:
        self._answers = answers
        self.called: list[str] = []

    def __call__(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.called.append(operation)
        answers = self._answers.get(operation, [{}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, CallError):
            raise answer
        return answer


def stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackStatus": status}]}


ABSENT = CallError("cloudformation describe_stacks", "ValidationError", f"Stack with id {NAME} does not exist")
NO_CHANGE_SET = CallError("cloudformation describe_change_set", "ChangeSetNotFound", "none")


def changes(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": change} for change in found]}


def no_sleep(_: float) -> None:
    """Time passes of itself."""


def deploy(aws: WrittenAws, sleep: Callable[[float], None] = no_sleep) -> bool:
    return Stacks(aws, sleep).deploy(NETWORK, "dev", {})


def test_a_stack_that_is_being_changed_is_waited_for() -> None:
    waited: list[float] = []
    aws = WrittenAws(
        describe_stacks=[stack("UPDATE_IN_PROGRESS"), stack("UPDATE_IN_PROGRESS"), stack("UPDATE_COMPLETE")],
        describe_change_set=[NO_CHANGE_SET, {"Status": "FAILED", "StatusReason": "No updates are to be performed."}],
    )
    assert deploy(aws, waited.append) is False
    assert len(waited) == 2
    assert "execute_change_set" not in aws.called


def test_a_stack_that_never_came_to_be_is_made_anew() -> None:
    aws = WrittenAws(
        describe_stacks=[stack("ROLLBACK_COMPLETE")] * 2 + [ABSENT, ABSENT, stack("CREATE_COMPLETE")],
        describe_change_set=[NO_CHANGE_SET, changes()],
    )
    assert deploy(aws)
    order = [
        call for call in aws.called if call in ("delete_stack", "execute_change_set", "update_termination_protection")
    ]
    assert order == [
        "update_termination_protection",
        "delete_stack",
        "execute_change_set",
        "update_termination_protection",
    ]


def test_a_change_that_would_lose_data_is_not_made() -> None:
    lost = {
        "Action": "Modify",
        "LogicalResourceId": "WarehouseVolume",
        "ResourceType": "AWS::EC2::Volume",
        "Replacement": "True",
    }
    aws = WrittenAws(describe_stacks=[stack("UPDATE_COMPLETE")], describe_change_set=[NO_CHANGE_SET, changes(lost)])
    with pytest.raises(DangerError, match=r"would lose data: modify WarehouseVolume AWS::EC2::Volume \(replaced\)"):
        deploy(aws)
    assert "execute_change_set" not in aws.called
    assert aws.called[-1] == "delete_change_set"


def test_a_volume_that_may_be_replaced_is() -> None:
    lost = {
        "Action": "Modify",
        "LogicalResourceId": "WarehouseVolume",
        "ResourceType": "AWS::EC2::Volume",
        "Replacement": "True",
    }
    aws = WrittenAws(describe_stacks=[stack("UPDATE_COMPLETE")], describe_change_set=[NO_CHANGE_SET, changes(lost)])
    assert Stacks(aws, no_sleep).deploy(NETWORK, "dev", {}, may_replace=frozenset({"WarehouseVolume"}))
    assert "execute_change_set" in aws.called


def test_an_instance_that_cloudformation_could_not_replace_is_left_to_its_own_command() -> None:
    replaced = {
        "Action": "Modify",
        "LogicalResourceId": "WarehouseServer",
        "ResourceType": "AWS::EC2::Instance",
        "Replacement": "True",
    }
    aws = WrittenAws(describe_stacks=[stack("UPDATE_COMPLETE")], describe_change_set=[NO_CHANGE_SET, changes(replaced)])
    with pytest.raises(DangerError, match="clickstream-deploy replace-instance"):
        deploy(aws)


def test_a_failure_is_told_by_its_first_reasons_and_not_by_what_follows_from_them() -> None:
    events = [
        {
            "LogicalResourceId": "Etl",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": "Resource creation cancelled",
        },
        {"LogicalResourceId": "Etl2", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "no room"},
        {"LogicalResourceId": NAME, "ResourceStatus": "UPDATE_IN_PROGRESS", "ResourceStatusReason": "User Initiated"},
        {"LogicalResourceId": "Old", "ResourceStatus": "UPDATE_FAILED", "ResourceStatusReason": "of last week"},
    ]
    aws = WrittenAws(
        describe_stacks=[stack("UPDATE_COMPLETE"), stack("UPDATE_ROLLBACK_COMPLETE")],
        describe_change_set=[NO_CHANGE_SET, changes()],
        describe_stack_events=[{"StackEvents": events}],
    )
    with pytest.raises(StackError) as error:
        deploy(aws)
    assert str(error.value) == f"{NAME} is UPDATE_ROLLBACK_COMPLETE: Etl2: no room"


def test_a_stack_that_is_stuck_is_left_to_the_runbook() -> None:
    aws = WrittenAws(describe_stacks=[stack("UPDATE_ROLLBACK_FAILED")])
    with pytest.raises(StackError, match=r"docs/runbooks/deploy\.md"):
        deploy(aws)
