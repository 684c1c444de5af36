"""Templates less what moto cannot create. What refers to something left out gets a name in its place."""

import re
from typing import Any

from moto.cloudformation.parsing import get_model_map


def for_moto(document: dict[str, Any]) -> dict[str, Any]:
    """The same template without the resources of other types."""
    kept = {name: item for name, item in document["Resources"].items() if item["Type"] in get_model_map()}
    left_out = document["Resources"].keys() - kept.keys()
    reduced: dict[str, Any] = _without(document | {"Resources": kept}, left_out)
    for resource in reduced["Resources"].values():
        if resource.get("DependsOn") in left_out:
            del resource["DependsOn"]
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"  # moto does not know the newer word
    return reduced


def _without(value: Any, left_out: set[str]) -> Any:
    if isinstance(value, list):
        return [_without(item, left_out) for item in value]
    if not isinstance(value, dict):
        return value
    referred = value.get("Ref") or "-".join(value.get("Fn::GetAtt", []))
    if referred.partition("-")[0] in left_out:
        return f"not-in-moto-{referred}"
    if "Fn::Sub" in value:
        text, *values = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else [value["Fn::Sub"]]
        text = _plain(text, left_out)
        return {"Fn::Sub": [text, _without(values[0], left_out)] if values else text}
    return {key: _without(item, left_out) for key, item in value.items()}


def _plain(text: str, left_out: set[str]) -> str:
    return re.sub(
        r"\$\{(\w+)(\.\w+)*\}", lambda found: f"not-in-moto-{found[1]}" if found[1] in left_out else found[0], text
    )
