"""`replace-instance`: an instance exchanged for a fresh one of the newest Amazon Linux; address and volume stay."""

import time
from collections.abc import Callable

from deploy import found
from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import PrerequisiteError
from deploy.stacks import Stacks
from deploy.templates import Template

_PARAMETERS = {"warehouse": "WarehouseInstance", "shop": "ShopInstance"}
_VOLUMES = {"warehouse": "WarehouseVolume", "shop": "ShopVolume"}


def replace_instance(
    calls: Calls,
    environment: Environment,
    templates: list[Template],
    role: str,
    *,
    say: Callable[[str], None],
    replace_volume: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Take the instance away, then make it anew: CloudFormation alone would do it the other way round, and find the
    address taken. The database is away for some minutes; the collector goes on, and the next tick catches up.

    With `replace_volume` the volume is exchanged too, for one of the snapshot that the environment's parameters name;
    the volume that it was is kept, outside the stack.

    Returns:
        The machine image that it has now.

    Raises:
        PrerequisiteError: no such role, or nothing is deployed.
        StackError: CloudFormation could not do it.
    """
    if role not in _PARAMETERS:
        raise PrerequisiteError(f"{role!r} is no instance: {', '.join(_PARAMETERS)}")
    (template,) = (template for template in templates if template.layer == "databases")
    stacks = Stacks(calls, sleep)
    if stacks.find(template.stack_name(environment.name)) is None:
        raise PrerequisiteError(f"the environment {environment.name} is not deployed")
    image = found.newest_image(calls, environment)
    in_use = {"Environment": environment.name, "ImageId": found.image_in_use(calls, environment)}
    parameters = environment.for_template(template, in_use)
    volumes: frozenset[str] = frozenset({_VOLUMES[role]} if replace_volume else ())
    say(f"taking the {role} instance away")
    stacks.deploy(template, environment.name, parameters | {_PARAMETERS[role]: "absent"}, may_replace=volumes)
    say(f"making it anew from {image}")
    found.remember_image(calls, environment, image)
    stacks.deploy(template, environment.name, parameters | {"ImageId": image})
    return image
