"""docs/cost.md is what the model says, and the model adds up."""

from pathlib import Path

import pytest

from deploy.cost_model import CostModel, Size, size_of_rate
from deploy.cost_page import cost_page

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def model() -> CostModel:
    return CostModel(REPOSITORY / "infra" / "cost")


def test_the_page_is_the_models(model: CostModel) -> None:
    assert (REPOSITORY / "docs" / "cost.md").read_text() == cost_page(model), "make cost"


def test_readme_says_what_the_page_says(model: CostModel) -> None:
    assert f"about ${model.total(Size(1e6)):,.0f} a month" in (REPOSITORY / "README.md").read_text()


def test_prices_and_assumptions_are_all_used_and_all_sourced(model: CostModel) -> None:
    source = (REPOSITORY / "packages/deploy/src/deploy/cost_model.py").read_text()
    source += (REPOSITORY / "packages/deploy/src/deploy/cost_page.py").read_text()
    for name, price in model.published["prices"].items():
        assert price["source"]
        assert name.removesuffix("_hour") in source or name in source, name
    for name, assumed in model.assumed.items():
        assert assumed["why"], name
        assert name in source or name == "raw_months", name


def test_a_bill_of_one_component_by_hand(model: CostModel) -> None:
    bill = model.components(Size(events=4e6, requests=1e6))
    assert bill["HTTP API"] == pytest.approx(1.00)
    assert bill["Lambda collector"] == pytest.approx(0.20 + 1e6 * 0.06 * 0.5 * 0.0000133334)
    assert bill["Interface endpoints"] == pytest.approx(3 * 7.30)


def test_no_component_gets_cheaper_with_more_events(model: CostModel) -> None:
    small, large = model.components(Size(1e5)), model.components(Size(1e8))
    assert all(small[name] <= large[name] for name in small)


def test_ten_requests_a_second_are_26_million_a_month() -> None:
    assert size_of_rate(10).requests == pytest.approx(26.28e6)
