"""cfn-lint has nothing to say of the templates, and nothing is hidden from it."""

from pathlib import Path

from cfnlint.api import lint_all

from deploy.templates import Template


def test_cfn_lint_finds_nothing_and_is_told_to_overlook_nothing(templates: list[Template]) -> None:
    for template in templates:
        assert "cfn-lint" not in template.body
        # I: information, such as that a template has no notes for machines.
        found = [str(match) for match in lint_all(template.body) if not match.rule.id.startswith("I")]
        assert found == [], template.path.name
    assert not list(Path(__file__).parents[2].glob(".cfnlintrc*"))
