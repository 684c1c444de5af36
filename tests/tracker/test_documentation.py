"""What docs/events.md shows works as it stands there."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import DIST, TRACKER, Stage

pytestmark = pytest.mark.stack

_TEXT = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
_ENDPOINT = "http://127.0.0.1:8001/clickstream"


def examples(language: str) -> list[str]:
    """The document's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", _TEXT, re.MULTILINE | re.DOTALL)


def test_the_example_page_sends_what_happens_on_it(stage: Stage) -> None:
    (page_text,) = examples("html")
    stage.site.pages["/laptop"] = page_text.replace(_ENDPOINT, f"{stage.endpoint}?visit=example").replace(
        'src="/clickstream.js"', 'src="/dist/clickstream.js"'
    )

    async def walk() -> None:
        context = await stage.visitor("example")
        page = await context.new_page()
        await page.goto(stage.site.url + "/laptop?utm_source=newsletter&utm_medium=email")
        await page.click("#buy")
        await page.click("[data-clickstream=off]")
        await page.goto("about:blank")
        await stage.arrives("example", "page_leave")
        await context.close()

    stage.play(walk())
    stage.load()
    assert stage.events() == ["page_view", "product_view", "click", "add_to_cart_click", "page_leave"]
    assert stage.warehouse.rows("SELECT channel, reached_product_view, reached_add_to_cart, is_bot FROM sessions") == [
        ("Email", True, True, False)
    ]


def test_the_example_without_the_tracker_is_taken(stage: Stage) -> None:
    (script,) = examples("js")
    stage.site.pages["/bare"] = "<!doctype html><title>Bare</title>"

    async def walk() -> None:
        context = await stage.visitor("bare")
        page = await context.new_page()
        await page.goto(stage.site.url + "/bare")
        await page.evaluate(f"() => {{ {script.replace(_ENDPOINT, stage.endpoint + '?visit=bare')} }}")
        await stage.arrives("bare", "product_view")
        await context.close()

    stage.play(walk())
    assert stage.load()["loaded"] == 1
    assert stage.events("event_name, context_product_id") == [("product_view", "laptop-14")]


def test_the_example_of_a_server_is_taken(stage: Stage) -> None:
    (command,) = examples("sh")
    done = subprocess.run(
        ["bash", "-c", command.replace(_ENDPOINT, stage.endpoint)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert json.loads(done.stdout) == {"success": True, "accepted": 1, "rejected": []}


def test_the_examples_of_an_app_have_the_right_types(tmp_path: Path) -> None:
    if not (DIST / "react.d.ts").exists():
        pytest.skip("packages/tracker/dist is missing: run `make test-tools`")
    for number, text in enumerate(examples("tsx")):
        (tmp_path / f"example{number}.tsx").write_text(text, "utf-8")
    modules = TRACKER / "node_modules"
    (tmp_path / "tsconfig.json").write_text(
        json.dumps(
            {
                "extends": str(TRACKER / "tsconfig.json"),
                "compilerOptions": {
                    "noEmit": True, "emitDeclarationOnly": False, "declaration": False, "rootDir": "/",
                    "typeRoots": [str(modules / "@types")],
                    "paths": {
                        "@clickstream/tracker": [str(DIST / "index.d.ts")],
                        "@clickstream/tracker/react": [str(DIST / "react.d.ts")],
                        "react": [str(modules / "@types" / "react")],
                        "react/jsx-runtime": [str(modules / "@types" / "react" / "jsx-runtime")],
                    },
                },
                "include": ["*.tsx"],
            }
        ),
        "utf-8",
    )  # fmt: skip
    done = subprocess.run(
        [modules / ".bin" / "tsc", "--project", tmp_path], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert len(examples("tsx")) == 2


def test_every_method_that_is_named_exists_and_every_event_is_known(stage: Stage) -> None:
    async def walk() -> list[str]:
        context = await stage.visitor("methods", pages=False)
        page = await context.new_page()
        await stage.open(page)
        methods = await page.evaluate("Object.keys(shop)")
        await context.close()
        return methods

    methods = set(stage.play(walk()))
    table = _TEXT.partition("## What to send")[2].partition("A `product` needs")[0]
    named = set(re.findall(r"`(\w+)\(", table))
    assert named <= methods
    assert methods - named == {"page", "identify", "reset", "setConsent", "flush", "start", "stop"}
