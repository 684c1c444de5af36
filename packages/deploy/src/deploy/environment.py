"""An environment's file, infra/params/<environment>.json."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.errors import PrerequisiteError
from deploy.templates import Template

# Parameters that a deployment finds out by itself.
FOUND_OUT = frozenset(
    {"Environment", "Architecture", "S3PrefixListId", "ImageId", "CollectorImage", "EtlImage", "AdminApiImage"}
    | {"WarehouseServer"}
)


class Environment(BaseModel):
    """What makes one environment differ from another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9]{1,11}$")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="AWS region, such as eu-central-1")
    architecture: Literal["arm64", "x86_64"] = Field("arm64", description="Of images and instances")
    postgres_version: int = Field(17, ge=16, le=18, description="Major version; one that Amazon Linux 2023 has")
    storefront: bool = Field(False, description="Whether the example shop is deployed too (stack frontend)")
    parameters: dict[str, str | int] = Field(
        default_factory=dict, description="Parameters of the templates; each goes to every template that has it"
    )

    @property
    def docker_platform(self) -> str:
        """As `docker build --platform` takes it."""
        return "linux/arm64" if self.architecture == "arm64" else "linux/amd64"

    @property
    def with_shop(self) -> bool:
        """Whether there is a shop database."""
        return self.parameters.get("ShopDatabase") == "yes"

    def wanted(self, templates: Iterable[Template]) -> list[Template]:
        """The templates that this environment has stacks of."""
        return [template for template in templates if template.layer != "frontend" or self.storefront]

    def for_template(self, template: Template, found: dict[str, str]) -> dict[str, str]:
        """The values of a template's parameters; those with a default may be left out."""
        given = {name: str(value) for name, value in self.parameters.items()} | found
        return {name: given[name] for name in template.parameters if name in given}


def load_environment(folder: Path, name: str, templates: list[Template]) -> Environment:
    """Read an environment's file and hold it against the templates.

    Raises:
        PrerequisiteError: it is not there, or something in it is wrong; all that is wrong is named.
    """
    path = folder / f"{name}.json"
    if not re.fullmatch(r"[a-z][a-z0-9]{1,11}", name):
        raise PrerequisiteError(
            f"{name!r} names no environment: two to twelve small letters and digits, a letter first"
        )
    try:
        environment = Environment.model_validate({"name": name, **json.loads(path.read_text())})
    except FileNotFoundError as error:
        known = ", ".join(sorted(other.stem for other in folder.glob("*.json"))) or "none"
        raise PrerequisiteError(f"there is no environment {name!r}: {path} is missing (there are: {known})") from error
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'file'}: {problem['msg']}" for problem in error.errors()
        )
        raise PrerequisiteError(f"{path}: {told}") from error
    except (OSError, ValueError, TypeError) as error:
        raise PrerequisiteError(f"{path}: {error}") from error
    problems = list(_problems(environment, templates))
    if problems:
        raise PrerequisiteError(f"{path}: " + "; ".join(problems))
    return environment


def _problems(environment: Environment, templates: list[Template]) -> Iterable[str]:
    for name, value in environment.parameters.items():
        having = [template for template in templates if name in template.parameters]
        if name in FOUND_OUT:
            yield f"parameters.{name}: is found out by the deployment"
        elif not having:
            yield f"parameters.{name}: no template has such a parameter"
        for template in having:
            problem = template.problem_with(name, str(value))
            if problem:
                yield f"parameters.{name}: {problem}"
                break
    for template in environment.wanted(templates):
        for name, rule in template.parameters.items():
            if "Default" not in rule and name not in FOUND_OUT and name not in environment.parameters:
                yield f"parameters.{name}: is missing ({rule['Description']})"
