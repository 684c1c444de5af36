"""The transform's SQL is what its expressions are compiled to."""

import pytest

from etl.transform.expressions.compiling import compiled, folder


@pytest.fixture(scope="module")
def queries():
    return compiled()


def test_every_expression_is_compiled_and_nothing_else(queries):
    assert sorted(queries) == sorted(path.stem for path in folder().glob("*.sql"))


def test_the_files_are_of_the_expressions_as_they_are_now(queries):
    changed = [name for name, query in queries.items() if (folder() / f"{name}.sql").read_bytes() != query.encode()]
    assert changed == [], "run `make generate`"
