"""docs/warehouse.md is what the code says, and its SQL runs."""

import re
from pathlib import Path

import pytest

from warehouse.reference import rewritten

PATH = Path(__file__).parents[3] / "docs" / "warehouse.md"
DOCUMENT = PATH.read_text("utf-8")
SAMPLES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.S)


def test_it_is_what_the_models_and_the_mart_say():
    assert rewritten(DOCUMENT) == DOCUMENT, "run `make generate`"


def test_every_table_function_and_view_of_the_database_is_in_it(warehouse):
    tables = warehouse.rows(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('public', 'etl', 'mart') AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND c.relname <> 'alembic_version'"
    )
    functions = warehouse.rows("SELECT 'mart', proname FROM pg_proc WHERE pronamespace = 'mart'::regnamespace")
    names = {name if schema == "public" else f"{schema}.{name}" for schema, name in tables + functions}
    assert names == set(re.findall(r"^### `([\w.]+)`$", DOCUMENT, re.M))


def test_a_document_without_its_parts_is_refused():
    with pytest.raises(ValueError, match="no part <!-- tables of public -->"):
        rewritten("# The warehouse")


@pytest.fixture(scope="module")
def loaded(module_loader):
    """A warehouse in which every sample finds something."""
    with module_loader() as loader:
        who = {"client_id": "c1", "session_id": "s1", "channel": "Organic Search"}
        item = {"product_id": "p1", "product_name": "Aurora", "price": 10, "quantity": 2, "currency": "EUR"}
        loader.load(
            loader.event(0, **who),
            loader.event(1, event_name="product_view", items=[item], properties={"size": "L"}, **who),
            loader.event(2, event_name="add_to_cart_click", items=[item], **who),
            loader.event(3, event_name="checkout_start", **who),
            loader.event(4, event_name="checkout_complete", items=[item], order_id="o1", **who)
            | {"order": {"total": 20, "currency": "EUR"}},
            loader.event(5, event_name="search", search_query="tablet", client_id="c2"),
        )
        loader.warehouse.rows("UPDATE etl.windows SET objects = 1, collected = 7, loaded = 6, rejected = 1")
        loader.warehouse.rows(
            "INSERT INTO etl.objects (object_key, ingest_window, size_bytes, collected, loaded, duplicates, rejected,"
            " withheld, run_id) VALUES ('k', '2026-11-22 07:00Z', 1, 7, 6, 0, 1, 0, gen_random_uuid())"
        )
        yield loader.warehouse


def test_there_are_samples_for_event_counts_products_and_funnels():
    assert len(SAMPLES) >= 12
    for words in ("event_name, count(*)", "mart.products", "mart.funnel", "etl.windows"):
        assert any(words in sample for sample in SAMPLES), words


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_a_sample_runs_and_answers(loaded, number):
    sample = SAMPLES[number]
    role = "clickstream_admin" if "as clickstream_admin" in sample else "clickstream_dashboard"
    rows = loaded.rows(sample, role=role)
    assert bool(rows) is ("no rows" not in sample), sample
