"""The templates of infra/cloudformation: one stack each, in the order of their numbers."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.errors import PrerequisiteError

# Stacks that hold data: their deletion has to be asked for twice.
_STATEFUL = frozenset({"storage", "databases", "frontend"})


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short functions, which are kept as {"Fn::Name": value}."""


def _function(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 -- YAML has no fourth kind of node
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _function)


@dataclass(frozen=True)
class Template:
    """One template."""

    layer: str
    path: Path
    body: str
    document: dict[str, Any]

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """What it can be told, by name."""
        return dict(self.document["Parameters"])

    @property
    def stateful(self) -> bool:
        """Whether its stack holds data."""
        return self.layer in _STATEFUL

    def stack_name(self, environment: str) -> str:
        """The name of its stack."""
        return f"clickstream-{environment}-{self.layer}"

    def problem_with(self, name: str, value: str) -> str | None:
        """What is wrong with a parameter's value, or None."""
        rule = self.parameters[name]
        items = [item.strip() for item in value.split(",")] if rule["Type"] == "CommaDelimitedList" else [value]
        for item in items:
            if "AllowedValues" in rule and item not in [str(allowed) for allowed in rule["AllowedValues"]]:
                return f"{item!r} is none of {', '.join(map(str, rule['AllowedValues']))}"
            if "AllowedPattern" in rule and not re.fullmatch(rule["AllowedPattern"], item):
                return f"{item!r} does not match {rule['AllowedPattern']}"
            if rule["Type"] == "Number":
                if not re.fullmatch(r"\d+", item):
                    return f"{item!r} is not a whole number"
                if not rule.get("MinValue", 0) <= int(item) <= rule.get("MaxValue", int(item)):
                    return f"{item} is not between {rule.get('MinValue')} and {rule.get('MaxValue')}"
        return None


def load_template(path: Path) -> Template:
    """Read a template.

    Raises:
        PrerequisiteError: it is not there, or no YAML.
    """
    try:
        body = path.read_text()
        document = yaml.load(body, Loader=_Loader)  # noqa: S506 -- a safe loader with tags that make plain values
    except (OSError, yaml.YAMLError) as error:
        raise PrerequisiteError(f"the template {path} cannot be read: {error}") from error
    return Template(path.stem.split("-", 1)[1], path, body, document)


def load_templates(folder: Path) -> list[Template]:
    """All templates of a folder, in the order in which they are deployed.

    Raises:
        PrerequisiteError: there is none, or one cannot be read.
    """
    templates = [load_template(path) for path in sorted(folder.glob("[0-9][0-9]-*.yaml"))]
    if not templates:
        raise PrerequisiteError(f"there are no templates in {folder}")
    return templates
