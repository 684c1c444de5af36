"""Whom the tracker tells of: consent, privacy signals, who logged in."""

import asyncio

import pytest

from .conftest import KEPT, QUICK, Stage

pytestmark = pytest.mark.stack


def test_nothing_is_stored_or_sent_before_consent(stage: Stage) -> None:
    async def walk() -> tuple[list[str], list[str]]:
        context = await stage.visitor("consent", consentRequired=True, **QUICK)
        page, other = await context.new_page(), await context.new_page()
        await stage.open(page)
        await stage.open(other, "/other")
        await page.evaluate("shop.loginSuccess('u-1', { identitySource: 'cognito' })")
        await page.wait_for_timeout(150)
        before = await page.evaluate(KEPT)
        assert stage.faults.requests["consent"] == 0
        await page.evaluate("shop.setConsent(true)")
        await stage.arrives("consent", "login_success")
        await other.evaluate("shop.track('later')")
        await stage.arrives("consent", "later", "/other")
        await other.evaluate("shop.track('withdrawn'); shop.setConsent(false)")
        await page.evaluate("shop.track('never')")
        await page.wait_for_timeout(150)
        after = await page.evaluate(KEPT)
        await stage.open(page, "/again")
        await page.wait_for_timeout(150)
        await context.close()
        return before, after

    assert stage.play(walk()) == ([], ["clickstream.consent"])
    assert stage.names("consent") == ["page_view", "login_success", "page_view", "later"]
    assert {event["consent"]["analytics"] for event in stage.stored("consent")} == {True}
    assert stage.named("consent", "login_success")[0]["userId"] == "u-1"


def test_a_tab_that_was_busy_while_consent_was_withdrawn_in_another_forgets_as_well(stage: Stage) -> None:
    busy = "const end = Date.now() + 1000; while (Date.now() < end); shop.track('never')"

    async def walk() -> list[str]:
        context = await stage.visitor("withdrawn", consentRequired=True, **QUICK)
        page, other = await context.new_page(), await context.new_page()
        await stage.open(page)
        await stage.open(other, "/other")
        await page.evaluate("shop.setConsent(true)")
        await stage.arrives("withdrawn", "page_view")
        await other.evaluate("shop.flush()")
        working = asyncio.create_task(page.evaluate(busy))
        await asyncio.sleep(0.3)
        await other.evaluate("shop.setConsent(false)")
        assert not working.done(), "both tabs wait for each other here: the busy one cannot be late"
        await working
        await page.wait_for_timeout(150)
        kept = await other.evaluate(KEPT)
        await context.close()
        return kept

    assert stage.play(walk()) == ["clickstream.consent"]
    assert "never" not in stage.names("withdrawn")


@pytest.mark.parametrize("honour", [True, False])
def test_privacy_signals_count_where_the_shop_says_so(stage: Stage, honour: bool) -> None:
    visit = f"signal-{honour}"

    async def walk() -> None:
        signal = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });"
        context = await stage.visitor(visit, signal, honourPrivacySignals=honour, **QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.wait_for_timeout(200)
        await page.evaluate("shop.setConsent(true); shop.track('agreed')")
        await stage.arrives(visit, "agreed")
        await context.close()

    stage.play(walk())
    assert stage.names(visit) == (["agreed"] if honour else ["page_view", "agreed"])


def test_who_logged_in_is_known_on_later_pages_until_they_log_out(stage: Stage) -> None:
    async def walk() -> None:
        context = await stage.visitor("user", pages=False, **QUICK)
        page = await context.new_page()
        await stage.open(page)
        await page.evaluate("shop.track('before'); shop.loginSuccess('u-1', { identitySource: 'cognito' })")
        await stage.open(page, "/account")
        await page.evaluate("shop.track('account'); shop.logout(); shop.track('after')")
        await page.evaluate("shop.reset(); shop.track('stranger')")
        await stage.arrives("user", "stranger")
        await context.close()

    stage.play(walk())
    stage.load()
    rows = stage.warehouse.rows(
        "SELECT event_name, user_id, user_login_state, identity_source, is_first_visit FROM clickstream_events"
        " ORDER BY event_timestamp, event_id"
    )
    assert rows == [
        ("before", None, "anonymous", None, True),
        ("login_success", "u-1", "logged_in", "cognito", True),
        ("account", "u-1", "logged_in", "cognito", True),
        ("logout", "u-1", "logged_in", "cognito", True),
        ("after", None, "anonymous", None, True),
        ("stranger", None, "anonymous", None, True),
    ]
    assert stage.warehouse.value("SELECT count(DISTINCT client_id) FROM clickstream_events") == 2
