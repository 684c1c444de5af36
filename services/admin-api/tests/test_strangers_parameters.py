"""Whatever stands in a parameter is a value: no statement, no path, no crash. Parameters are those of OpenAPI: all."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

ATTACKS = ("'; DROP TABLE site; --", "x' OR '1'='1\0", "../../../etc/passwd%00", "$1; SELECT pg_sleep(9)", 'ữ%_\\"<b>')
EXAMPLES = {"run_id": "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f", "reject_id": "1", "product_id": "p", "session_id": "s"}
DAY = {"from": "2026-03-02", "to": "2026-03-02"}


def _cases(document: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """(path, name of the parameter, query with the other parameters) of every parameter of every GET."""
    found = []
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        parameters = methods["get"].get("parameters", [])
        base = DAY if path.startswith("/v1/dw/") else {}
        query = {each["name"]: base[each["name"]] for each in parameters if each["name"] in base}
        query |= {
            each["name"]: str(each["schema"].get("enum", ["events"])[0])
            for each in parameters
            if each["in"] == "query" and each.get("required") and each["name"] not in query
        }
        found += [(path, each["name"], query) for each in parameters if each["in"] in ("path", "query")]
    return found


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("attack", ATTACKS)
def test_every_parameter_of_every_route_is_a_value_and_no_more(api: TestClient, warehouse: Any, attack: str) -> None:
    cases = _cases(api.get("/openapi.json").json())
    assert len(cases) > 100
    before = warehouse.rows("SELECT (SELECT count(*) FROM clickstream_events), (SELECT count(*) FROM site)")
    for path, name, query in cases:
        filled = re.sub(r"{(\w+)}", lambda part: _quoted(attack) if part[1] == name else EXAMPLES[part[1]], path)  # noqa: B023 -- used at once
        sent = query if f"{{{name}}}" in path else query | {name: attack}
        answer = api.get(filled, params=sent)

        assert answer.status_code in (200, 404, 422), f"{path}, {name}: {answer.status_code} {answer.text[:300]}"
        assert answer.headers["content-type"].split(";")[0] in ("application/json", "application/problem+json")
        assert "psycopg" not in answer.text
        assert "SELECT " not in answer.text.replace(attack, ""), f"{path}, {name}: {answer.text[:300]}"
    assert warehouse.rows("SELECT (SELECT count(*) FROM clickstream_events), (SELECT count(*) FROM site)") == before


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
