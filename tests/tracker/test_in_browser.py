"""What only a browser shows, each through the real collector and ETL to the warehouse."""

from collections.abc import Callable

import pytest

from .conftest import Stage

pytestmark = pytest.mark.stack

Plain = Callable[..., str]


def test_a_visit_of_a_plain_page_is_one_session_with_all_that_happened(stage: Stage, plain: Plain) -> None:
    url = plain(
        "/laptops",
        before="""<script>(window.clickstream = []).push(["productView", {id: "laptop-14", price: 1299}])</script>""",
        body="<button id=buy><b>Buy</b>\n now</button>",
    )

    async def walk() -> None:
        context = await stage.visitor("plain")
        page = await context.new_page()
        await page.goto(url + "?utm_source=newsletter&utm_medium=email#reviews")
        await page.wait_for_function("!!window.clickstream.track")
        await page.click("#buy")
        await page.evaluate("clickstream.addToCart({id: 'laptop-14', price: 1299}, 2)")
        await page.goto("about:blank")
        await stage.arrives("plain", "page_leave")
        await context.close()

    stage.play(walk())
    books = stage.load()
    rows = stage.events("event_name, sequence, page_url, utm_source, locale, is_bot, properties, session_id")
    assert [row[:2] for row in rows] == list(
        zip(["page_view", "product_view", "click", "add_to_cart_click", "page_leave"], range(5), strict=True)
    )
    assert {row[2] for row in rows} == {url + "?utm_source=newsletter&utm_medium=email"}
    assert rows[0][3:6] == ("newsletter", "vi-VN", False)
    assert rows[2][6]["element"] == {"tag": "button", "id": "buy", "role": None, "text": "Buy now", "dataset": {}}
    assert rows[4][6]["engagement"]["scrollDepth"] == 100
    assert 0 < rows[4][6]["engagement"]["activeMs"] < 30_000
    assert len({row[7] for row in rows}) == 1
    assert stage.warehouse.rows("SELECT product_id, quantity FROM event_items WHERE quantity IS NOT NULL") == [
        ("laptop-14", 2)
    ]
    assert (books["loaded"], books["rejected"]) == (5, 0)
