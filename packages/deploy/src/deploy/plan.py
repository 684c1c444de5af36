"""`plan`: what a deployment would change, by change sets that are looked at and forgotten."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy import found
from deploy.calls import Calls
from deploy.environment import Environment
from deploy.images import SERVICES, Registry, tag_of
from deploy.stacks import Stacks
from deploy.templates import Template
from deploy.tools import Tools


@dataclass(frozen=True)
class Plan:
    """What would be done to one stack; `changes` is None where nothing."""

    stack: str
    new: bool
    changes: list[str] | None

    @property
    def summary(self) -> str:
        """In a few words."""
        if self.changes is None:
            return "nothing changes"
        return "new" if self.new else "changes" if self.changes else "changes in outputs or tags"


def plans(
    calls: Calls,
    environment: Environment,
    templates: list[Template],
    repository: Path,
    tools: Tools,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Plan]:
    """A plan for each stack. A stack that is not there has all its resources as changes, without asking AWS."""
    stacks = Stacks(calls, sleep)
    registry = Registry(calls, tools, "", environment)
    known = {template.layer: stacks.find(template.stack_name(environment.name)) for template in templates}
    databases = known["databases"]
    in_use = databases.parameters.get("ImageId") if databases else None
    server = databases.outputs.get("WarehouseServer") if databases else None
    account = found.account_id(calls)
    facts = {
        "Environment": environment.name,
        "Architecture": environment.architecture,
        "S3PrefixListId": found.s3_prefix_list(calls),
        **({"ImageId": in_use} if in_use else {}),
        **({"WarehouseServer": server} if server else {}),
    }
    made = []
    for template in environment.wanted(templates):
        name = template.stack_name(environment.name)
        stack = known[template.layer]
        if stack is None:
            resources = template.document["Resources"].items()
            made.append(Plan(name, True, [f"add {key} {resource['Type']}" for key, resource in resources]))
            continue
        parameters = environment.for_template(template, facts)
        notes = []
        for image in SERVICES:
            if image.parameter in template.parameters:
                tag = tag_of(image, repository, environment)
                digest = registry.digest(image, tag)
                host = f"{account}.dkr.ecr.{calls.region}.amazonaws.com"
                uri = f"{host}/clickstream-{environment.name}/{image.name}@{digest}"
                parameters[image.parameter] = uri if digest else stack.parameters[image.parameter]
                if digest is None:
                    notes.append(f"build image {image.name} {tag}")
        changes = stacks.changes(template, environment.name, parameters)
        told = notes + [str(change) for change in changes or []]
        made.append(Plan(name, False, None if changes is None and not notes else told))
    return made
