"""cfn-lint has nothing to say of the templates, and nothing is hidden from it."""

from pathlib import Path

from cfnlint.api import lint

from deploy.templates import Template

_REGIONS = ["eu-central-1", "us-east-1"]


def test_cfn_lint_finds_nothing_and_is_told_to_overlook_nothing(templates: list[Template]) -> None:
    for template in templates:
        assert "cfn-lint" not in template.body
        found = [str(match) for match in lint(template.body, regions=_REGIONS)]
        assert found == [], template.path.name
    assert not list(Path(__file__).parents[2].glob(".cfnlintrc*"))
