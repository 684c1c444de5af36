"""Environments' files: what is wrong with one is told before AWS is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.environment import Environment, load_environment
from deploy.errors import PrerequisiteError
from deploy.templates import Template, load_templates

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def templates() -> list[Template]:
    return load_templates(REPOSITORY / "infra" / "cloudformation")


def load(folder: Path, templates: list[Template], name: str = "test", **changed: Any) -> Environment:
    settings = json.loads((REPOSITORY / "infra" / "params" / "dev.json").read_text())
    settings["parameters"] |= changed.pop("parameters", {})
    (folder / "test.json").write_text(json.dumps(settings | changed))
    return load_environment(folder, name, templates)


def test_the_environment_that_comes_along_is_right(templates: list[Template]) -> None:
    dev = load_environment(REPOSITORY / "infra" / "params", "dev", templates)
    assert [template.layer for template in dev.wanted(templates)].count("frontend") == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"regio": "x"}, "regio: Extra inputs are not permitted"),
        ({"region": "Frankfurt"}, "region: String should match pattern"),
        ({"parameters": {"WarehouseVolumeGB": 20}}, "parameters.WarehouseVolumeGB: no template has such a parameter"),
        ({"parameters": {"WarehouseVolumeGiB": 5}}, "parameters.WarehouseVolumeGiB: 5 is not between 10 and 16000"),
        ({"parameters": {"WarehouseVolumeGiB": "big"}}, "parameters.WarehouseVolumeGiB: 'big' is not a whole number"),
        ({"parameters": {"AvailabilityZones": 3}}, "parameters.AvailabilityZones: '3' is none of 1, 2"),
        ({"parameters": {"ShopClientCidr1": "0.0.0.0/0"}}, "parameters.ShopClientCidr1: '0.0.0.0/0' does not match"),
        (
            {"parameters": {"AllowedOrigins": "https://a.example, shop"}},
            "parameters.AllowedOrigins: 'shop' does not match",
        ),
        ({"parameters": {"ImageId": "ami-1"}}, "parameters.ImageId: is found out by the deployment"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, templates: list[Template], changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(PrerequisiteError) as error:
        load(tmp_path, templates, **changed)
    assert told in str(error.value)
    assert "test.json" in str(error.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path, templates: list[Template]) -> None:
    with pytest.raises(PrerequisiteError, match=r"(?s)AvailabilityZones.*MonthlyBudgetUsd"):
        load(tmp_path, templates, parameters={"AvailabilityZones": 9, "MonthlyBudgetUsd": 0})


def test_a_parameter_without_a_default_must_be_given(tmp_path: Path, templates: list[Template]) -> None:
    settings = {"region": "eu-central-1", "parameters": {}}
    (tmp_path / "test.json").write_text(json.dumps(settings))
    with pytest.raises(PrerequisiteError, match=r"parameters\.AllowedOrigins: is missing \(Web origins"):
        load_environment(tmp_path, "test", templates)


@pytest.mark.parametrize("name", ["../dev", "Prod", "x", "a-very-long-name"])
def test_a_name_that_no_stack_can_carry_is_refused(tmp_path: Path, templates: list[Template], name: str) -> None:
    with pytest.raises(PrerequisiteError, match="names no environment"):
        load_environment(tmp_path, name, templates)


def test_an_unknown_environment_is_told_which_there_are(tmp_path: Path, templates: list[Template]) -> None:
    load(tmp_path, templates)
    with pytest.raises(PrerequisiteError, match=r"there is no environment 'prod'.*\(there are: test\)"):
        load_environment(tmp_path, "prod", templates)


def test_a_parameter_goes_to_every_template_that_has_it_and_to_no_other(
    tmp_path: Path, templates: list[Template]
) -> None:
    environment = load(tmp_path, templates, parameters={"ShopDatabase": "yes"})
    having = [t.layer for t in templates if "ShopDatabase" in environment.for_template(t, {})]
    assert having == ["access", "databases", "frontend"]
