"""The tracker's types are those of the collector's OpenAPI document, and TypeScript can work with them."""

import subprocess
from pathlib import Path

import pytest

from collector.openapi_document import document_text

TRACKER = Path(__file__).parents[2] / "packages" / "tracker"
GENERATED = TRACKER / "src" / "generated" / "collector.ts"
TOOLS = TRACKER / "node_modules" / ".bin"

pytestmark = pytest.mark.skipif(
    not (TOOLS / "openapi-typescript").exists(),
    reason="packages/tracker/node_modules is missing: run `make test-tools`",
)

USE = """
import type { Body, Event, Problem } from "INDEX";

export const taken: Body[] = [
  { eventName: "page_view", isFirstVisit: true, sequence: 1, ofTheShop: { own: [1] } },
  [{ eventName: "product_view", product: { id: 7, price: "1299.00" } }],
  { sentAt: 1795340467123, events: [{ eventName: "logout" }] },
];

// @ts-expect-error an event has a name
export const nameless: Event = { sequence: 1 };
// @ts-expect-error not one of the states
export const unsure: Event = { eventName: "click", userLoginState: "perhaps" };

export function waitSeconds(problem: Problem): number {
  switch (problem.type) {
    case "urn:clickstream:problem:unavailable": {
      const status: 503 = problem.status;
      return status - 498;
    }
    case "urn:clickstream:problem:all-rejected":
      return problem.rejected[0]?.errors.length ?? 0;
    default:
      // @ts-expect-error only all-rejected has the list
      return problem.rejected.length;
  }
}
"""


def run(*command: object) -> None:
    done = subprocess.run([*map(str, command)], cwd=TRACKER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_are_those_of_the_collectors_document(tmp_path: Path) -> None:
    document, types = tmp_path / "openapi.json", tmp_path / "collector.ts"
    document.write_text(document_text(), "utf-8")
    run(TOOLS / "openapi-typescript", document, "--output", types)
    if types.read_text("utf-8") != GENERATED.read_text("utf-8"):
        pytest.fail(f"{GENERATED.relative_to(TRACKER.parents[1])} is not of this collector: run `make generate`")


def test_the_types_tell_right_from_wrong(tmp_path: Path) -> None:
    use = tmp_path / "use.ts"
    use.write_text(USE.replace("INDEX", str(TRACKER / "src" / "index.js")), "utf-8")
    strict = ("--strict", "--noEmit", "--target", "ES2020", "--module", "ESNext", "--moduleResolution", "Bundler")
    run(TOOLS / "tsc", *strict, "--exactOptionalPropertyTypes", use)
    run(TOOLS / "tsc", "--noEmit", "--project", TRACKER)
